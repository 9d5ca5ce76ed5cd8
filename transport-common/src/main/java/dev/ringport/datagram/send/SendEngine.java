// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.datagram.send;

import org.jspecify.annotations.Nullable;

/**
 * What a {@link DatagramSender} asks of a system: one channel's sends at one loop. Called on the loop only.
 *
 * <p>Operations are tried in the order in which they were submitted. Between {@link #submit} and the system call that
 * hands the operation over no code of a user runs, since it could move the buffers whose addresses were taken.
 */
public interface SendEngine {
    /**
     * A free slot, or null if the budget of the ring or port is used up. After a null the engine calls
     * {@link DatagramSender#serve} again as soon as there is budget.
     */
    @Nullable
    SendSlot claim();

    /** Gives a slot back that {@link #claim} gave and that carries no operation. */
    void release(SendSlot slot);

    /**
     * Hands over the slot's operation, now or with the next system call. Its result comes by
     * {@link DatagramSender#completed}.
     */
    void submit(SendSlot slot, SendOperation operation);

    /** The free bytes of the socket's send buffer as the system charges them, or {@code Long.MAX_VALUE} if unknown. */
    long sendBufferRoom();

    /** Asks for one call of {@link DatagramSender#writable()} once the socket takes data again. */
    void awaitWritable();

    /** Whether this socket can have its sends cut up into segments at all. */
    boolean canSegment();

    /** The most segments that the system makes of one send; asked anew with each operation, and always the same. */
    default int maxSegments() {
        return SendOperation.MAX_SEGMENTS;
    }

    /**
     * Whether a connected channel also sends to others than its peer. If not, such a message fails with
     * {@code AlreadyConnectedException}, as it does with NIO, and all that is sent goes by way of the connection.
     */
    default boolean sendsPastConnection() {
        return true;
    }
}
