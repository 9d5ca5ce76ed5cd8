// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.uring.receive;

import dev.ringport.uring.ring.LoopCounters;
import dev.ringport.uring.ring.RingOperations;
import io.netty.util.internal.logging.InternalLogger;
import io.netty.util.internal.logging.InternalLoggerFactory;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.List;

/** The receives of one loop: the memory they share, and those whose read batch ends with the turn. */
public final class LoopReceives {
    private static final InternalLogger LOGGER = InternalLoggerFactory.getInstance(LoopReceives.class);

    private final RingOperations operations;
    private final LoopCounters counters;
    private final ReceiveSlotClasses slots;
    private final List<UringReceive> reading = new ArrayList<>();

    /** The receives of a loop; slots are made at first use. */
    public LoopReceives(RingOperations operations, LoopCounters counters, SlotSizes sizes, Arena arena) {
        this.operations = operations;
        this.counters = counters;
        slots = new ReceiveSlotClasses(operations.ring(), sizes, arena);
    }

    RingOperations operations() {
        return operations;
    }

    LoopCounters counters() {
        return counters;
    }

    ReceiveSlotClasses slots() {
        return slots;
    }

    /** The receive's read batch ends with this turn. */
    void endsWithTurn(UringReceive receive) {
        reading.add(receive);
    }

    /** Ends the read batches of this turn. */
    public void endBatches() {
        for (int i = 0; i < reading.size(); i++) {
            UringReceive receive = reading.get(i);
            try {
                receive.endBatch();
            } catch (Throwable t) {
                LOGGER.warn("{}: ending a read failed", receive, t);
            }
        }
        reading.clear();
    }

    /** Native memory of all slots. */
    public long bytes() {
        return slots.bytes();
    }

    /** Frees the slots. Only with no receive in flight. */
    public void close() {
        slots.close();
    }
}
