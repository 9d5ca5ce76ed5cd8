// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.datagram.receive;

import java.io.IOException;

/** What a {@link DatagramReader} asks of the system: the receives of one channel at one loop. */
public interface ReceiveEngine {
    /** Whether receives may be armed: a loop that its user drives has to run first. */
    boolean takesOperations();

    /**
     * Arms a receive, which ends with {@link DatagramReader#ended}.
     *
     * @param continuous it goes on from datagram to datagram; otherwise it ends with the first
     * @throws IOException or a RuntimeException or Error if it could not be armed: then it does not end
     */
    void arm(boolean continuous) throws IOException;

    /** Cancels the armed receive. It still ends, and what has arrived until then still comes. */
    void cancel();

    /** Asks for {@link DatagramReader#endBatch()} once the results at hand are handled. */
    void joinBatch();

    /**
     * Counts what is about to be handed up.
     *
     * @param datagrams how many
     * @param cut how many of them were longer than the channel takes
     */
    void count(int datagrams, int cut);

    /** Counts an arrival that was dropped. */
    void countDropped();
}
