// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.datagram.send;

import dev.ringport.ffm.BufferAddress;
import dev.ringport.net.Peer;
import io.netty.buffer.ByteBuf;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * One send: a single datagram, or a train of datagrams to one peer that leaves as one segmented send.
 *
 * <p>From {@link #add} until {@link #release} it holds a reference to each payload. The addresses of the payloads are
 * taken anew with each attempt ({@link #gather()}), because a buffer that waits may have grown, and moved, meanwhile. An
 * operation names the messages it serves by their sequence numbers in the {@link OutboundWindow}, which need not be
 * neighbours.
 */
public final class SendOperation {
    /** The most segments one send carries where no engine says more: {@code UDP_MAX_SEGMENTS} of Linux before 6.9. */
    public static final int MAX_SEGMENTS = 64;
    /** The most buffers one datagram is gathered from; payloads of more pieces are copied. */
    public static final int MAX_PIECES = 64;
    /** The most payload bytes of one send, segmented or not, to an IPv4 peer. */
    public static final int MAX_BYTES = 65_507;

    private @Nullable ByteBuf[] payloads = new @Nullable ByteBuf[1];
    private int[] starts = new int[1];
    private int[] sizes = new int[1];
    private int[] sequences = new int[1];
    private int count;
    private int bytes;
    private int datagramSize;
    private int segmentSize;
    private int mostPieces;
    private int segmentLimit = MAX_SEGMENTS;
    private long[] addresses = new long[1];
    private int[] lengths = new int[1];
    private int pieces;
    private long order;
    private DatagramSender.@Nullable Outcome firstFailure;
    private boolean viaConnection;
    private boolean alone;
    private @Nullable Destination to;
    private @Nullable DatagramSender sender;
    private @Nullable RefusedTrain refused;
    /** The link of an {@link OperationQueue}. */
    @Nullable
    SendOperation next;

    SendOperation() {}

    /** Starts an operation; {@code connected} says that its messages name no recipient. */
    void begin(DatagramSender by, Destination destination, boolean connected, long place) {
        sender = by;
        to = destination;
        viaConnection = connected;
        order = place;
        segmentLimit = by.maxSegments();
        firstFailure = null;
        alone = false;
        segmentSize = 0;
        bytes = 0;
        mostPieces = 0;
    }

    /**
     * Adds bytes of a payload, and takes over a reference to it, which lasts until the terminal completion.
     *
     * @param unit the size of its datagrams, of which only the last may be shorter
     * @param parts the most pieces of memory that it lies in
     */
    void add(ByteBuf payload, int start, int size, int unit, int parts, int sequence) {
        if (count == payloads.length) {
            int room = count < MAX_SEGMENTS ? MAX_SEGMENTS : segmentLimit;
            payloads = Arrays.copyOf(payloads, room);
            starts = Arrays.copyOf(starts, room);
            sizes = Arrays.copyOf(sizes, room);
            sequences = Arrays.copyOf(sequences, room);
        }
        payloads[count] = payload;
        starts[count] = start;
        sizes[count] = size;
        sequences[count++] = sequence;
        if (count == 1) {
            datagramSize = unit;
        }
        bytes += size;
        mostPieces += parts;
        if (bytes > datagramSize) {
            segmentSize = datagramSize;
        }
    }

    /** Whether what is asked of {@link #add} makes it one train with what is there. */
    boolean takes(int size, int unit, int parts) {
        int together = bytes + size;
        return (unit == datagramSize || (unit == size && unit < datagramSize))
                && size > 0
                && together <= MAX_BYTES
                && together <= (long) datagramSize * segmentLimit
                && mostPieces + parts <= pieceLimit();
    }

    /** A train may have a piece for each of its segments. */
    private int pieceLimit() {
        return Math.max(MAX_PIECES, segmentLimit);
    }

    /** Whether the train ends with what was just added: it is full, or the last datagram was shorter. */
    boolean isComplete() {
        return bytes == (long) datagramSize * segmentLimit || bytes % datagramSize != 0;
    }

    /** The place of this operation in the order in which the channel's datagrams were written. */
    long order() {
        return order;
    }

    /** Whether the channel submits nothing else before this operation's result is known. */
    boolean isAlone() {
        return alone;
    }

    void goesAlone(boolean yes) {
        alone = yes;
    }

    /** Whether it makes several datagrams. */
    boolean isTrain() {
        return segmentSize > 0;
    }

    /** Whether it is a train that failed before. */
    public boolean wasTriedAgain() {
        return firstFailure != null;
    }

    /** How a train failed the first time, which may have been the answer to an earlier datagram. */
    DatagramSender.@Nullable Outcome firstFailure() {
        return firstFailure;
    }

    void failedFirst(DatagramSender.Outcome how) {
        firstFailure = how;
    }

    @Nullable
    RefusedTrain refusedTrain() {
        return refused;
    }

    /** Number of datagrams that this send makes. */
    public int datagrams() {
        return segmentSize == 0 ? 1 : (bytes + segmentSize - 1) / segmentSize;
    }

    Destination destination() {
        Destination peer = to;
        if (peer == null) {
            throw new IllegalStateException("the operation is not in use");
        }
        return peer;
    }

    /** Number of messages served. */
    int messages() {
        return count;
    }

    int sequence(int index) {
        return sequences[index];
    }

    /** Makes an operation of each datagram of this train, which wait in its place, in order. */
    void takeApart(RefusedTrain train, OutboundWindow window, TrainBuilder builder, OperationQueue waiting) {
        long place = order;
        for (int i = 0; i < count; i++) {
            ByteBuf payload = payload(i);
            for (int offset = 0; offset < sizes[i]; offset += segmentSize) {
                if (offset > 0) {
                    window.expectPart(sequences[i]);
                }
                SendOperation part = builder.unused();
                part.begin(sender(), destination(), viaConnection, place++);
                part.refused = train;
                int size = Math.min(segmentSize, sizes[i] - offset);
                part.add(payload.retain(), starts[i] + offset, size, size, MAX_PIECES, sequences[i]);
                waiting.insert(part);
            }
        }
    }

    private ByteBuf payload(int index) {
        ByteBuf payload = payloads[index];
        if (payload == null) {
            throw new IllegalStateException("a payload is gone");
        }
        return payload;
    }

    /** Takes the addresses of what is to be sent, for this attempt. */
    void gather() {
        pieces = 0;
        for (int i = 0; i < count; i++) {
            ByteBuf payload = payload(i);
            int size = sizes[i];
            long address = size == 0 ? BufferAddress.NONE : BufferAddress.of(payload, starts[i], size);
            if (address != BufferAddress.NONE) {
                piece(address, size);
            } else if (size > 0) {
                for (ByteBuffer part : payload.nioBuffers(starts[i], size)) {
                    if (part.hasRemaining()) {
                        piece(BufferAddress.of(part), part.remaining());
                    }
                }
            }
        }
    }

    private void piece(long address, int length) {
        if (pieces == addresses.length) {
            int room = pieces < MAX_PIECES ? MAX_PIECES : pieceLimit();
            addresses = Arrays.copyOf(addresses, room);
            lengths = Arrays.copyOf(lengths, room);
        }
        addresses[pieces] = address;
        lengths[pieces++] = length;
    }

    /** Number of buffers to gather for this call. */
    public int pieces() {
        return pieces;
    }

    /** Native address of a buffer. */
    public long address(int piece) {
        return addresses[piece];
    }

    /** Length of a buffer in bytes. */
    public int length(int piece) {
        return lengths[piece];
    }

    /** All that is sent, in bytes. */
    public int bytes() {
        return bytes;
    }

    /** The segment size to ask for in bytes, or 0 for a plain datagram. */
    public int segmentSize() {
        return segmentSize;
    }

    /** The peer to name in the call, or null on a socket that is connected to it. */
    public @Nullable Peer recipient() {
        return viaConnection && sender().isConnectedTo(destination()) ? null : to;
    }

    /** The sender that started this operation. */
    public DatagramSender sender() {
        DatagramSender by = sender;
        if (by == null) {
            throw new IllegalStateException("the operation is not in use");
        }
        return by;
    }

    /** Gives the payloads back. Only after the terminal completion: until then the system reads them. */
    void release() {
        for (int i = 0; i < count; i++) {
            ByteBuf payload = payloads[i];
            payloads[i] = null;
            if (payload != null) {
                payload.release();
            }
        }
        count = 0;
        pieces = 0;
        to = null;
        sender = null;
        refused = null;
    }
}
