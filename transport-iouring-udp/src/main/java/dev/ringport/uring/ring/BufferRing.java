// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.uring.ring;

import dev.ringport.uring.abi.IoUringBuf;
import dev.ringport.uring.abi.IoUringBufReg;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;

import static dev.ringport.uring.abi.IoUringConstants.IORING_REGISTER_PBUF_RING;
import static dev.ringport.uring.abi.IoUringConstants.IORING_UNREGISTER_PBUF_RING;

/**
 * A ring of provided buffers: the kernel takes one for each datagram that arrives and names it in the completion. The
 * memory of the slots is the caller's. Used by the ring's thread only. Linux 5.19.
 */
public final class BufferRing {
    /** The kernel wants whole pages; the largest page of a supported machine serves for all. */
    public static final long ALIGNMENT = 64 * 1024;
    /** The ring's tail lies over {@code resv} of entry 0. */
    private static final long TAIL_OFFSET = 14;
    private static final VarHandle SHORT = ValueLayout.JAVA_SHORT.varHandle();

    private final Ring ring;
    private final MemorySegment entries;
    private final int group;
    private final int mask;
    private int tail;
    private boolean dirty;

    /**
     * Registers a ring without buffers.
     *
     * @param count number of entries, a power of two up to 32,768
     * @param group the id by which receives name it
     * @param entries memory for {@code count} entries that begins with a page; the caller frees it after
     *     {@link #unregister}
     */
    public BufferRing(Ring ring, int group, int count, MemorySegment entries) throws RingSetupException {
        this.ring = ring;
        this.group = group;
        mask = count - 1;
        this.entries = entries;
        ring.release(count);
        int result = register(ring, group, count, entries);
        if (result < 0) {
            throw new RingSetupException("io_uring_register(PBUF_RING)", -result);
        }
        ring.publishAtEnter(this);
    }

    /** The group's id. */
    public int group() {
        return group;
    }

    /** Number of entries. */
    public int count() {
        return mask + 1;
    }

    /** Gives a buffer to the kernel, from the next enter on. */
    public void provide(int id, long address, int bytes) {
        long entry = (tail & mask) * IoUringBuf.BYTES;
        IoUringBuf.addr(entries, entry, address);
        IoUringBuf.len(entries, entry, bytes);
        IoUringBuf.bid(entries, entry, id);
        tail++;
        dirty = true;
    }

    /** Lets the kernel see what was provided: a release store that orders the entries before it. */
    void publish() {
        if (dirty) {
            SHORT.setRelease(entries, TAIL_OFFSET, (short) tail);
            dirty = false;
        }
    }

    /** Takes all buffers away from the kernel. */
    public void unregister() {
        ring.publishNoMore(this);
        unregister(ring, group);
    }

    /** Registers a ring in this memory. */
    static int register(Ring ring, int group, int count, MemorySegment entries) {
        return LockedMemory.untilTakenApart(() -> call(ring, IORING_REGISTER_PBUF_RING, group, count, entries));
    }

    /** Takes a ring away from the kernel. */
    static void unregister(Ring ring, int group) {
        call(ring, IORING_UNREGISTER_PBUF_RING, group, 0, MemorySegment.NULL);
    }

    private static int call(Ring ring, int opcode, int group, int count, MemorySegment entries) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment registration = arena.allocate(IoUringBufReg.LAYOUT);
            IoUringBufReg.ringAddr(registration, 0, entries.address());
            IoUringBufReg.ringEntries(registration, 0, count);
            IoUringBufReg.bgid(registration, 0, group);
            return ring.register(opcode, registration.address(), 1);
        }
    }
}
