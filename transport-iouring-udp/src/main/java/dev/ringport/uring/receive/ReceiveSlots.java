// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.uring.receive;

import dev.ringport.ffm.NativeCalls;
import dev.ringport.ffm.NativeMemory;
import dev.ringport.linux.abi.Linux;
import dev.ringport.linux.receive.SlotMemory;
import dev.ringport.net.SocketAddressCodec;
import dev.ringport.uring.abi.IoUringBuf;
import dev.ringport.uring.abi.IoUringRecvmsgOut;
import dev.ringport.uring.ring.BufferRing;
import dev.ringport.uring.ring.Ring;
import dev.ringport.uring.ring.RingSetupException;
import java.lang.foreign.MemorySegment;

/**
 * The receive slots of one loop as a ring of provided buffers. A slot is the kernel's, or lies idle, or is the loop's from
 * its completion until it is given back.
 *
 * <pre>{@code
 *   0                    16        48         560
 *   | io_uring_recvmsg_out | name  | control  | payload
 * }</pre>
 *
 * Name and control room are fixed when a multishot receive is armed, so every receive reserves the same, whatever is
 * switched on. Of the slots only as many are the kernel's as arrivals of one enter have needed so far: the kernel takes
 * them in turn, and few stay in the processor's caches.
 */
final class ReceiveSlots {
    static final int NAME = (int) IoUringRecvmsgOut.BYTES;
    static final int CONTROL = NAME + SocketAddressCodec.ROOM;
    static final int PAYLOAD = CONTROL + SlotMemory.CONTROL_ROOM;
    private static final int MIN_PROVIDED = 64;
    private static final int GROUP = 0;

    private final BufferRing ring;
    private final SlotMemory memory;
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
        long address = SlotMemory.map(ring.capture(), entryBytes, PAYLOAD, count);
        if (address < 0) {
            throw new RingSetupException("mmap of receive slots", (int) -address);
        }
        long bytes = SlotMemory.bytes(entryBytes, PAYLOAD, count);
        MemorySegment mapping = NativeMemory.at(address, bytes);
        try {
            this.ring = new BufferRing(ring, GROUP, count, mapping.asSlice(0, count * IoUringBuf.BYTES));
        } catch (Throwable failed) {
            Linux.munmap(NativeCalls.threadCapture(), address, bytes);
            throw failed;
        }
        memory = new SlotMemory(mapping, entryBytes, PAYLOAD, count);
        idle = new int[count];
        wanted = Math.min(count, MIN_PROVIDED);
        for (int id = count - 1; id >= 0; id--) {
            idle[idleCount++] = id;
        }
        provide();
    }

    int group() {
        return ring.group();
    }

    /** What lies in them. */
    SlotMemory memory() {
        return memory;
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
            ring.provide(id, memory.address(id), PAYLOAD + SlotMemory.PAYLOAD_ROOM);
            provided++;
        }
    }

    /** Frees the slots. Only with no receive in flight. */
    void close() {
        ring.unregister();
        memory.close();
    }
}
