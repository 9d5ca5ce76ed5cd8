// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.uring.receive;

import dev.ringport.datagram.receive.DatagramReader;
import dev.ringport.datagram.receive.Ending;
import dev.ringport.ffm.NativeMemory;
import dev.ringport.linux.abi.Errno;
import dev.ringport.linux.abi.Msghdr;
import dev.ringport.linux.abi.SocketConstants;
import dev.ringport.linux.receive.SocketReceive;
import dev.ringport.linux.socket.LinuxSocket;
import dev.ringport.loop.HandleRegistration;
import dev.ringport.net.Peer;
import dev.ringport.net.PeerTable;
import dev.ringport.uring.abi.IoUringRecvmsgOut;
import dev.ringport.uring.ring.Operation;
import dev.ringport.uring.ring.RingOperations;
import dev.ringport.uring.ring.SubmissionQueue;
import io.netty.channel.Channel;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

import static dev.ringport.uring.abi.IoUringConstants.IORING_CQE_BUFFER_SHIFT;
import static dev.ringport.uring.abi.IoUringConstants.IORING_CQE_F_BUFFER;
import static dev.ringport.uring.abi.IoUringConstants.IORING_CQE_F_MORE;

/**
 * The receive of one channel at one loop: an operation that is armed into the loop's slots, for one datagram or until it
 * is cancelled. What comes goes to the channel's {@link DatagramReader}.
 */
public final class UringReceive extends SocketReceive {
    /** Waits in a row that brought nothing to read; then the reader backs off. */
    private static final int MAX_VAIN_WAITS = 4;

    /** What the kernel is at. */
    private enum Stage {
        RESTING, RECEIVING,
        /** A poll waits until there is something to read: the kernel has given the receive up. */
        WAITING,
        /** Whichever it was ends. */
        CANCELLED
    }

    private final RingReceives loop;
    private final RingOperations operations;
    private final HandleRegistration registration;
    private final Operation receive = new Operation() {
        @Override
        public void completed(int res, int flags) {
            received(res, flags);
        }
    };
    private final WaitForDatagram waitForDatagram = new WaitForDatagram();
    private Stage stage = Stage.RESTING;
    private int vainWaits;
    /** Of a receive for one datagram: where the kernel writes all but the payload. */
    private @Nullable MemorySegment single;

    /** The receive of a channel that has come to a loop. */
    public UringReceive(
            Channel channel, DatagramReader reader, LinuxSocket socket, HandleRegistration registration,
            RingReceives loop, PeerTable<? extends Peer> peers) {
        super(channel, reader, socket, loop, peers);
        this.registration = registration;
        this.loop = loop;
        operations = loop.operations();
        operations.table().add(receive);
        operations.table().add(waitForDatagram);
    }

    @Override
    public void leave() {
        super.leave();
        operations.forget(receive);
        operations.forget(waitForDatagram);
    }

    // What the reader asks.

    @Override
    public boolean takesOperations() {
        return operations.isUsable();
    }

    /**
     * Arms the receive. A multishot writes name, control data and lengths into the slot, before the payload; a single
     * shot writes them where the header says, and the payload to the slot's start.
     */
    @Override
    public void arm(boolean continuous) throws IOException {
        ReceiveSlots slots = loop.openSlots(channel().alloc());
        SubmissionQueue submissions = operations.submissions();
        long header = loop.multishotHeader();
        if (!continuous) {
            single = loop.singleShotHeaders().take();
            header = single.address();
        }
        stage = Stage.RECEIVING;
        registration.began();
        submissions.prepareRecvmsg(
                socket().fd(), header, slots.group(), continuous, operations.table().begin(receive));
    }

    @Override
    public void cancel() {
        operations.cancel(stage == Stage.WAITING ? waitForDatagram : receive);
        stage = Stage.CANCELLED;
    }

    // What the kernel says.

    private void received(int res, int flags) {
        operations.touched(registration);
        if ((flags & IORING_CQE_F_BUFFER) != 0) {
            filled(flags >>> IORING_CQE_BUFFER_SHIFT);
            loop.slots().taken();
            if (res >= 0 && !hasLeft()) {
                handOn(res);
            } else {
                discard();
            }
        }
        if ((flags & IORING_CQE_F_MORE) != 0) {
            return;
        }
        if (res == 0 && (flags & IORING_CQE_F_BUFFER) == 0 && single != null && !hasLeft()) {
            // A single shot gives the slot back by itself when a datagram is empty.
            vanished();
            handOn(0);
        }
        if (single != null) {
            loop.singleShotHeaders().giveBack(single);
            single = null;
        }
        end(res);
    }

    private void end(int res) {
        if (res == -Errno.EAGAIN && stage != Stage.CANCELLED && !hasLeft()) {
            // Woken by what is no datagram, such as an error that stays in the socket's queue.
            waitForDatagram.arm();
            registration.ended();
            return;
        }
        registration.ended();
        stage = Stage.RESTING;
        if (hasLeft()) {
            // The channel did not wait for it, and may read at another loop by now.
            return;
        }
        if (res == -Errno.ENOBUFS) {
            // Every slot that filled before this completion has been given back by now.
            loop.exhausted();
        }
        if (res >= 0 || res == -Errno.ENOBUFS || res == -Errno.ECANCELED || res == -Errno.EAGAIN) {
            reader().ended(Ending.DONE, null);
            return;
        }
        failed(-res);
    }

    private void handOn(int res) {
        vainWaits = 0;
        if (single == null) {
            long at = slotAddress();
            arrived(
                    ReceiveSlots.PAYLOAD, NativeMemory.ALL, at + ReceiveSlots.NAME,
                    IoUringRecvmsgOut.namelen(NativeMemory.ALL, at), at + ReceiveSlots.CONTROL,
                    IoUringRecvmsgOut.controllen(NativeMemory.ALL, at), IoUringRecvmsgOut.flags(NativeMemory.ALL, at),
                    IoUringRecvmsgOut.payloadlen(NativeMemory.ALL, at));
        } else {
            arrived(
                    0, single, SingleShotHeaders.NAME, Msghdr.msgNamelen(single, 0), SingleShotHeaders.CONTROL,
                    (int) Msghdr.msgControllen(single, 0), Msghdr.msgFlags(single, 0), res);
        }
    }

    /** Waits, in place of a receive that found nothing, until there is something. */
    private final class WaitForDatagram extends Operation {
        void arm() {
            SubmissionQueue submissions = operations.submissions();
            stage = Stage.WAITING;
            registration.began();
            submissions.preparePoll(socket().fd(), SocketConstants.POLLIN, false, operations.table().begin(this));
        }

        @Override
        public void completed(int res, int flags) {
            boolean cancelled = stage == Stage.CANCELLED;
            stage = Stage.RESTING;
            registration.ended();
            if (hasLeft()) {
                return;
            }
            int _ = drainErrorQueue();
            boolean tooOften = !cancelled && ++vainWaits > MAX_VAIN_WAITS;
            reader().ended(tooOften ? Ending.FAULT : Ending.DONE, null);
        }
    }
}
