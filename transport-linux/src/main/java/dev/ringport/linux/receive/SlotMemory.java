// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.linux.receive;

import dev.ringport.ffm.BufferAddress;
import dev.ringport.ffm.NativeCalls;
import dev.ringport.ffm.NativeMemory;
import dev.ringport.linux.abi.Linux;
import dev.ringport.linux.abi.SocketConstants;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * The memory of the receive slots of one loop, shared by all its channels. Each has room for the largest train, so none is
 * cut, whatever a channel expects. A slot never leaves the loop, so a consumer that keeps datagrams starves nobody.
 *
 * <p>The slots begin as one anonymous mapping, of which only the pages that the kernel has written are resident. A slot
 * that a large train came into gets a buffer of an allocator instead, so that the next large train in it can be handed
 * up where it lies.
 */
public final class SlotMemory {
    /**
     * Room for control data: UDP_GRO 24, PKTINFO 40, TOS 24, TTL 24, TIMESTAMPNS 32, TIMESTAMPING 64, RXQ_OVFL 24,
     * ORIGDSTADDR 48, and as much again for what else there is.
     */
    public static final int CONTROL_ROOM = 512;
    /** The largest train, and the largest datagram. */
    public static final int PAYLOAD_ROOM = 65_536;
    /** A train up to this size is copied rather than handed up in the 64 KiB it came into. */
    static final int COPIED_BYTES = 8 * 1024;
    private static final int LINE = 64;

    private final MemorySegment mapping;
    /** A slot's own buffer, which need not begin with a line. */
    private final int ownBytes;
    /** Where each slot lies. */
    private final long[] addresses;
    /** The buffer that a slot lies in, or null while it lies in the mapping. */
    private final @Nullable ByteBuf[] own;

    /**
     * Slots in a mapping that {@link #map} made.
     *
     * @param start where the first one begins in it
     * @param head bytes of a slot before its payload
     */
    public SlotMemory(MemorySegment mapping, long start, int head, int count) {
        this.mapping = mapping;
        int slotBytes = slotBytes(head);
        ownBytes = slotBytes + LINE;
        addresses = new long[count];
        own = new @Nullable ByteBuf[count];
        for (int id = 0; id < count; id++) {
            addresses[id] = mapping.address() + start + (long) id * slotBytes;
        }
    }

    /** An odd number of cache lines, or all slots would share a few sets of the caches. */
    private static int slotBytes(int head) {
        return ((head + PAYLOAD_ROOM + LINE - 1) / LINE | 1) * LINE;
    }

    /**
     * Maps memory for slots.
     *
     * @param before bytes before the first
     * @param head bytes of a slot before its payload
     * @return the address, or {@code -errno}
     */
    public static long map(MemorySegment capture, long before, int head, int count) {
        return Linux.mmap(
                capture, bytes(before, head, count), SocketConstants.PROT_READ | SocketConstants.PROT_WRITE,
                SocketConstants.MAP_PRIVATE | SocketConstants.MAP_ANONYMOUS, -1, 0);
    }

    /** How much {@link #map} maps. */
    public static long bytes(long before, int head, int count) {
        return before + (long) count * slotBytes(head);
    }

    /** Native memory of all slots. */
    public long bytes() {
        long bytes = mapping.byteSize();
        for (ByteBuf buffer : own) {
            bytes += buffer == null ? 0 : ownBytes;
        }
        return bytes;
    }

    /** Where a slot lies, in {@link NativeMemory#ALL}. */
    public long address(int id) {
        return addresses[id];
    }

    /**
     * Copies what lies in a slot.
     *
     * @param at where it begins in the slot
     * @param into an empty buffer with room for it
     */
    void copy(int id, int at, int bytes, ByteBuf into) {
        if (bytes == 0) {
            return;
        }
        long from = addresses[id] + at;
        long to = BufferAddress.of(into, 0, bytes);
        if (to == BufferAddress.NONE) {
            into.writeBytes(NativeMemory.ALL.asSlice(from, bytes).asByteBuffer());
            return;
        }
        MemorySegment.copy(NativeMemory.ALL, from, NativeMemory.ALL, to, bytes);
        into.writerIndex(bytes);
    }

    /**
     * Takes what lies in a slot out without copying it, if the slot has a buffer of its own; a fresh one takes its place.
     * Otherwise nothing has changed.
     *
     * @param at where it begins in the slot
     * @return readable as far as it goes, owned by the caller; null if the slot has no buffer of its own
     * @throws RuntimeException or Error if no fresh buffer could be allocated: then nothing has changed
     */
    @Nullable
    ByteBuf takeOut(int id, int at, int bytes, ByteBufAllocator allocator) {
        ByteBuf taken = own[id];
        if (taken == null) {
            return null;
        }
        long address = addresses[id] + at;
        own(id, allocator);
        int start = (int) (address - BufferAddress.of(taken, 0, ownBytes));
        return taken.setIndex(start, start + bytes);
    }

    /** Gives a slot a buffer of its own, so that the next large train in it need not be copied. */
    void promote(int id, ByteBufAllocator allocator) {
        if (own[id] == null) {
            own(id, allocator);
        }
    }

    private void own(int id, ByteBufAllocator allocator) {
        ByteBuf fresh = allocator.directBuffer(ownBytes, ownBytes);
        long address = BufferAddress.of(fresh, 0, ownBytes);
        if (address == BufferAddress.NONE) {
            fresh.release();
            throw new IllegalStateException("the allocator gave no piece of native memory: " + fresh);
        }
        own[id] = fresh;
        addresses[id] = address + LINE - 1 & -LINE;
    }

    /** Frees the slots. Only when the kernel writes to none. */
    public void close() {
        for (int id = 0; id < own.length; id++) {
            ByteBuf buffer = own[id];
            own[id] = null;
            if (buffer != null) {
                buffer.release();
            }
        }
        Linux.munmap(NativeCalls.threadCapture(), mapping.address(), mapping.byteSize());
    }
}
