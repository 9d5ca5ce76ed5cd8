// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.uring.ring;

import dev.ringport.ffm.NativeCalls;
import dev.ringport.linux.abi.Errno;
import dev.ringport.linux.abi.Linux;
import dev.ringport.linux.abi.Msghdr;
import dev.ringport.linux.abi.SocketConstants;
import dev.ringport.net.SocketAddressCodec;
import dev.ringport.uring.abi.IoUringBuf;
import dev.ringport.uring.abi.IoUringRecvmsgOut;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.concurrent.TimeUnit;

import static dev.ringport.uring.abi.IoUringConstants.IORING_CQE_F_BUFFER;

/**
 * Finds out by doing what this system can: a ring, a multishot receive into provided buffers and a send with an
 * address, all between two sockets of the process that need no network.
 */
public final class Probe {
    private static final int SLOT_BYTES = 512;
    private static final int CONTROL_ROOM = 64;
    private static final int ROOM = 128;
    private static final byte SIGN = 42;
    private static final long SEND = 1;
    private static final long RECEIVE = 2;

    private Probe() {}

    /**
     * Runs the probe on the calling thread, with a ring as large as a loop's: what it may not have, no loop may.
     *
     * @param sqEntries entries of the submission queue
     * @param cqEntries entries of the completion queue
     * @param bufferRings entries of each buffer ring of a loop
     * @return the optional abilities of the ring
     * @throws RingSetupException if something that the transport cannot do without failed
     */
    public static String run(int sqEntries, int cqEntries, int... bufferRings) throws RingSetupException {
        try (Arena arena = Arena.ofShared();
                Ring ring = LockedMemory.ring(sqEntries, cqEntries, arena, bufferRings)) {
            ring.enable();
            // One of them pays for the probe's own.
            ring.release(bufferRings[0]);
            sendAndReceive(ring, arena);
            return ring.describe();
        }
    }

    private static void sendAndReceive(Ring ring, Arena arena) throws RingSetupException {
        MemorySegment capture = NativeCalls.threadCapture();
        int receiver = socket(capture);
        try {
            int sender = socket(capture);
            try {
                exchange(ring, arena, receiver, sender);
            } finally {
                Linux.close(capture, sender);
            }
        } finally {
            Linux.close(capture, receiver);
        }
    }

    private static int socket(MemorySegment capture) throws RingSetupException {
        return check(
                "socket(AF_UNIX)",
                Linux.socket(
                        capture,
                        SocketConstants.AF_UNIX,
                        SocketConstants.SOCK_DGRAM | SocketConstants.SOCK_CLOEXEC,
                        0));
    }

    private static void exchange(Ring ring, Arena arena, int receiver, int sender) throws RingSetupException {
        MemorySegment capture = ring.capture();
        MemorySegment address = arena.allocate(ROOM, Long.BYTES);
        address.set(ValueLayout.JAVA_SHORT, 0, (short) SocketConstants.AF_UNIX);
        // A family alone: the kernel chooses a name (unix(7), autobind).
        check("bind(AF_UNIX)", Linux.bind(capture, receiver, address, Short.BYTES));
        MemorySegment length = arena.allocateFrom(ValueLayout.JAVA_INT, ROOM);
        check("getsockname", Linux.getsockname(capture, receiver, address, length));

        // Two: after the first datagram the receive takes the next buffer to see whether there is more.
        MemorySegment slot = arena.allocate(2L * SLOT_BYTES, Long.BYTES);
        BufferRing buffers = new BufferRing(
                ring, 0, 2, arena.allocate(2 * IoUringBuf.BYTES, BufferRing.ALIGNMENT));
        buffers.provide(0, slot.address(), SLOT_BYTES);
        buffers.provide(1, slot.address() + SLOT_BYTES, SLOT_BYTES);
        MemorySegment header = arena.allocate(Msghdr.LAYOUT);
        Msghdr.msgNamelen(header, 0, SocketAddressCodec.ROOM);
        Msghdr.msgControllen(header, 0, CONTROL_ROOM);
        ring.submissions().prepareRecvmsg(receiver, header.address(), 0, true, RECEIVE);
        MemorySegment payload = arena.allocateFrom(ValueLayout.JAVA_BYTE, SIGN);
        ring.submissions().prepareSend(
                sender, payload.address(), 1, SocketConstants.MSG_DONTWAIT, address.address(),
                length.get(ValueLayout.JAVA_INT, 0), SEND);
        boolean sent = false;
        boolean received = false;
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(1);
        while (!(sent && received) && System.nanoTime() - deadline < 0) {
            int entered = ring.submitAndWait(TimeUnit.MILLISECONDS.toNanos(100));
            if (isForGood(entered)) {
                throw new RingSetupException("io_uring_enter", -entered);
            }
            while (ring.completions().next()) {
                int res = ring.completions().res();
                if (ring.completions().userData() == SEND) {
                    check("a send with an address", res);
                    sent = true;
                } else {
                    check("a multishot receive into provided buffers", res);
                    int payloadAt = (int) IoUringRecvmsgOut.BYTES + SocketAddressCodec.ROOM + CONTROL_ROOM;
                    received = (ring.completions().flags() & IORING_CQE_F_BUFFER) != 0
                            && IoUringRecvmsgOut.payloadlen(slot, 0) == 1
                            && slot.get(ValueLayout.JAVA_BYTE, payloadAt) == SIGN;
                }
            }
        }
        buffers.unregister();
        if (!sent || !received) {
            throw RingSetupException.lacking("a datagram sent through the ring did not come back");
        }
    }

    /** A filter's answers. Others may be of the moment, and the exchange has its time. */
    private static boolean isForGood(int entered) {
        return entered == -Errno.EPERM || entered == -Errno.EACCES || entered == -Errno.ENOSYS;
    }

    private static int check(String what, int result) throws RingSetupException {
        if (result < 0) {
            throw new RingSetupException(what, -result);
        }
        return result;
    }
}
