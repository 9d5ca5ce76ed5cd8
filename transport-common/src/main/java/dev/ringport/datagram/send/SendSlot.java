// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.datagram.send;

import org.jspecify.annotations.Nullable;

/**
 * The native half of an operation: a transport's subclass has the memory (address, header, control data, vectors) that
 * the system reads until the terminal completion.
 */
public abstract class SendSlot {
    private @Nullable SendOperation operation;

    /** An unused slot. */
    protected SendSlot() {}

    /** The operation that the system has. */
    public final SendOperation operation() {
        SendOperation carried = operation;
        if (carried == null) {
            throw new IllegalStateException("the slot is not in use");
        }
        return carried;
    }

    final void carry(@Nullable SendOperation what) {
        operation = what;
    }
}
