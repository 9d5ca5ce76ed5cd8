// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.uring.ring;

/**
 * Something the kernel was asked to do and that completes later. From its submission until its terminal completion it
 * stays in the {@link OperationTable}, and with it all memory that it refers to.
 */
public abstract class Operation {
    int index = -1;
    int generation;
    boolean inFlight;

    /** Whether the kernel has not completed it. */
    public final boolean isInFlight() {
        return inFlight;
    }

    /** The token of the submission in flight, or of the last one. */
    public final long token() {
        return OperationTable.token(index, generation);
    }

    /**
     * A completion has come. It is the terminal one, and the operation may be submitted anew, unless the flags have
     * {@code IORING_CQE_F_MORE}.
     *
     * @param res the result, or {@code -errno}
     * @param flags {@code IORING_CQE_F_*}
     */
    public abstract void completed(int res, int flags);

    /**
     * Whether {@link #completed} may be called outside of the handler's turn, because it calls nobody who reads: true
     * for sends, whose results are wanted as soon as they are there.
     */
    public boolean completesAnywhere() {
        return false;
    }
}
