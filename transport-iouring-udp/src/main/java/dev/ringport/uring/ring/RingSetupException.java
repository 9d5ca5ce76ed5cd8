// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.uring.ring;

import java.io.IOException;

/** A ring, or a part of it, could not be had; the message says which call failed and how. */
public final class RingSetupException extends IOException {
    private static final long serialVersionUID = 1L;

    private final int errno;

    public RingSetupException(String message, int errno) {
        super(message);
        this.errno = errno;
    }

    /** The error number, or 0 if the kernel lacks something without saying so. */
    public int errno() {
        return errno;
    }
}
