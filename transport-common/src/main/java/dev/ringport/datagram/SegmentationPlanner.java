// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.datagram;

import dev.ringport.ffm.BufferAddress;
import dev.ringport.net.Peer;
import dev.ringport.net.PeerCache;
import dev.ringport.net.SocketAddressCodec;
import io.netty.buffer.ByteBuf;
import io.netty.channel.AddressedEnvelope;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.socket.DatagramPacket;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.nio.channels.NotYetConnectedException;
import java.nio.channels.UnsupportedAddressTypeException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Turns a channel's flushed messages into operations, in one pass over its outbound buffer. Messages to one peer with
 * equal sizes (the last may be shorter) join one train, also when messages to other peers stand between them; each
 * peer's datagrams keep their order. One planner serves all channels of a loop, one pass at a time.
 */
public final class SegmentationPlanner implements ChannelOutboundBuffer.MessageProcessor {
    private final PeerCache inetPeers;
    private final PeerCache inet6Peers;
    private SendSlot[] open = new SendSlot[16];
    private int opened;
    private @Nullable DatagramSender sender;
    private PeerCache peers;
    private @Nullable InetSocketAddress lastRecipient;
    private @Nullable Peer lastPeer;
    private int skip;
    private int limit;
    private boolean finished;

    public SegmentationPlanner(SocketAddressCodec codec) {
        inetPeers = new PeerCache(codec, false, this::closeTrainOf);
        inet6Peers = new PeerCache(codec, true, this::closeTrainOf);
        peers = inetPeers;
    }

    /** The peers that sockets of the given family have seen. */
    public PeerCache peers(boolean inet6Socket) {
        return inet6Socket ? inet6Peers : inetPeers;
    }

    /**
     * One pass.
     *
     * @param maxMessages the most messages to take
     * @return whether the pass saw all flushed messages, so that nothing is left to plan
     */
    boolean plan(DatagramSender by, ChannelOutboundBuffer in, int maxMessages) {
        sender = by;
        peers = peers(by.isInet6());
        skip = by.plannedMessages();
        limit = maxMessages;
        finished = true;
        try {
            in.forEachFlushedMessage(this);
        } catch (Exception impossible) {
            throw new IllegalStateException("planning does not throw", impossible);
        } finally {
            closeTrains();
            lastRecipient = null;
            lastPeer = null;
            sender = null;
        }
        return finished;
    }

    /** Whether the last pass ended at the most messages it might take. */
    boolean reachedLimit() {
        return limit < 0;
    }

    @Override
    public boolean processMessage(Object message) {
        DatagramSender by = sender;
        if (by == null) {
            return false;
        }
        if (skip > 0) {
            skip--;
            return true;
        }
        if (limit-- == 0 || by.mustPause()) {
            finished = false;
            return false;
        }
        ByteBuf payload;
        InetSocketAddress recipient;
        int segmentSize = 0;
        if (message.getClass() == DatagramPacket.class) {
            DatagramPacket packet = (DatagramPacket) message;
            payload = packet.content();
            recipient = packet.recipient();
        } else if (message instanceof ByteBuf buffer) {
            payload = buffer;
            recipient = null;
        } else {
            AddressedEnvelope<?, ?> envelope = (AddressedEnvelope<?, ?>) message;
            payload = (ByteBuf) envelope.content();
            recipient = (InetSocketAddress) envelope.recipient();
            segmentSize = SegmentedMessages.segmentSize(message);
        }
        boolean planned;
        try {
            planned = planTo(by, recipient, payload, segmentSize);
        } catch (SocketException | RuntimeException cause) {
            by.failCurrent(cause);
            planned = true;
        }
        finished &= planned;
        return planned;
    }

    @SuppressWarnings("ReferenceEquality") // the same object again needs no look-up
    private boolean planTo(DatagramSender by, @Nullable InetSocketAddress recipient, ByteBuf payload, int segmentSize)
            throws SocketException {
        InetSocketAddress to = recipient == null ? by.connectedTo() : recipient;
        if (to == null) {
            throw new NotYetConnectedException();
        }
        Peer peer = lastPeer;
        if (peer == null || to != lastRecipient) {
            peer = peers.recipient(to);
            if (peer == null) {
                throw new UnsupportedAddressTypeException();
            }
            lastPeer = peer;
            lastRecipient = to;
        }
        int length = payload.readableBytes();
        if (segmentSize > 0 && segmentSize < length) {
            closeTrainOf(peer);
            return planSegmented(by, peer, recipient == null, payload, segmentSize);
        }
        if (recipient == null || segmentSize > 0) {
            MessageFilter.checkSize(length, to);
        }
        long address = BufferAddress.of(payload, payload.readerIndex(), length);
        if (peer.openTrain != null) {
            SendSlot train = (SendSlot) peer.openTrain;
            if (address != BufferAddress.NONE && train.takes(length)) {
                return join(by, train, payload, address, length);
            }
            closeTrain(train);
            if (by.mustPause()) {
                return false;
            }
        }
        return start(by, peer, recipient == null, payload, address, length);
    }

    private boolean join(DatagramSender by, SendSlot train, ByteBuf payload, long address, int length) {
        if (!by.admit(length, 1)) {
            return false;
        }
        train.own(payload);
        train.gather(address, length);
        train.serve(by.takeNext());
        if (train.endsTrain()) {
            closeTrain(train);
        }
        return true;
    }

    private boolean start(
            DatagramSender by, Peer peer, boolean connected, ByteBuf payload, long address, int length) {
        SendSlot slot = by.claim(peer, connected, length, 1);
        if (slot == null) {
            return false;
        }
        try {
            slot.own(payload);
            if (address != BufferAddress.NONE) {
                slot.gather(address, length);
            } else {
                Payloads.gather(slot, payload, payload.readerIndex(), length);
            }
        } catch (RuntimeException unusable) {
            by.unclaim(slot);
            throw unusable;
        }
        slot.serve(by.takeNext());
        if (address != BufferAddress.NONE && by.mayBeginTrain(length)) {
            peer.openTrain = slot;
            if (opened == open.length) {
                open = Arrays.copyOf(open, opened * 2);
            }
            open[opened++] = slot;
        } else {
            slot.close();
            by.submit(slot);
        }
        return true;
    }

    /** A packet that the user cut up: as few sends as the system takes, or one a datagram where it takes none. */
    private boolean planSegmented(DatagramSender by, Peer peer, boolean connected, ByteBuf payload, int segmentSize) {
        int total = payload.readableBytes();
        int segments = by.maySegment(segmentSize)
                ? Math.min(SendSlot.MAX_SEGMENTS, SendSlot.MAX_BYTES / segmentSize)
                : 1;
        int chunk = Math.max(1, segments) * segmentSize;
        int offset = by.partialOffset();
        while (offset < total) {
            int length = Math.min(chunk, total - offset);
            SendSlot slot = by.mustPause()
                    ? null
                    : by.claim(peer, connected, length, (length + segmentSize - 1) / segmentSize);
            if (slot == null) {
                by.leavePartial(offset);
                return false;
            }
            try {
                slot.own(payload);
                Payloads.gather(slot, payload, payload.readerIndex() + offset, length);
            } catch (RuntimeException unusable) {
                by.unclaim(slot);
                by.failPartial(unusable);
                return true;
            }
            slot.serve(by.takePart());
            if (length > segmentSize) {
                slot.segmentBy(segmentSize);
            }
            slot.close();
            by.submit(slot);
            offset += length;
        }
        by.finishPartial();
        return true;
    }

    private void closeTrain(SendSlot train) {
        train.close();
        train.sender().submit(train);
    }

    private void closeTrainOf(Peer peer) {
        if (peer.openTrain instanceof SendSlot train) {
            closeTrain(train);
        }
    }

    /** In the order in which they were opened, so that the datagrams leave as they were written where they can. */
    private void closeTrains() {
        for (int i = 0; i < opened; i++) {
            SendSlot train = open[i];
            if (!train.isClosed()) {
                closeTrain(train);
            }
        }
        opened = 0;
    }
}
