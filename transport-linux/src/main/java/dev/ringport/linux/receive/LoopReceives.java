// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.linux.receive;

import dev.ringport.linux.socket.DatagramCounters;
import dev.ringport.net.ControlMessageReader;
import io.netty.buffer.ByteBufAllocator;
import io.netty.util.internal.logging.InternalLogger;
import io.netty.util.internal.logging.InternalLoggerFactory;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/** The receives of one loop: the memory they share, and those whose read batch ends with the turn. */
public abstract class LoopReceives {
    private static final InternalLogger LOGGER = InternalLoggerFactory.getInstance(LoopReceives.class);

    private static final int FIRST_BUFFER_BYTES = 2048;

    private final DatagramCounters counters;
    private final ControlMessageReader controlReader = new ControlMessageReader();
    private final List<SocketReceive> reading = new ArrayList<>();

    /** The receives of a loop that counts them there. */
    protected LoopReceives(DatagramCounters counters) {
        this.counters = counters;
    }

    /** The error state of the loop's calls. */
    protected abstract MemorySegment capture();

    /** The memory of the slots. Only of a receive that was armed. */
    protected abstract SlotMemory memory();

    /** A slot is the loop's no longer. */
    protected abstract void giveBack(int slot);

    /**
     * Lets an allocator have its first buffer now: with it Netty's set up classes of the flight recorder, which takes
     * 100 ms and more, and the first datagram would wait for that.
     */
    protected static void start(ByteBufAllocator allocator) {
        try {
            allocator.directBuffer(FIRST_BUFFER_BYTES).release();
        } catch (RuntimeException | Error noMemory) {
            // It is not needed yet.
        }
    }

    final DatagramCounters counters() {
        return counters;
    }

    final ControlMessageReader controlReader() {
        return controlReader;
    }

    /** The receive's read batch ends with this turn. */
    final void endsWithTurn(SocketReceive receive) {
        reading.add(receive);
    }

    /** Ends the read batches of this turn. */
    public final void endBatches() {
        for (int i = 0; i < reading.size(); i++) {
            SocketReceive receive = reading.get(i);
            try {
                receive.endBatch();
            } catch (Throwable t) {
                LOGGER.warn("{}: ending a read failed", receive, t);
            }
        }
        reading.clear();
    }
}
