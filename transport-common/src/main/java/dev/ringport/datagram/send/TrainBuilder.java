// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.datagram.send;

import dev.ringport.net.PeerTable;
import dev.ringport.net.SocketAddressCodec;
import io.netty.buffer.ByteBuf;
import io.netty.channel.AddressedEnvelope;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.socket.DatagramPacket;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.nio.channels.AlreadyConnectedException;
import java.nio.channels.NotYetConnectedException;
import java.nio.channels.UnsupportedAddressTypeException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Makes operations of a channel's flushed messages, in one pass over its outbound buffer. Messages to one peer with
 * equal sizes (the last may be shorter) join one train, also when messages to other peers stand between them; each
 * peer's datagrams keep their order. It decides nothing about when an operation leaves. One builder serves all channels
 * of a loop, one pass at a time, and calls no code of a user.
 */
public final class TrainBuilder implements ChannelOutboundBuffer.MessageProcessor {
    /** Places between two operations: a train that is taken apart needs one a datagram. */
    private static final int PLACES = 1_024;
    /** Unused operations that are kept. */
    private static final int MAX_FREE = 1_024;

    private final PeerTable<Destination> inetPeers;
    private final PeerTable<Destination> inet6Peers;
    private final ArrayDeque<SendOperation> free = new ArrayDeque<>();
    private final List<Destination> open = new ArrayList<>();
    private @Nullable DatagramSender sender;
    private PeerTable<Destination> peers;
    private @Nullable InetSocketAddress lastRecipient;
    private @Nullable Destination lastDestination;
    private int skip;
    private int limit;
    private boolean sawAll;
    private boolean keepsToConnection;

    /** A builder for the channels of one loop. */
    public TrainBuilder(SocketAddressCodec codec) {
        inetPeers = new PeerTable<>(codec, false, Destination::new);
        inet6Peers = new PeerTable<>(codec, true, Destination::new);
        peers = inetPeers;
    }

    /** The peers that sockets of the given family have seen. */
    public PeerTable<Destination> peers(boolean inet6Socket) {
        return inet6Socket ? inet6Peers : inetPeers;
    }

    /**
     * One pass: what it makes goes to {@link DatagramSender#add}.
     *
     * @param taken messages at the head that were taken before
     * @param maxMessages the most messages to take
     * @return whether it saw all flushed messages, so that nothing is left to take
     */
    boolean build(DatagramSender by, ChannelOutboundBuffer in, int taken, int maxMessages) {
        sender = by;
        peers = peers(by.isInet6());
        skip = taken;
        limit = maxMessages;
        sawAll = true;
        keepsToConnection = by.keepsToConnection();
        try {
            in.forEachFlushedMessage(this);
        } catch (Exception impossible) {
            throw new IllegalStateException("building does not throw", impossible);
        } finally {
            for (int i = 0; i < open.size(); i++) {
                open.get(i).openTrain = null;
            }
            open.clear();
            lastRecipient = null;
            lastDestination = null;
            sender = null;
        }
        return sawAll;
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
        if (limit-- == 0) {
            sawAll = false;
            return false;
        }
        try {
            if (message.getClass() == DatagramPacket.class) {
                DatagramPacket packet = (DatagramPacket) message;
                add(by, packet.recipient(), packet.content(), 0);
            } else if (message instanceof ByteBuf payload) {
                add(by, null, payload, 0);
            } else {
                AddressedEnvelope<?, ?> envelope = (AddressedEnvelope<?, ?>) message;
                add(
                        by, (InetSocketAddress) envelope.recipient(), (ByteBuf) envelope.content(),
                        SegmentedMessages.segmentSize(message));
            }
        } catch (SocketException | RuntimeException cause) {
            by.window().partDone(by.window().add(), cause);
        }
        return true;
    }

    @SuppressWarnings("ReferenceEquality") // the same object again needs no look-up
    private void add(DatagramSender by, @Nullable InetSocketAddress recipient, ByteBuf payload, int segmentSize)
            throws SocketException {
        InetSocketAddress to = recipient == null ? by.connectedTo() : recipient;
        if (to == null) {
            throw new NotYetConnectedException();
        }
        Destination destination = lastDestination;
        if (destination == null || to != lastRecipient) {
            if (keepsToConnection && !to.equals(by.connectedTo())) {
                throw new AlreadyConnectedException();
            }
            destination = peers.recipient(to);
            if (destination == null) {
                throw new UnsupportedAddressTypeException();
            }
            lastDestination = destination;
            lastRecipient = to;
        }
        int length = payload.readableBytes();
        boolean viaConnection = recipient == null || keepsToConnection;
        if (segmentSize > 0 && segmentSize < length) {
            addSegmented(by, destination, viaConnection, payload, segmentSize);
            return;
        }
        if (recipient == null || segmentSize > 0) {
            MessageFilter.checkSize(length, to);
        }
        int pieces = Payloads.isOnePiece(payload) ? 1 : SendOperation.MAX_PIECES;
        // First of all: it fails for a payload that somebody has released meanwhile.
        payload.retain();
        int sequence = by.window().add();
        add(by, destination, viaConnection, payload, payload.readerIndex(), length, length, pieces, sequence);
    }

    /** Adds datagrams to the open train, or starts an operation with them, which further ones may join if that may be. */
    private void add(
            DatagramSender by, Destination destination, boolean connected, ByteBuf payload, int start, int length,
            int unit, int pieces, int sequence) {
        SendOperation train = destination.openTrain;
        if (train != null && train.takes(length, unit, pieces)) {
            train.add(payload, start, length, unit, pieces, sequence);
        } else {
            train = begin(by, destination, connected);
            train.add(payload, start, length, unit, pieces, sequence);
            by.add(train);
            boolean opens = by.mayBeginTrain(destination, unit);
            if (opens && destination.openTrain == null) {
                open.add(destination);
            }
            destination.openTrain = opens ? train : null;
        }
        if (destination.openTrain != null && train.isComplete()) {
            // It stays in the list of open ones, which only clears the field.
            destination.openTrain = null;
        }
    }

    /** A packet that the user cut up: as few sends as the system takes, or one a datagram where it takes none. */
    private void addSegmented(
            DatagramSender by, Destination destination, boolean connected, ByteBuf payload, int segmentSize) {
        int total = payload.readableBytes();
        int segments = by.maySegment(destination, segmentSize)
                ? Math.max(1, Math.min(by.maxSegments(), SendOperation.MAX_BYTES / segmentSize))
                : 1;
        int chunk = segments * segmentSize;
        int pieces = Payloads.isOnePiece(payload) ? 1 : payload.nioBufferCount();
        payload.retain();
        int sequence = by.window().add();
        for (int offset = 0; offset < total; offset += chunk) {
            if (offset > 0) {
                by.window().expectPart(sequence);
                payload.retain();
            }
            int length = Math.min(chunk, total - offset);
            add(
                    by, destination, connected, payload, payload.readerIndex() + offset, length,
                    Math.min(segmentSize, length), pieces, sequence);
        }
    }

    private SendOperation begin(DatagramSender by, Destination destination, boolean connected) {
        SendOperation operation = unused();
        operation.begin(by, destination, connected, by.nextPlace(PLACES));
        return operation;
    }

    /** An operation to fill. */
    SendOperation unused() {
        SendOperation operation = free.poll();
        return operation == null ? new SendOperation() : operation;
    }

    /** Takes an operation back that is over, with all that it held. */
    void recycle(SendOperation operation) {
        operation.release();
        if (free.size() < MAX_FREE) {
            // The one just used is warm in the cache.
            free.push(operation);
        }
    }
}
