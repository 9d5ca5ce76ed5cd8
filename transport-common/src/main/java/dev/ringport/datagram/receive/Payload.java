// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.datagram.receive;

import io.netty.buffer.ByteBuf;

/**
 * The memory that a receive was completed into, while its datagrams are taken out. Exactly one call ends that, unless it
 * throws: then nothing has changed, and {@link #discard} follows.
 */
public interface Payload {
    /**
     * Takes one datagram out. The memory is free for another receive from now on.
     *
     * @param bytes how much of it
     * @return a buffer of its own, which starts at index 0, may be written and grows; the caller owns it
     */
    ByteBuf take(int bytes);

    /**
     * Takes a train out: copied if it is small, otherwise, where the engine can, in the buffer that received it.
     *
     * @param bytes how much of it
     * @return a buffer from whose reader index on the bytes lie; the caller owns it
     */
    ByteBuf takeTrain(int bytes);

    /** Frees the memory for another receive; what lies there is dropped. */
    void discard();
}
