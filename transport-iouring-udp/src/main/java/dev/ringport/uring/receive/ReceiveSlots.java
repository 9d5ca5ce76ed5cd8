// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.uring.receive;

import dev.ringport.ffm.BufferAddress;
import dev.ringport.ffm.NativeMemory;
import dev.ringport.net.SocketAddressCodec;
import dev.ringport.uring.abi.IoUringRecvmsgOut;
import dev.ringport.uring.ring.BufferRing;
import dev.ringport.uring.ring.Ring;
import dev.ringport.uring.ring.RingSetupException;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * The receive slots of one size class, shared by all channels of a loop. A slot is either the kernel's, or between its
 * completion and {@link #giveBack} the loop's; it never leaves the loop, so a consumer that keeps datagrams starves
 * nobody.
 *
 * <pre>{@code
 *   0                    16        48         304
 *   | io_uring_recvmsg_out | name  | control  | payload
 * }</pre>
 *
 * Name and control room are fixed when a multishot receive is armed, so every receive reserves the same: UDP_GRO 24,
 * IPV6_PKTINFO 40, TOS 24, TTL 24, TIMESTAMPNS 32, RXQ_OVFL 24, ORIGDSTADDR 48, together 216.
 */
final class ReceiveSlots {
    static final int NAME = (int) IoUringRecvmsgOut.BYTES;
    static final int CONTROL = NAME + SocketAddressCodec.ROOM;
    static final int CONTROL_ROOM = 256;
    static final int PAYLOAD = CONTROL + CONTROL_ROOM;
    private static final int ALIGNMENT = 64;

    private final BufferRing ring;
    private final int payloadBytes;
    private final int slotBytes;
    private final MemorySegment memory;
    private final ByteBuffer view;
    /** For slots that are handed up whole and replaced; empty for those that are only copied from. */
    private final @Nullable ByteBuf[] buffers;
    private final MemorySegment[] segments;
    private final ByteBuffer[] views;

    private ReceiveSlots(BufferRing ring, int payloadBytes, boolean replaceable, Arena arena) {
        this.ring = ring;
        this.payloadBytes = payloadBytes;
        slotBytes = PAYLOAD + payloadBytes + ALIGNMENT - 1 & -ALIGNMENT;
        int count = ring.count();
        memory = replaceable ? MemorySegment.NULL : arena.allocate((long) count * slotBytes, ALIGNMENT);
        view = memory.asByteBuffer();
        buffers = new @Nullable ByteBuf[replaceable ? count : 0];
        segments = new MemorySegment[replaceable ? count : 0];
        views = new ByteBuffer[replaceable ? count : 0];
        try {
            for (int id = 0; id < count; id++) {
                if (replaceable) {
                    adopt(id, Unpooled.directBuffer(slotBytes));
                }
                giveBack(id);
            }
        } catch (Throwable failed) {
            close();
            throw failed;
        }
    }

    /** Slots whose payloads are copied out. */
    static ReceiveSlots copied(Ring ring, int group, int count, int payloadBytes, Arena arena)
            throws RingSetupException {
        return new ReceiveSlots(new BufferRing(ring, group, count, arena), payloadBytes, false, arena);
    }

    /** Slots that may be handed up whole. */
    static ReceiveSlots replaceable(Ring ring, int group, int count, int payloadBytes, Arena arena)
            throws RingSetupException {
        return new ReceiveSlots(new BufferRing(ring, group, count, arena), payloadBytes, true, arena);
    }

    int group() {
        return ring.group();
    }

    /** The largest payload a slot has room for. */
    int payloadBytes() {
        return payloadBytes;
    }

    /** Native memory of all slots. */
    long bytes() {
        return (long) ring.count() * slotBytes;
    }

    /** The memory that a slot lies in, from {@link #base} on. */
    MemorySegment segment(int id) {
        return buffers.length == 0 ? memory : segments[id];
    }

    long base(int id) {
        return buffers.length == 0 ? (long) id * slotBytes : 0;
    }

    /** Appends bytes of a slot, from {@code from} on, to a buffer. */
    void copy(int id, int from, int bytes, ByteBuf target) {
        ByteBuffer source = buffers.length == 0 ? view : views[id];
        int start = (int) base(id) + from;
        source.limit(start + bytes).position(start);
        target.writeBytes(source);
        source.clear();
    }

    /** Whether slots may be handed up whole. */
    boolean isReplaceable() {
        return buffers.length > 0;
    }

    /**
     * Takes a slot's buffer out and puts a fresh one in its place, which is the kernel's at once.
     *
     * @return the buffer, whose payload starts at {@link #PAYLOAD}; the caller owns it
     * @throws RuntimeException or Error if no fresh buffer could be allocated: then nothing has changed
     */
    ByteBuf replace(int id, ByteBufAllocator allocator) {
        ByteBuf fresh = allocator.directBuffer(slotBytes, slotBytes);
        ByteBuf taken = buffers[id];
        if (taken == null || BufferAddress.of(fresh, 0, slotBytes) == BufferAddress.NONE) {
            fresh.release();
            throw new IllegalStateException("the allocator gave no piece of native memory: " + fresh);
        }
        adopt(id, fresh);
        giveBack(id);
        return taken;
    }

    private void adopt(int id, ByteBuf buffer) {
        buffers[id] = buffer;
        segments[id] = NativeMemory.at(BufferAddress.of(buffer, 0, slotBytes), slotBytes);
        views[id] = buffer.nioBuffer(0, slotBytes);
    }

    /** Gives a slot to the kernel, from the next enter on. */
    void giveBack(int id) {
        ring.provide(id, segment(id).address() + base(id), PAYLOAD + payloadBytes);
    }

    /** Frees the slots. Only with no receive in flight. */
    void close() {
        ring.unregister();
        for (int id = 0; id < buffers.length; id++) {
            ByteBuf buffer = buffers[id];
            buffers[id] = null;
            if (buffer != null) {
                buffer.release();
            }
        }
    }
}
