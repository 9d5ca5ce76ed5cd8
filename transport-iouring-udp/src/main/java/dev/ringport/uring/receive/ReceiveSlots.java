// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.uring.receive;

import dev.ringport.ffm.BufferAddress;
import dev.ringport.ffm.NativeCalls;
import dev.ringport.ffm.NativeMemory;
import dev.ringport.linux.abi.Linux;
import dev.ringport.linux.abi.SocketConstants;
import dev.ringport.net.SocketAddressCodec;
import dev.ringport.uring.abi.IoUringBuf;
import dev.ringport.uring.abi.IoUringRecvmsgOut;
import dev.ringport.uring.ring.BufferRing;
import dev.ringport.uring.ring.Ring;
import dev.ringport.uring.ring.RingSetupException;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * The receive slots of one loop, shared by all its channels. Each has room for the largest train, so none is cut,
 * whatever a channel expects. A slot is the kernel's, or lies idle, or is the loop's from its completion until it is
 * given back: it never leaves the loop, so a consumer that keeps datagrams starves nobody.
 *
 * <pre>{@code
 *   0                    16        48         560
 *   | io_uring_recvmsg_out | name  | control  | payload
 * }</pre>
 *
 * Name and control room are fixed when a multishot receive is armed, so every receive reserves the same, whatever is
 * switched on: UDP_GRO 24, PKTINFO 40, TOS 24, TTL 24, TIMESTAMPNS 32, TIMESTAMPING 64, RXQ_OVFL 24, ORIGDSTADDR 48, and
 * as much again for what else there is.
 *
 * <p>The slots begin as one anonymous mapping, of which only the pages that the kernel has written are resident. A slot
 * that a large train came into gets a buffer of an allocator instead, so that the next large train in it can be handed
 * up where it lies. Of the slots only as many are the kernel's as arrivals of one enter have needed so far: the kernel
 * takes them in turn, and few stay in the processor's caches.
 */
final class ReceiveSlots {
    static final int NAME = (int) IoUringRecvmsgOut.BYTES;
    static final int CONTROL = NAME + SocketAddressCodec.ROOM;
    static final int CONTROL_ROOM = 512;
    static final int PAYLOAD = CONTROL + CONTROL_ROOM;
    /** The largest train, and the largest datagram. */
    static final int PAYLOAD_ROOM = 65_536;
    /** A train up to this size is copied rather than handed up in the 64 KiB it came into. */
    static final int COPIED_BYTES = 8 * 1024;
    private static final int LINE = 64;
    /** An odd number of cache lines, or all slots would share a few sets of the caches. */
    private static final int SLOT_BYTES = ((PAYLOAD + PAYLOAD_ROOM + LINE - 1) / LINE | 1) * LINE;
    /** A slot's own buffer, which need not begin with a line. */
    private static final int OWN_BYTES = SLOT_BYTES + LINE;
    private static final int MIN_PROVIDED = 64;
    private static final int GROUP = 0;

    private final BufferRing ring;
    private final MemorySegment mapping;
    /** Where each slot lies. */
    private final long[] addresses;
    /** The buffer that a slot lies in, or null while it lies in the mapping. */
    private final @Nullable ByteBuf[] own;
    /** A stack: what was given back last is still in the caches. */
    private final int[] idle;
    private int idleCount;
    private int provided;
    private int wanted;

    /**
     * Maps and provides the slots: all, or if that fails none.
     *
     * @param count a power of two up to 32,768
     */
    ReceiveSlots(Ring ring, int count) throws RingSetupException {
        long entryBytes = BufferRing.ALIGNMENT * ((count * IoUringBuf.BYTES - 1) / BufferRing.ALIGNMENT + 1);
        mapping = map(ring, entryBytes + (long) count * SLOT_BYTES);
        try {
            this.ring = new BufferRing(ring, GROUP, count, mapping.asSlice(0, count * IoUringBuf.BYTES));
        } catch (Throwable failed) {
            unmap();
            throw failed;
        }
        addresses = new long[count];
        own = new @Nullable ByteBuf[count];
        idle = new int[count];
        wanted = Math.min(count, MIN_PROVIDED);
        for (int id = count - 1; id >= 0; id--) {
            addresses[id] = mapping.address() + entryBytes + (long) id * SLOT_BYTES;
            idle[idleCount++] = id;
        }
        provide();
    }

    private static MemorySegment map(Ring ring, long bytes) throws RingSetupException {
        long address = Linux.mmap(
                ring.capture(),
                bytes,
                SocketConstants.PROT_READ | SocketConstants.PROT_WRITE,
                SocketConstants.MAP_PRIVATE | SocketConstants.MAP_ANONYMOUS,
                -1,
                0);
        if (address < 0) {
            throw new RingSetupException("mmap of receive slots", (int) -address);
        }
        return NativeMemory.at(address, bytes);
    }

    private void unmap() {
        Linux.munmap(NativeCalls.threadCapture(), mapping.address(), mapping.byteSize());
    }

    int group() {
        return ring.group();
    }

    /** Native memory of all slots. */
    long bytes() {
        long bytes = mapping.byteSize();
        for (ByteBuf buffer : own) {
            bytes += buffer == null ? 0 : OWN_BYTES;
        }
        return bytes;
    }

    /** Where a slot lies, in {@link NativeMemory#ALL}. */
    long address(int id) {
        return addresses[id];
    }

    /** A receive was completed into this slot: it is the loop's until it is given back. */
    void taken() {
        provided--;
    }

    /** A receive found no slot: more are to be the kernel's. */
    void exhausted() {
        wanted = Math.min(wanted * 2, idle.length);
        provide();
    }

    /** Gives a slot back; the kernel has it, or another idle one, from the next enter on. */
    void giveBack(int id) {
        idle[idleCount++] = id;
        provide();
    }

    private void provide() {
        while (provided < wanted && idleCount > 0) {
            int id = idle[--idleCount];
            ring.provide(id, addresses[id], PAYLOAD + PAYLOAD_ROOM);
            provided++;
        }
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
     * Takes what lies in a slot out without copying it, if the slot has a buffer of its own; a fresh one takes its place,
     * and the slot is given back. Otherwise nothing has changed.
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
        giveBack(id);
        int start = (int) (address - BufferAddress.of(taken, 0, OWN_BYTES));
        return taken.setIndex(start, start + bytes);
    }

    /** Gives a slot a buffer of its own, so that the next large train in it need not be copied. */
    void promote(int id, ByteBufAllocator allocator) {
        if (own[id] == null) {
            own(id, allocator);
        }
    }

    private void own(int id, ByteBufAllocator allocator) {
        ByteBuf fresh = allocator.directBuffer(OWN_BYTES, OWN_BYTES);
        long address = BufferAddress.of(fresh, 0, OWN_BYTES);
        if (address == BufferAddress.NONE) {
            fresh.release();
            throw new IllegalStateException("the allocator gave no piece of native memory: " + fresh);
        }
        own[id] = fresh;
        addresses[id] = address + LINE - 1 & -LINE;
    }

    /** Frees the slots. Only with no receive in flight. */
    void close() {
        ring.unregister();
        for (int id = 0; id < own.length; id++) {
            ByteBuf buffer = own[id];
            own[id] = null;
            if (buffer != null) {
                buffer.release();
            }
        }
        unmap();
    }
}
