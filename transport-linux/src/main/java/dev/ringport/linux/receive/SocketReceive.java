// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.linux.receive;

import dev.ringport.datagram.receive.Arrival;
import dev.ringport.datagram.receive.DatagramReader;
import dev.ringport.datagram.receive.Ending;
import dev.ringport.datagram.receive.Payload;
import dev.ringport.datagram.receive.ReceiveEngine;
import dev.ringport.linux.abi.Errno;
import dev.ringport.linux.abi.SocketConstants;
import dev.ringport.linux.socket.LinuxSocket;
import dev.ringport.net.ControlMessageReader;
import dev.ringport.net.Peer;
import dev.ringport.net.PeerTable;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import java.lang.foreign.MemorySegment;

/**
 * The receive of one channel at one loop, as far as it does not matter how the kernel is asked: what it says of a
 * datagram in a slot, how the datagram is taken out, and what an error means.
 */
public abstract class SocketReceive implements ReceiveEngine, Payload {
    private static final int MIN_CONTENT_BYTES = 64;
    private static final int NO_SLOT = -1;

    private final Channel channel;
    private final DatagramReader reader;
    private final LinuxSocket socket;
    private final LoopReceives loop;
    private final PeerTable<? extends Peer> peers;
    private final Arrival arrival = new Arrival();
    private boolean left;
    /** The slot that is being taken out. */
    private int slot = NO_SLOT;
    private int payloadAt;

    /** The receive of a channel that has come to a loop. */
    protected SocketReceive(
            Channel channel, DatagramReader reader, LinuxSocket socket, LoopReceives loop,
            PeerTable<? extends Peer> peers) {
        this.channel = channel;
        this.reader = reader;
        this.socket = socket;
        this.loop = loop;
        this.peers = peers;
    }

    /** The channel's socket. */
    protected final LinuxSocket socket() {
        return socket;
    }

    /** Who decides of what arrives. */
    protected final DatagramReader reader() {
        return reader;
    }

    /** The channel. */
    protected final Channel channel() {
        return channel;
    }

    /** The channel leaves its loop. */
    public void leave() {
        left = true;
    }

    /** Whether the channel has left its loop, and may read at another by now. */
    protected final boolean hasLeft() {
        return left;
    }

    @Override
    public final void joinBatch() {
        loop.endsWithTurn(this);
    }

    final void endBatch() {
        if (!left) {
            reader.endBatch();
        }
    }

    @Override
    public final void count(int datagrams, int cut) {
        loop.counters().received += datagrams;
        if (datagrams > 1) {
            loop.counters().coalesced += datagrams;
        }
        loop.counters().truncated += cut;
    }

    @Override
    public final void countDropped() {
        loop.counters().dropped++;
    }

    // What the kernel says.

    /** Something lies in a slot: it is the loop's until it was taken out. */
    protected final void filled(int id) {
        slot = id;
    }

    /** Nothing lies in the slot any more, and it is not the loop's. */
    protected final void vanished() {
        slot = NO_SLOT;
    }

    /** Where the slot lies that something lies in. */
    protected final long slotAddress() {
        return loop.memory().address(slot);
    }

    /**
     * Hands on what lies in the slot.
     *
     * @param at where the payload begins in the slot
     * @param nameAt where the sender's address lies in {@code memory}
     * @param controlAt where the control data lie there
     * @param flags {@code msg_flags}
     * @param payload the bytes received
     */
    protected final void arrived(
            int at, MemorySegment memory, long nameAt, int nameBytes, long controlAt, int controlBytes, int flags,
            int payload) {
        payloadAt = at;
        describe(memory, nameAt, nameBytes, controlAt, controlBytes, flags, payload);
        reader.arrived(arrival, this);
    }

    private void describe(
            MemorySegment memory, long nameAt, int nameBytes, long controlAt, int controlBytes, int flags,
            int payload) {
        arrival.reset(Math.min(payload, SlotMemory.PAYLOAD_ROOM));
        Peer peer = peers.received(memory, nameAt, nameBytes);
        if (peer != null) {
            arrival.sender(peer.address());
        }
        boolean marked = controlBytes > 0
                && readControl(memory, controlAt, Math.min(controlBytes, SlotMemory.CONTROL_ROOM));
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

    /** The receive has ended with an error number. */
    protected final void failed(int errno) {
        boolean answer = Errno.isAnswerToDatagram(errno);
        if (answer) {
            int _ = drainErrorQueue();
        }
        reader.ended(answer ? Ending.ANSWER : Ending.FAULT, Errno.exception("recvmsg", errno));
    }

    /** Errors left in the queue would take room from datagrams, and wake every wait for ever; how many there were. */
    protected final int drainErrorQueue() {
        int drained = socket.drainErrorQueue(loop.capture());
        loop.counters().errorsDropped += drained;
        return drained;
    }

    // What the reader takes out.

    @Override
    public final ByteBuf take(int bytes) {
        ByteBuf content = copy(bytes);
        discard();
        return content;
    }

    @Override
    public final ByteBuf takeTrain(int bytes) {
        if (bytes <= SlotMemory.COPIED_BYTES) {
            return take(bytes);
        }
        ByteBuf train = loop.memory().takeOut(slot, payloadAt, bytes, channel.alloc());
        if (train != null) {
            discard();
            return train;
        }
        train = copy(bytes);
        try {
            loop.memory().promote(slot, channel.alloc());
        } catch (RuntimeException | Error noMemory) {
            // The next one is copied too.
        }
        discard();
        return train;
    }

    private ByteBuf copy(int bytes) {
        ByteBuf content = channel.alloc().directBuffer(Math.max(bytes, MIN_CONTENT_BYTES));
        try {
            loop.memory().copy(slot, payloadAt, bytes, content);
        } catch (Throwable failed) {
            content.release();
            throw failed;
        }
        return content;
    }

    @Override
    public final void discard() {
        if (slot != NO_SLOT) {
            loop.giveBack(slot);
            slot = NO_SLOT;
        }
    }

    @Override
    public String toString() {
        return channel.toString();
    }
}
