// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.datagram;

import org.jspecify.annotations.Nullable;

/** What a {@link DatagramSender} needs of the system it sends through. Called on the loop only. */
public interface SendPort {
    /**
     * A free operation slot, or null if the budget of the ring or port is used up. After a null the port calls
     * {@link DatagramSender#pump} again as soon as there is budget.
     */
    @Nullable
    SendSlot claim();

    /** Gives a slot back that {@link #claim} gave; the sender has released what it owned. */
    void release(SendSlot slot);

    /** Queues the operation. It leaves with the next system call, and its result comes by {@link DatagramSender}. */
    void submit(SendSlot slot);

    /** The free bytes of the socket's send buffer as the system charges them, or {@code Long.MAX_VALUE} if unknown. */
    long sendBufferRoom();

    /** Asks for one call of {@link DatagramSender#writable()} once the socket takes data again. */
    void awaitWritable();

    /** Whether the system cuts up segmented sends at all. */
    boolean canSegment();
}
