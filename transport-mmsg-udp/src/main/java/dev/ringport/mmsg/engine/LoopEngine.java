// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.mmsg.engine;

import dev.ringport.datagram.send.TrainBuilder;
import dev.ringport.ffm.NativeCalls;
import dev.ringport.linux.socket.LinuxSocket;
import io.netty.util.concurrent.ThreadAwareExecutor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * What the channels of one loop share: slots, the queue of those that send, known peers, counters. Used on the loop only.
 * Nothing here is the kernel's between two calls.
 */
public final class LoopEngine {
    private final Arena arena = Arena.ofShared();
    private final MmsgLoopCounters counters = new MmsgLoopCounters();
    private final TrainBuilder trains = new TrainBuilder(LinuxSocket.CODEC);
    private final MemorySegment capture = arena.allocate(NativeCalls.CAPTURE);
    private final LoopMmsgReceives receives;
    private final LoopMmsgSends sends;
    private boolean open = true;

    /**
     * The engine of a loop.
     *
     * @param receiveSlots the most datagrams or trains that one call receives
     * @param comeAgain called outside of a turn, or at its end, when channels wait to be served: a turn is to follow soon
     */
    public LoopEngine(ThreadAwareExecutor executor, int receiveSlots, Runnable comeAgain) {
        receives = new LoopMmsgReceives(counters, capture, receiveSlots, arena);
        sends = new LoopMmsgSends(executor, counters, capture, comeAgain, arena);
    }

    /** What this loop counts. */
    public MmsgLoopCounters counters() {
        return counters;
    }

    /** The error state of the loop's calls. */
    public MemorySegment capture() {
        return capture;
    }

    TrainBuilder trains() {
        return trains;
    }

    LoopMmsgReceives receives() {
        return receives;
    }

    LoopMmsgSends sends() {
        return sends;
    }

    /** Whether it was not closed. */
    public boolean isOpen() {
        return open;
    }

    /** Whether channels wait to be served. */
    public boolean hasMore() {
        return !sends.isEmpty();
    }

    /** A turn begins: what was flushed before it does not wait for what is read in it. */
    public void beginTurn() {
        sends.serveGathered();
        sends.beginTurn();
    }

    /** The turn is over: reads end, and what was written in it leaves. */
    public void finishTurn() {
        try {
            sends.settle();
            receives.endBatches();
            sends.serve();
        } finally {
            sends.endTurn();
        }
    }

    /** Frees the memory; the channels have left. */
    public void close() {
        if (open) {
            open = false;
            receives.close();
            arena.close();
        }
    }
}
