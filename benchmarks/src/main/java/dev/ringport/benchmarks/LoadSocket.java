// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.benchmarks;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

/**
 * The load's end: a UDP socket on loopback that sends and receives up to {@link #BATCH} messages a call. Used by one
 * thread at a time.
 *
 * <p>The load comes from here whichever transport is measured, and from none of the transports: {@code sendmmsg} and
 * {@code recvmmsg} called through {@code java.lang.foreign}. A JDK channel would cost a call and a copy a datagram,
 * which is more than the fastest server spends: then that one would wait for its load, in smaller and dearer batches,
 * while a slower one is measured at full load. Many peers are many source addresses of one socket (IP_PKTINFO out of
 * 127.0.0.0/8): to the server they are as many peers, and the load's cost does not grow with them.
 *
 * <pre>{@code
 *   struct mmsghdr, 64 bytes
 *   0      8         16      24        32        40            48      56        60
 *   | name | namelen | iov   | iovlen  | control | controllen  | flags | msg_len |
 *   control data of a send with a source address, 32 bytes
 *   0          8            12          16           20         24
 *   | cmsg_len | cmsg_level | cmsg_type | ifindex    | spec_dst | addr | padding
 * }</pre>
 */
final class LoadSocket implements AutoCloseable {
    /** Messages a call. */
    static final int BATCH = 64;

    /** What is asked of the system for each of the two buffers of a socket, here and of the servers. */
    static final int SOCKET_BUFFER_BYTES = 4 << 20;

    private static final ValueLayout.OfShort NETWORK_SHORT = ValueLayout.JAVA_SHORT_UNALIGNED
            .withOrder(ByteOrder.BIG_ENDIAN);
    private static final ValueLayout.OfInt NETWORK_INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
    private static final int LOOPBACK = 0x7F00_0001;
    /** 127.1.0.0: the first of the sources of a load of many peers. */
    private static final int FIRST_SOURCE = 0x7F01_0000;

    private static final int AF_INET = 2;
    private static final int SOCK_DGRAM = 2;
    private static final int SOL_SOCKET = 1;
    private static final int SO_SNDBUF = 7;
    private static final int SO_RCVBUF = 8;
    private static final int SOL_UDP = 17;
    private static final int UDP_SEGMENT = 103;
    private static final int UDP_GRO = 104;
    private static final int IP_PKTINFO = 8;
    private static final int MSG_DONTWAIT = 0x40;

    private static final int ADDRESS_BYTES = 16;
    private static final int HEADER_BYTES = 64;
    private static final int NAME = 0;
    private static final int NAME_LENGTH = 8;
    private static final int VECTORS = 16;
    private static final int VECTOR_COUNT = 24;
    private static final int CONTROL = 32;
    private static final int CONTROL_LENGTH = 40;
    private static final int LENGTH = 56;
    private static final int VECTOR_BYTES = 16;
    private static final int CONTROL_BYTES = 32;
    private static final int CONTROL_USED = 28;
    private static final int SOURCE = 20;

    /** The two directions' headers, vectors and payloads. */
    private final class Messages {
        final MemorySegment headers;
        final MemorySegment vectors;
        final MemorySegment controls;
        final MemorySegment payloads;
        final int room;

        Messages(int room) {
            this.room = room;
            headers = arena.allocate((long) BATCH * HEADER_BYTES, 8);
            vectors = arena.allocate((long) BATCH * VECTOR_BYTES, 8);
            controls = arena.allocate((long) BATCH * CONTROL_BYTES, 8);
            payloads = arena.allocate((long) BATCH * room, 8);
            for (int i = 0; i < BATCH; i++) {
                long vector = (long) i * VECTOR_BYTES;
                vectors.set(JAVA_LONG, vector, payloads.address() + (long) i * room);
                vectors.set(JAVA_LONG, vector + 8, room);
                headers.set(JAVA_LONG, header(i) + VECTORS, vectors.address() + vector);
                headers.set(JAVA_LONG, header(i) + VECTOR_COUNT, 1);
            }
        }
    }

    private final Arena arena = Arena.ofShared();
    private final MemorySegment capture = Libc.newCapture(arena);
    private final Messages out;
    private final Messages in;
    private final int fd;
    private final int port;

    /**
     * Opens a socket.
     *
     * @param outRoom the longest message to send, in bytes
     * @param inRoom the longest to receive; what is longer is cut
     * @param manySources whether each message has a source address, see {@link #from}
     */
    LoadSocket(int outRoom, int inRoom, boolean manySources) throws IOException {
        out = new Messages(outRoom);
        in = new Messages(inRoom);
        fd = Libc.socket(capture, AF_INET, SOCK_DGRAM, 0);
        boolean open = false;
        try {
            set(SOL_SOCKET, SO_RCVBUF, SOCKET_BUFFER_BYTES);
            set(SOL_SOCKET, SO_SNDBUF, SOCKET_BUFFER_BYTES);
            MemorySegment address = address(manySources ? 0 : LOOPBACK, 0);
            Libc.bind(capture, fd, address);
            MemorySegment length = arena.allocate(JAVA_INT);
            length.set(JAVA_INT, 0, ADDRESS_BYTES);
            Libc.getsockname(capture, fd, address, length);
            port = Short.toUnsignedInt(address.get(NETWORK_SHORT, 2));
            if (manySources) {
                giveEachMessageASource();
            }
            open = true;
        } finally {
            if (!open) {
                close();
            }
        }
    }

    private void giveEachMessageASource() {
        for (int i = 0; i < BATCH; i++) {
            long control = (long) i * CONTROL_BYTES;
            out.controls.set(JAVA_LONG, control, CONTROL_USED);
            out.controls.set(JAVA_INT, control + 8, 0);
            out.controls.set(JAVA_INT, control + 12, IP_PKTINFO);
            out.headers.set(JAVA_LONG, header(i) + CONTROL, out.controls.address() + control);
            out.headers.set(JAVA_LONG, header(i) + CONTROL_LENGTH, CONTROL_BYTES);
        }
    }

    private static long header(int message) {
        return (long) message * HEADER_BYTES;
    }

    private MemorySegment address(int host, int atPort) {
        MemorySegment address = arena.allocate(ADDRESS_BYTES, 8);
        address.set(ValueLayout.JAVA_SHORT, 0, (short) AF_INET);
        address.set(NETWORK_SHORT, 2, (short) atPort);
        address.set(NETWORK_INT, 4, host);
        return address;
    }

    private void set(int level, int option, int value) throws IOException {
        try (Arena temporary = Arena.ofConfined()) {
            MemorySegment memory = temporary.allocate(JAVA_INT);
            memory.set(JAVA_INT, 0, value);
            Libc.setsockopt(capture, fd, level, option, memory);
        }
    }

    int port() {
        return port;
    }

    /** What the system allows this socket to hold of received datagrams, in bytes of its own reckoning. */
    int receiveBufferBytes() throws IOException {
        try (Arena temporary = Arena.ofConfined()) {
            MemorySegment value = temporary.allocate(JAVA_INT);
            MemorySegment length = temporary.allocate(JAVA_INT);
            length.set(JAVA_INT, 0, Integer.BYTES);
            Libc.getsockopt(capture, fd, SOL_SOCKET, SO_RCVBUF, value, length);
            return value.get(JAVA_INT, 0);
        }
    }

    /** Messages longer than this leave as trains of datagrams of this size. */
    void sendTrainsOf(int segmentBytes) throws IOException {
        set(SOL_UDP, UDP_SEGMENT, segmentBytes);
    }

    /** Trains that arrive are received whole. */
    void receiveTrains() throws IOException {
        set(SOL_UDP, UDP_GRO, 1);
    }

    /** All messages go to this port of 127.0.0.1. */
    void sendTo(int serverPort) {
        MemorySegment server = address(LOOPBACK, serverPort);
        for (int i = 0; i < BATCH; i++) {
            out.headers.set(JAVA_LONG, header(i) + NAME, server.address());
            out.headers.set(JAVA_INT, header(i) + NAME_LENGTH, ADDRESS_BYTES);
        }
    }

    /** The memory that {@link #outOffset} counts in. */
    MemorySegment outPayloads() {
        return out.payloads;
    }

    /** Where the payload of this message of the next {@link #send} starts. */
    long outOffset(int message) {
        return (long) message * out.room;
    }

    /** Sets the length of a message. */
    void prepare(int message, int bytes) {
        out.vectors.set(JAVA_LONG, (long) message * VECTOR_BYTES + 8, bytes);
    }

    /** Sets the source of a message, of a socket with many sources: the address of this peer. */
    void from(int message, int peer) {
        out.controls.set(NETWORK_INT, (long) message * CONTROL_BYTES + SOURCE, FIRST_SOURCE + peer);
    }

    /** Sends the first messages; the answer is how many the system took. */
    int send(int count) throws IOException {
        return Libc.sendmmsg(capture, fd, out.headers, count, MSG_DONTWAIT);
    }

    /** Receives what is there; the answer is the number of messages. */
    int receive() throws IOException {
        return Libc.recvmmsg(capture, fd, in.headers, BATCH, MSG_DONTWAIT);
    }

    /** The memory that {@link #inOffset} counts in. */
    MemorySegment inPayloads() {
        return in.payloads;
    }

    /** Where the payload of a received message starts. */
    long inOffset(int message) {
        return (long) message * in.room;
    }

    /** The length of a received message. */
    int inBytes(int message) {
        return in.headers.get(JAVA_INT, header(message) + LENGTH);
    }

    /** Touches all payloads, so that no page of them is missing when it is measured. */
    void fill(byte with) {
        out.payloads.fill(with);
        in.payloads.fill(with);
    }

    @Override
    public void close() {
        Libc.close(capture, fd);
        arena.close();
    }
}
