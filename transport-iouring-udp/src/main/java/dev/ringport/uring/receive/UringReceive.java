// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.uring.receive;

import dev.ringport.datagram.receive.Arrival;
import dev.ringport.datagram.receive.DatagramReader;
import dev.ringport.datagram.receive.Ending;
import dev.ringport.datagram.receive.Payload;
import dev.ringport.datagram.receive.ReceiveEngine;
import dev.ringport.ffm.NativeMemory;
import dev.ringport.linux.abi.Errno;
import dev.ringport.linux.abi.Msghdr;
import dev.ringport.linux.abi.SocketConstants;
import dev.ringport.linux.socket.LinuxSocket;
import dev.ringport.loop.HandleRegistration;
import dev.ringport.net.ControlMessageReader;
import dev.ringport.net.Peer;
import dev.ringport.net.PeerTable;
import dev.ringport.uring.abi.IoUringRecvmsgOut;
import dev.ringport.uring.ring.LoopCounters;
import dev.ringport.uring.ring.Operation;
import dev.ringport.uring.ring.RingOperations;
import dev.ringport.uring.ring.SubmissionQueue;
import io.netty.buffer.ByteBuf;
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
public final class UringReceive extends Operation implements ReceiveEngine, Payload {
    private static final int MIN_CONTENT_BYTES = 64;
    private static final int NO_SLOT = -1;
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

    private final Channel channel;
    private final DatagramReader reader;
    private final LinuxSocket socket;
    private final LoopReceives loop;
    private final RingOperations operations;
    private final LoopCounters counters;
    private final HandleRegistration registration;
    private final PeerTable<? extends Peer> peers;
    private final Arrival arrival = new Arrival();
    private final WaitForDatagram waitForDatagram = new WaitForDatagram();
    private Stage stage = Stage.RESTING;
    private int vainWaits;
    private boolean left;
    /** Of a receive for one datagram: where the kernel writes all but the payload. */
    private @Nullable MemorySegment single;
    /** The slot that is being taken out. */
    private int slot = NO_SLOT;
    private int payloadAt;

    /** The receive of a channel that has come to a loop. */
    public UringReceive(
            Channel channel, DatagramReader reader, LinuxSocket socket, HandleRegistration registration,
            LoopReceives loop, PeerTable<? extends Peer> peers) {
        this.channel = channel;
        this.reader = reader;
        this.socket = socket;
        this.registration = registration;
        this.loop = loop;
        this.peers = peers;
        operations = loop.operations();
        counters = loop.counters();
        operations.table().add(this);
        operations.table().add(waitForDatagram);
    }

    /** The channel leaves its loop. */
    public void leave() {
        left = true;
        operations.forget(this);
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
        ReceiveSlots slots = loop.openSlots(channel.alloc());
        SubmissionQueue submissions = operations.submissions();
        long header = loop.multishotHeader();
        if (!continuous) {
            single = loop.singleShotHeaders().take();
            header = single.address();
        }
        stage = Stage.RECEIVING;
        registration.began();
        submissions.prepareRecvmsg(socket.fd(), header, slots.group(), continuous, operations.table().begin(this));
    }

    @Override
    public void cancel() {
        operations.cancel(stage == Stage.WAITING ? waitForDatagram : this);
        stage = Stage.CANCELLED;
    }

    @Override
    public void joinBatch() {
        loop.endsWithTurn(this);
    }

    void endBatch() {
        if (!left) {
            reader.endBatch();
        }
    }

    @Override
    public void count(int datagrams, int cut) {
        counters.received += datagrams;
        counters.truncated += cut;
    }

    @Override
    public void countDropped() {
        counters.dropped++;
    }

    // What the kernel says.

    @Override
    public void completed(int res, int flags) {
        operations.touched(registration);
        if ((flags & IORING_CQE_F_BUFFER) != 0) {
            slot = flags >>> IORING_CQE_BUFFER_SHIFT;
            loop.slots().taken();
            if (res >= 0 && !left) {
                received(res);
            } else {
                discard();
            }
        }
        if ((flags & IORING_CQE_F_MORE) != 0) {
            return;
        }
        if (res == 0 && (flags & IORING_CQE_F_BUFFER) == 0 && single != null && !left) {
            // A single shot gives the slot back by itself when a datagram is empty.
            slot = NO_SLOT;
            received(0);
        }
        if (single != null) {
            loop.singleShotHeaders().giveBack(single);
            single = null;
        }
        end(res);
    }

    private void end(int res) {
        if (res == -Errno.EAGAIN && stage != Stage.CANCELLED && !left) {
            // Woken by what is no datagram, such as an error that stays in the socket's queue.
            waitForDatagram.arm();
            registration.ended();
            return;
        }
        registration.ended();
        stage = Stage.RESTING;
        if (left) {
            // The channel did not wait for it, and may read at another loop by now.
            return;
        }
        if (res == -Errno.ENOBUFS) {
            // Every slot that filled before this completion has been given back by now.
            counters.slotsExhausted++;
            loop.slots().exhausted();
        }
        if (res >= 0 || res == -Errno.ENOBUFS || res == -Errno.ECANCELED || res == -Errno.EAGAIN) {
            reader.ended(Ending.DONE, null);
            return;
        }
        boolean answer = Errno.isAnswerToDatagram(-res);
        if (answer) {
            drainErrorQueue();
        }
        reader.ended(answer ? Ending.ANSWER : Ending.FAULT, Errno.exception("recvmsg", -res));
    }

    /** Errors left in the queue would take room from datagrams, and wake every wait for ever. */
    private void drainErrorQueue() {
        counters.errorsDropped += socket.drainErrorQueue(operations.ring().capture());
    }

    private void received(int res) {
        vainWaits = 0;
        if (single == null) {
            long at = loop.slots().address(slot);
            payloadAt = ReceiveSlots.PAYLOAD;
            describe(
                    NativeMemory.ALL, at + ReceiveSlots.NAME, IoUringRecvmsgOut.namelen(NativeMemory.ALL, at),
                    at + ReceiveSlots.CONTROL, IoUringRecvmsgOut.controllen(NativeMemory.ALL, at),
                    IoUringRecvmsgOut.flags(NativeMemory.ALL, at),
                    IoUringRecvmsgOut.payloadlen(NativeMemory.ALL, at));
        } else {
            payloadAt = 0;
            describe(
                    single, SingleShotHeaders.NAME, Msghdr.msgNamelen(single, 0), SingleShotHeaders.CONTROL,
                    (int) Msghdr.msgControllen(single, 0), Msghdr.msgFlags(single, 0), res);
        }
        reader.arrived(arrival, this);
    }

    private void describe(
            MemorySegment memory, long nameAt, int nameBytes, long controlAt, int controlBytes, int flags,
            int payload) {
        arrival.reset(Math.min(payload, ReceiveSlots.PAYLOAD_ROOM));
        Peer peer = peers.received(memory, nameAt, nameBytes);
        if (peer != null) {
            arrival.sender(peer.address());
        }
        boolean marked = controlBytes > 0
                && readControl(memory, controlAt, Math.min(controlBytes, ReceiveSlots.CONTROL_ROOM));
        if ((flags & (SocketConstants.MSG_TRUNC | SocketConstants.MSG_CTRUNC)) != 0) {
            if ((flags & SocketConstants.MSG_TRUNC) != 0) {
                arrival.truncated();
            }
            if ((flags & SocketConstants.MSG_CTRUNC) != 0 && !marked && socket.receivesTrains()) {
                arrival.unmarked();
            }
        }
    }

    /** True if it says where to cut. */
    private boolean readControl(MemorySegment memory, long at, int bytes) {
        boolean marked = false;
        ControlMessageReader control = loop.controlReader();
        control.reset(memory, at, bytes);
        while (control.next()) {
            if (control.level() == SocketConstants.SOL_UDP && control.type() == SocketConstants.UDP_GRO) {
                arrival.segmentSize(control.intData());
                marked = true;
            } else if ((control.level() == SocketConstants.IPPROTO_IP
                    && control.type() == SocketConstants.IP_RECVORIGDSTADDR)
                    || (control.level() == SocketConstants.IPPROTO_IPV6
                            && control.type() == SocketConstants.IPV6_RECVORIGDSTADDR)) {
                arrival.recipient(LinuxSocket.CODEC.read(memory, control.dataOffset(), control.dataBytes()));
            }
        }
        return marked;
    }

    // What the reader takes out.

    @Override
    public ByteBuf take(int bytes) {
        ByteBuf content = copy(bytes);
        discard();
        return content;
    }

    @Override
    public ByteBuf takeTrain(int bytes) {
        if (bytes <= ReceiveSlots.COPIED_BYTES) {
            return take(bytes);
        }
        ByteBuf train = loop.slots().takeOut(slot, payloadAt, bytes, channel.alloc());
        if (train != null) {
            slot = NO_SLOT;
            return train;
        }
        train = copy(bytes);
        try {
            loop.slots().promote(slot, channel.alloc());
        } catch (RuntimeException | Error noMemory) {
            // The next one is copied too.
        }
        discard();
        return train;
    }

    private ByteBuf copy(int bytes) {
        ByteBuf content = channel.alloc().directBuffer(Math.max(bytes, MIN_CONTENT_BYTES));
        try {
            loop.slots().copy(slot, payloadAt, bytes, content);
        } catch (Throwable failed) {
            content.release();
            throw failed;
        }
        return content;
    }

    @Override
    public void discard() {
        if (slot != NO_SLOT) {
            loop.slots().giveBack(slot);
            slot = NO_SLOT;
        }
    }

    @Override
    public String toString() {
        return channel.toString();
    }

    /** Waits, in place of a receive that found nothing, until there is something. */
    private final class WaitForDatagram extends Operation {
        void arm() {
            SubmissionQueue submissions = operations.submissions();
            stage = Stage.WAITING;
            registration.began();
            submissions.preparePoll(socket.fd(), SocketConstants.POLLIN, false, operations.table().begin(this));
        }

        @Override
        public void completed(int res, int flags) {
            boolean cancelled = stage == Stage.CANCELLED;
            stage = Stage.RESTING;
            registration.ended();
            if (left) {
                return;
            }
            drainErrorQueue();
            boolean tooOften = !cancelled && ++vainWaits > MAX_VAIN_WAITS;
            reader.ended(tooOften ? Ending.FAULT : Ending.DONE, null);
        }
    }
}
