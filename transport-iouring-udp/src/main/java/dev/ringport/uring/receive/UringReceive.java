// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.uring.receive;

import dev.ringport.datagram.DatagramReader;
import dev.ringport.loop.HandleRegistration;
import dev.ringport.net.ControlMessageReader;
import dev.ringport.net.Peer;
import dev.ringport.net.PeerTable;
import dev.ringport.uring.abi.Errno;
import dev.ringport.uring.abi.IoUringRecvmsgOut;
import dev.ringport.uring.abi.Msghdr;
import dev.ringport.uring.abi.SocketConstants;
import dev.ringport.uring.ring.LoopCounters;
import dev.ringport.uring.ring.Operation;
import dev.ringport.uring.ring.RingOperations;
import dev.ringport.uring.socket.UringSocket;
import io.netty.buffer.ByteBuf;
import io.netty.channel.socket.DatagramPacket;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

import static dev.ringport.uring.abi.IoUringConstants.IORING_CQE_BUFFER_SHIFT;
import static dev.ringport.uring.abi.IoUringConstants.IORING_CQE_F_BUFFER;
import static dev.ringport.uring.abi.IoUringConstants.IORING_CQE_F_MORE;

/**
 * The receive operation of one channel: armed into the loop's slots, it takes each datagram out of its slot and gives
 * the slot back before the pipeline sees the datagram.
 */
public final class UringReceive extends Operation {
    /** A train up to this size is copied once rather than handed up with its 64 KiB slot. */
    private static final int COPIED_TRAIN_BYTES = 8 * 1024;
    private static final int MIN_CONTENT_BYTES = 64;
    private static final int NO_SLOT = -1;

    private final ReceivingChannel channel;
    private final DatagramReader reader;
    private final LoopReceives loop;
    private final RingOperations operations;
    private final LoopCounters counters;
    private final HandleRegistration registration;
    private final PeerTable<? extends Peer> peers;
    private @Nullable ReceiveSlots slots;
    private @Nullable MemorySegment single;
    private MemorySegment meta = MemorySegment.NULL;
    private long nameAt;
    private long controlAt;
    private int payloadAt;
    private int nameBytes;
    private int controlBytes;
    private int payload;
    private int messageFlags;
    private int segmentSize;
    private @Nullable InetSocketAddress destination;

    /** The receive of a channel that has come to a loop. */
    public UringReceive(
            ReceivingChannel channel, DatagramReader reader, HandleRegistration registration, LoopReceives loop,
            PeerTable<? extends Peer> peers) {
        this.channel = channel;
        this.reader = reader;
        this.registration = registration;
        this.loop = loop;
        this.peers = peers;
        operations = loop.operations();
        counters = loop.counters();
        operations.table().add(this);
    }

    /**
     * Arms the receive. A multishot writes name, control data and lengths into the slot, before the payload; a single
     * shot writes them where the header says, and the payload to the slot's start.
     */
    public void arm(int fd, boolean multishot) throws IOException {
        ReceiveSlots into = loop.slots().forPayload(channel.receiveBytes());
        slots = into;
        long header = loop.slots().multishotHeader();
        if (!multishot) {
            single = loop.slots().singleShotHeaders().take();
            header = single.address();
        }
        registration.began();
        operations.submissions()
                .prepareRecvmsg(fd, header, into.group(), multishot, operations.table().begin(this));
    }

    /** Whether the receive is armed into slots that fit this size, or the largest. */
    private boolean hasRoomFor(int bytes) {
        // The replaceable slots are the largest there are: arming anew could not do better.
        return slots == null || slots.isReplaceable() || slots.payloadBytes() >= bytes;
    }

    /** The read batch ends with this turn. */
    public void endsWithTurn() {
        loop.endsWithTurn(this);
    }

    void endBatch() {
        reader.endBatch();
        // An adaptive allocator may expect more by now.
        fit();
    }

    /** Arms anew if the channel needs more room than it has. */
    public void fit() {
        if (!hasRoomFor(channel.receiveBytes())) {
            reader.rearm();
        }
    }

    @Override
    public void completed(int res, int flags) {
        operations.touched(registration);
        if ((flags & IORING_CQE_F_BUFFER) != 0 && slots != null) {
            received(slots, flags >>> IORING_CQE_BUFFER_SHIFT, res);
        }
        if ((flags & IORING_CQE_F_MORE) != 0) {
            return;
        }
        if (res == 0 && (flags & IORING_CQE_F_BUFFER) == 0 && single != null && slots != null) {
            // A single shot gives the buffer back by itself when a datagram is empty.
            received(slots, NO_SLOT, 0);
        }
        if (single != null) {
            loop.slots().singleShotHeaders().giveBack(single);
            single = null;
        }
        registration.ended();
        IOException failure = null;
        if (res == -Errno.ENOBUFS) {
            // Every slot that filled before this completion has been given back by now.
            counters.slotsExhausted++;
        } else if (res < 0 && res != -Errno.ECANCELED) {
            failure = Errno.exception("recvmsg", -res);
        }
        reader.ended(failure);
    }

    private void received(ReceiveSlots from, int id, int res) {
        boolean taken = false;
        try {
            if (res >= 0) {
                taken = deliver(from, id, res);
            }
        } catch (Throwable failed) {
            counters.dropped++;
            reader.deliveryFailed(failed);
        } finally {
            if (!taken && id != NO_SLOT) {
                from.giveBack(id);
            }
        }
    }

    /** Where a multishot put what it received, and how much of it. */
    private void locateMultishot(MemorySegment slot, long base) {
        meta = slot;
        nameAt = base + ReceiveSlots.NAME;
        controlAt = base + ReceiveSlots.CONTROL;
        payloadAt = ReceiveSlots.PAYLOAD;
        nameBytes = IoUringRecvmsgOut.namelen(slot, base);
        controlBytes = IoUringRecvmsgOut.controllen(slot, base);
        payload = IoUringRecvmsgOut.payloadlen(slot, base);
        messageFlags = IoUringRecvmsgOut.flags(slot, base);
    }

    /** Where a single shot put what it received, and how much of it. */
    private void locateSingleShot(MemorySegment header, int res) {
        meta = header;
        nameAt = SingleShotHeaders.NAME;
        controlAt = SingleShotHeaders.CONTROL;
        payloadAt = 0;
        nameBytes = Msghdr.msgNamelen(header, 0);
        controlBytes = (int) Msghdr.msgControllen(header, 0);
        payload = res;
        messageFlags = Msghdr.msgFlags(header, 0);
    }

    /** Hands up what is in a slot; true if the slot itself went up and a fresh one is in its place. */
    private boolean deliver(ReceiveSlots from, int id, int res) {
        if (single == null) {
            locateMultishot(from.segment(id), from.base(id));
        } else {
            locateSingleShot(single, res);
        }
        segmentSize = 0;
        destination = null;
        if (controlBytes > 0) {
            readControl();
        }
        if ((messageFlags & SocketConstants.MSG_CTRUNC) != 0 && segmentSize == 0 && channel.isUdpGro()) {
            // Several datagrams may be glued together here and nothing says where to cut.
            counters.dropped++;
            return false;
        }
        Peer peer = peers.received(meta, nameAt, nameBytes);
        InetSocketAddress sender = peer != null ? peer.address() : channel.remoteAddress();
        InetSocketAddress recipient = destination != null ? destination : channel.localAddress();
        if (segmentSize > 0 && segmentSize < payload) {
            if ((messageFlags & SocketConstants.MSG_TRUNC) != 0) {
                counters.truncated++;
            }
            return deliverTrain(from, id, Math.min(payload, from.payloadBytes()), sender, recipient);
        }
        int limit = Math.min(channel.receiveLimit(), from.payloadBytes());
        int bytes = Math.min(payload, limit);
        if (payload > limit || (messageFlags & SocketConstants.MSG_TRUNC) != 0) {
            counters.truncated++;
        }
        ByteBuf content = copy(from, id, bytes);
        counters.received++;
        reader.received(new DatagramPacket(content, recipient, sender));
        return false;
    }

    private ByteBuf copy(ReceiveSlots from, int id, int bytes) {
        ByteBuf content = channel.alloc().directBuffer(Math.max(bytes, MIN_CONTENT_BYTES));
        try {
            if (bytes > 0) {
                from.copy(id, payloadAt, bytes, content);
            }
        } catch (Throwable failed) {
            content.release();
            throw failed;
        }
        return content;
    }

    private boolean deliverTrain(
            ReceiveSlots from, int id, int bytes, @Nullable InetSocketAddress sender,
            @Nullable InetSocketAddress recipient) {
        int size = segmentSize;
        boolean whole = bytes > COPIED_TRAIN_BYTES && from.isReplaceable();
        ByteBuf train = whole ? from.replace(id, channel.alloc()) : copy(from, id, bytes);
        int start = whole ? payloadAt : 0;
        try {
            for (int offset = 0; offset < bytes; offset += size) {
                ByteBuf segment = train.retainedSlice(start + offset, Math.min(size, bytes - offset));
                counters.received++;
                reader.received(new DatagramPacket(segment, recipient, sender));
            }
        } catch (Throwable failed) {
            // Not further up: whether the slot was replaced is known only here.
            counters.dropped++;
            reader.deliveryFailed(failed);
        } finally {
            train.release();
        }
        return whole;
    }

    private void readControl() {
        ControlMessageReader reader = loop.slots().controlReader();
        reader.reset(meta, controlAt, Math.min(controlBytes, ReceiveSlots.CONTROL_ROOM));
        while (reader.next()) {
            if (reader.level() == SocketConstants.SOL_UDP && reader.type() == SocketConstants.UDP_GRO) {
                segmentSize = reader.intData();
            } else if ((reader.level() == SocketConstants.IPPROTO_IP
                    && reader.type() == SocketConstants.IP_RECVORIGDSTADDR)
                    || (reader.level() == SocketConstants.IPPROTO_IPV6
                            && reader.type() == SocketConstants.IPV6_RECVORIGDSTADDR)) {
                destination = UringSocket.CODEC.read(meta, reader.dataOffset(), reader.dataBytes());
            }
        }
    }
}
