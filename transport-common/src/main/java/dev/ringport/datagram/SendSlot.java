// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.datagram;

import dev.ringport.net.Peer;
import io.netty.buffer.ByteBuf;
import java.net.InetSocketAddress;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * One send operation: a single datagram, or a train of datagrams to one peer that leaves as one segmented send.
 *
 * <p>From {@link #own} until {@link #releaseOwned} the slot holds a reference to each payload; the transport's subclass
 * adds the native memory (address, header, control data) that the system reads. {@link #releaseOwned} is called after
 * the terminal completion and at no other time. A slot names the messages it serves by their sequence numbers in the
 * {@link OutboundWindow}, which need not be neighbours.
 */
public abstract class SendSlot {
    /** The most segments one send carries: {@code UDP_MAX_SEGMENTS} of Linux before 6.9, 512 on Windows. */
    public static final int MAX_SEGMENTS = 64;
    /** The most buffers one datagram is gathered from; payloads of more pieces are copied. */
    public static final int MAX_PIECES = 64;
    /** The most payload bytes of one send, segmented or not, to an IPv4 peer. */
    public static final int MAX_BYTES = 65_507;

    private @Nullable ByteBuf[] owned = new @Nullable ByteBuf[1];
    private int[] sequences = new int[1];
    private long[] addresses = new long[1];
    private int[] lengths = new int[1];
    private int ownedCount;
    private int messages;
    private int pieces;
    private int bytes;
    private int segmentSize;
    private long order;
    private boolean closed;
    private boolean alone;
    private boolean connected;
    private @Nullable Peer peer;
    private @Nullable DatagramSender sender;
    private @Nullable SegmentReplay replay;

    /** An unused slot. */
    protected SendSlot() {}

    /** Starts an operation to {@code to}; {@code viaConnect} leaves the address out of the call. */
    final void begin(DatagramSender by, @Nullable Peer to, boolean viaConnect) {
        sender = by;
        peer = to;
        connected = viaConnect;
        closed = false;
        messages = 0;
        pieces = 0;
        bytes = 0;
        segmentSize = 0;
    }

    /** Takes a reference to a payload, which the slot holds until its terminal completion. */
    final void own(ByteBuf payload) {
        payload.retain();
        if (ownedCount == owned.length) {
            owned = Arrays.copyOf(owned, MAX_SEGMENTS);
        }
        owned[ownedCount++] = payload;
    }

    /** Names a message of the outbound window that this operation serves. */
    final void serve(int sequence) {
        if (messages == sequences.length) {
            sequences = Arrays.copyOf(sequences, MAX_SEGMENTS);
        }
        sequences[messages++] = sequence;
    }

    /** Adds a piece of native memory to what is gathered. */
    final void gather(long address, int length) {
        if (pieces == addresses.length) {
            addresses = Arrays.copyOf(addresses, MAX_PIECES);
            lengths = Arrays.copyOf(lengths, MAX_PIECES);
        }
        addresses[pieces] = address;
        lengths[pieces++] = length;
        bytes += length;
    }

    /** Forgets what was gathered, to gather something else of the same payloads. */
    final void clearGathered() {
        pieces = 0;
        bytes = 0;
    }

    final void segmentBy(int size) {
        segmentSize = size;
    }

    /** Ends the gathering; a train of several messages gets the first one's size as its segment size. */
    final void close() {
        closed = true;
        if (messages > 1) {
            segmentSize = lengths[0];
        }
        if (peer != null) {
            peer.openTrain = null;
        }
    }

    /** The place of this operation in the order in which the channel's operations were first submitted. */
    final long order() {
        return order;
    }

    final void order(long place) {
        order = place;
    }

    /** Whether the channel submits nothing else before this operation's result is known. */
    final boolean wentAlone() {
        return alone;
    }

    final void wentAlone(boolean yes) {
        alone = yes;
    }

    final boolean isClosed() {
        return closed;
    }

    /** Whether a further datagram of this size may join the open train. */
    final boolean takes(int length) {
        return length <= lengths[0] && length > 0 && messages < MAX_SEGMENTS && bytes + length <= MAX_BYTES;
    }

    /** Whether a train ends with the datagram just added: it is full, or the last one was shorter. */
    final boolean endsTrain() {
        return messages == MAX_SEGMENTS || lengths[pieces - 1] < lengths[0];
    }

    final boolean isSegmentProven() {
        return peer != null && segmentSize <= peer.provenSegment;
    }

    final void proveSegment() {
        if (peer != null && segmentSize > peer.provenSegment) {
            peer.provenSegment = segmentSize;
        }
    }

    /** Goes over to sending one by one what the system refused to cut up. */
    final void replayBy(@Nullable SegmentReplay how) {
        replay = how;
        segmentSize = 0;
    }

    final @Nullable SegmentReplay replay() {
        return replay;
    }

    /** Whether this operation sends one by one what the system refused to cut up. */
    public final boolean isReplay() {
        return replay != null;
    }

    final SegmentReplay newReplay(int refusedSegment) {
        return messages > 1
                ? SegmentReplay.ofTrain(refusedSegment, addresses, lengths, sequences, messages)
                : SegmentReplay.ofPacket(refusedSegment, addresses, lengths, pieces, segmentSize, sequences[0]);
    }

    /** Number of datagrams that this send makes. */
    final int datagrams() {
        return segmentSize == 0 ? 1 : (bytes + segmentSize - 1) / segmentSize;
    }

    /** Hands all that is owned and gathered to an unused slot; this one is unused then. */
    final void moveTo(SendSlot other) {
        other.begin(sender(), peer, connected);
        @Nullable
        ByteBuf[] payloads = other.owned;
        other.owned = owned;
        owned = payloads;
        int[] ints = other.sequences;
        other.sequences = sequences;
        sequences = ints;
        ints = other.lengths;
        other.lengths = lengths;
        lengths = ints;
        long[] longs = other.addresses;
        other.addresses = addresses;
        addresses = longs;
        other.ownedCount = ownedCount;
        other.messages = messages;
        other.pieces = pieces;
        other.bytes = bytes;
        other.segmentSize = segmentSize;
        other.order = order;
        other.replay = replay;
        ownedCount = 0;
        releaseOwned();
    }

    /** Number of messages served. */
    public final int messages() {
        return messages;
    }

    final int sequence(int index) {
        return sequences[index];
    }

    /** Number of buffers to gather for this call. */
    public final int pieces() {
        return pieces;
    }

    /** Native address of a buffer. */
    public final long address(int piece) {
        return addresses[piece];
    }

    /** Length of a buffer in bytes. */
    public final int length(int piece) {
        return lengths[piece];
    }

    /** All that is gathered, in bytes. */
    public final int bytes() {
        return bytes;
    }

    /** The segment size to ask for in bytes, or 0 for a plain datagram. */
    public final int segmentSize() {
        return segmentSize;
    }

    /** The peer to name in the call, or null on a connected socket. */
    public final @Nullable Peer recipient() {
        return connected ? null : peer;
    }

    /** The connection may have changed since the message was planned. */
    final void nameRecipientUnless(@Nullable InetSocketAddress connectedTo) {
        connected &= peer != null && peer.address().equals(connectedTo);
    }

    /** The sender that started this operation. */
    public final DatagramSender sender() {
        DatagramSender by = sender;
        if (by == null) {
            throw new IllegalStateException("the slot is not in use");
        }
        return by;
    }

    /** Gives the payloads back. Only after the terminal completion: until then the system reads them. */
    final void releaseOwned() {
        for (int i = 0; i < ownedCount; i++) {
            ByteBuf payload = owned[i];
            owned[i] = null;
            if (payload != null) {
                payload.release();
            }
        }
        ownedCount = 0;
        peer = null;
        sender = null;
        replay = null;
    }
}
