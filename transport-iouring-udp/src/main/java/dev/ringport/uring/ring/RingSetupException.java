// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.uring.ring;

import dev.ringport.linux.abi.Errno;
import java.io.IOException;

/** A ring, or a part of it, could not be had; the message says which call failed and how. */
public final class RingSetupException extends IOException {
    private static final long serialVersionUID = 1L;

    private final int errno;
    private final boolean refusesRings;

    /**
     * A call that failed.
     *
     * @param call what failed, such as {@code io_uring_setup}
     * @param errno its error number
     */
    public RingSetupException(String call, int errno) {
        super(message(call, errno));
        this.errno = errno;
        refusesRings = isOfRings(call);
    }

    private static boolean isOfRings(String call) {
        return call.startsWith("io_uring_");
    }

    private static String message(String call, int errno) {
        String message = Errno.message(call, errno);
        return errno == Errno.ENOMEM && isOfRings(call) ? message + ". " + LockedMemory.remedy() : message;
    }

    private RingSetupException(String message) {
        super(message);
        errno = 0;
        refusesRings = false;
    }

    /** The kernel lacks something without saying so. */
    static RingSetupException lacking(String message) {
        return new RingSetupException(message);
    }

    /** The error number, or 0. */
    public int errno() {
        return errno;
    }

    /** Whether the limit of locked memory leaves no room; the message then has the remedy. */
    public boolean lacksLockedMemory() {
        return refusesRings && errno == Errno.ENOMEM;
    }

    /** Whether a system call of io_uring itself was refused, and not something that the probe does besides. */
    public boolean refusesRings() {
        return refusesRings;
    }
}
