// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.uring.receive;

import dev.ringport.linux.abi.Msghdr;
import dev.ringport.net.ControlMessageReader;
import dev.ringport.net.SocketAddressCodec;
import dev.ringport.uring.ring.LoopCounters;
import dev.ringport.uring.ring.RingOperations;
import dev.ringport.uring.ring.RingSetupException;
import io.netty.buffer.ByteBufAllocator;
import io.netty.util.internal.logging.InternalLogger;
import io.netty.util.internal.logging.InternalLoggerFactory;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The receives of one loop: the memory they share, and those whose read batch ends with the turn. */
public final class LoopReceives {
    private static final InternalLogger LOGGER = InternalLoggerFactory.getInstance(LoopReceives.class);

    private static final int FIRST_BUFFER_BYTES = 2048;

    private final RingOperations operations;
    private final LoopCounters counters;
    private final int slotCount;
    private final ControlMessageReader controlReader = new ControlMessageReader();
    private final SingleShotHeaders singleShotHeaders;
    private final MemorySegment multishotHeader;
    private final List<UringReceive> reading = new ArrayList<>();
    private @Nullable ReceiveSlots slots;

    /** The receives of a loop, which share so many slots; they are made at first use. */
    public LoopReceives(RingOperations operations, LoopCounters counters, int slotCount, Arena arena) {
        this.operations = operations;
        this.counters = counters;
        this.slotCount = slotCount;
        singleShotHeaders = new SingleShotHeaders(arena);
        multishotHeader = arena.allocate(Msghdr.LAYOUT);
        Msghdr.msgNamelen(multishotHeader, 0, SocketAddressCodec.ROOM);
        Msghdr.msgControllen(multishotHeader, 0, ReceiveSlots.CONTROL_ROOM);
    }

    RingOperations operations() {
        return operations;
    }

    LoopCounters counters() {
        return counters;
    }

    /**
     * The slots, made if there are none yet.
     *
     * @param allocator where contents will come from
     * @throws RingSetupException if they cannot be had now; asked again, it tries again
     */
    ReceiveSlots openSlots(ByteBufAllocator allocator) throws RingSetupException {
        ReceiveSlots there = slots;
        if (there == null) {
            there = new ReceiveSlots(operations.ring(), slotCount);
            slots = there;
            start(allocator);
        }
        return there;
    }

    /**
     * Lets an allocator have its first buffer now: with it Netty's set up classes of the flight recorder, which takes
     * 100 ms and more, and the first datagram would wait for that.
     */
    private static void start(ByteBufAllocator allocator) {
        try {
            allocator.directBuffer(FIRST_BUFFER_BYTES).release();
        } catch (RuntimeException | Error noMemory) {
            // It is not needed yet.
        }
    }

    /** The slots of a receive that was armed. */
    ReceiveSlots slots() {
        return Objects.requireNonNull(slots);
    }

    /** The header of all multishot receives: only the lengths count, and it never changes. */
    long multishotHeader() {
        return multishotHeader.address();
    }

    SingleShotHeaders singleShotHeaders() {
        return singleShotHeaders;
    }

    ControlMessageReader controlReader() {
        return controlReader;
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
        return slots == null ? 0 : slots.bytes();
    }

    /** Frees the slots. Only with no receive in flight. */
    public void close() {
        if (slots != null) {
            slots.close();
        }
    }
}
