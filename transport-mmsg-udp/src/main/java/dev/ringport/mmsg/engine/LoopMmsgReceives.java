// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.mmsg.engine;

import dev.ringport.ffm.NativeMemory;
import dev.ringport.linux.abi.Errno;
import dev.ringport.linux.abi.Iovec;
import dev.ringport.linux.abi.Msghdr;
import dev.ringport.linux.abi.SocketConstants;
import dev.ringport.linux.receive.LoopReceives;
import dev.ringport.linux.receive.SlotMemory;
import dev.ringport.mmsg.abi.MmsgCalls;
import dev.ringport.mmsg.abi.Mmsghdr;
import dev.ringport.net.SocketAddressCodec;
import io.netty.buffer.ByteBufAllocator;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The receives of one loop: slots that one call fills from the first on, and their headers. Between two calls nothing lies
 * in them, so all channels of the loop share them.
 *
 * <pre>{@code
 *   0      32        544
 *   | name | control | payload
 * }</pre>
 */
final class LoopMmsgReceives extends LoopReceives {
    static final int CONTROL = SocketAddressCodec.ROOM;
    static final int PAYLOAD = CONTROL + SlotMemory.CONTROL_ROOM;

    private final MmsgLoopCounters counters;
    private final MemorySegment capture;
    private final int slots;
    private final MemorySegment headers;
    private final MemorySegment iovecs;
    private @Nullable SlotMemory memory;

    /** The receives of a loop, which share so many slots; they are made at first use. */
    LoopMmsgReceives(MmsgLoopCounters counters, MemorySegment capture, int slots, Arena arena) {
        super(counters);
        this.counters = counters;
        this.capture = capture;
        this.slots = slots;
        headers = arena.allocate(slots * Mmsghdr.BYTES, Long.BYTES);
        iovecs = arena.allocate(slots * Iovec.BYTES, Long.BYTES);
    }

    @Override
    protected MemorySegment capture() {
        return capture;
    }

    @Override
    protected SlotMemory memory() {
        return Objects.requireNonNull(memory);
    }

    /**
     * Makes the slots if there are none yet.
     *
     * @param allocator where contents will come from
     * @throws IOException if they cannot be had now; asked again, it tries again
     */
    void open(ByteBufAllocator allocator) throws IOException {
        if (memory == null) {
            long address = SlotMemory.map(capture, 0, PAYLOAD, slots);
            if (address < 0) {
                throw Errno.exception("mmap of receive slots", (int) -address);
            }
            memory = new SlotMemory(
                    NativeMemory.at(address, SlotMemory.bytes(0, PAYLOAD, slots)), 0, PAYLOAD, slots);
            for (int slot = 0; slot < slots; slot++) {
                giveBack(slot);
            }
            start(allocator);
        }
    }

    /** Makes the slot ready to be filled: the kernel changed its header, and it may lie elsewhere by now. */
    @Override
    protected void giveBack(int slot) {
        long at = memory().address(slot);
        long header = slot * Mmsghdr.BYTES;
        long iovec = slot * Iovec.BYTES;
        Iovec.iovBase(iovecs, iovec, at + PAYLOAD);
        Iovec.iovLen(iovecs, iovec, SlotMemory.PAYLOAD_ROOM);
        Msghdr.msgName(headers, header, at);
        Msghdr.msgNamelen(headers, header, SocketAddressCodec.ROOM);
        Msghdr.msgIov(headers, header, iovecs.address() + iovec);
        Msghdr.msgIovlen(headers, header, 1);
        Msghdr.msgControl(headers, header, at + CONTROL);
        Msghdr.msgControllen(headers, header, SlotMemory.CONTROL_ROOM);
    }

    /**
     * Receives.
     *
     * @param most the most datagrams or trains
     * @return how many slots are filled, or {@code -errno}
     */
    int receive(int fd, int most) {
        int result;
        do {
            counters.receiveCalls++;
            result = MmsgCalls.recvmmsg(
                    capture, fd, headers.address(), Math.min(most, slots), SocketConstants.MSG_DONTWAIT);
        } while (result == -Errno.EINTR);
        return result;
    }

    int nameBytes(int slot) {
        return Msghdr.msgNamelen(headers, slot * Mmsghdr.BYTES);
    }

    int controlBytes(int slot) {
        return (int) Msghdr.msgControllen(headers, slot * Mmsghdr.BYTES);
    }

    int flags(int slot) {
        return Msghdr.msgFlags(headers, slot * Mmsghdr.BYTES);
    }

    int payloadBytes(int slot) {
        return Mmsghdr.msgLen(headers, slot * Mmsghdr.BYTES);
    }

    /** Frees the slots. */
    void close() {
        if (memory != null) {
            memory.close();
            memory = null;
        }
    }
}
