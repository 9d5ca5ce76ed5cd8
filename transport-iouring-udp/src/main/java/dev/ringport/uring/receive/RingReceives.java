// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.uring.receive;

import dev.ringport.linux.abi.Msghdr;
import dev.ringport.linux.receive.LoopReceives;
import dev.ringport.linux.receive.SlotMemory;
import dev.ringport.net.SocketAddressCodec;
import dev.ringport.uring.ring.RingOperations;
import dev.ringport.uring.ring.RingSetupException;
import io.netty.buffer.ByteBufAllocator;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The receives of one ring's loop, and the memory they share. */
public final class RingReceives extends LoopReceives {
    private final RingOperations operations;
    private final RingCounters counters;
    private final int slotCount;
    private final SingleShotHeaders singleShotHeaders;
    private final MemorySegment multishotHeader;
    private @Nullable ReceiveSlots slots;

    /** The receives of a loop, which share so many slots; they are made at first use. */
    public RingReceives(RingOperations operations, RingCounters counters, int slotCount, Arena arena) {
        super(counters);
        this.operations = operations;
        this.counters = counters;
        this.slotCount = slotCount;
        singleShotHeaders = new SingleShotHeaders(arena);
        multishotHeader = arena.allocate(Msghdr.LAYOUT);
        Msghdr.msgNamelen(multishotHeader, 0, SocketAddressCodec.ROOM);
        Msghdr.msgControllen(multishotHeader, 0, SlotMemory.CONTROL_ROOM);
    }

    RingOperations operations() {
        return operations;
    }

    @Override
    protected MemorySegment capture() {
        return operations.ring().capture();
    }

    /** A receive found no slot: more are to be the kernel's. */
    void exhausted() {
        counters.slotsExhausted++;
        slots().exhausted();
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

    /** The slots of a receive that was armed. */
    ReceiveSlots slots() {
        return Objects.requireNonNull(slots);
    }

    @Override
    protected SlotMemory memory() {
        return slots().memory();
    }

    @Override
    protected void giveBack(int slot) {
        slots().giveBack(slot);
    }

    /** The header of all multishot receives: only the lengths count, and it never changes. */
    long multishotHeader() {
        return multishotHeader.address();
    }

    SingleShotHeaders singleShotHeaders() {
        return singleShotHeaders;
    }

    /** Native memory of all slots. */
    public long bytes() {
        return slots == null ? 0 : slots.memory().bytes();
    }

    /** Frees the slots. Only with no receive in flight. */
    public void close() {
        if (slots != null) {
            slots.close();
        }
    }
}
