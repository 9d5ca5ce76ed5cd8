// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.testkit;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.StringJoiner;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A little DNS server (RFC 1035) on the loopback address, UDP and TCP on one port, by sockets of the JDK. It knows
 * addresses (type A) of a few names. More than {@link #UDP_ADDRESSES} do not fit into its datagrams: then the answer by
 * UDP is empty and truncated, and the whole one is had by TCP.
 */
public final class NameServer implements AutoCloseable {
    /** As many addresses as an answer by UDP has at most. */
    public static final int UDP_ADDRESSES = 4;

    private static final int HEADER = 12;
    private static final int TYPE_A = 1;
    private static final int CLASS_IN = 1;
    private static final int TTL_SECONDS = 60;
    /** QR, RD, RA. */
    private static final int ANSWER = 0x8180;
    private static final int TRUNCATED = 0x0200;
    private static final int NAME_ERROR = 3;
    /** A pointer to the question's name, which follows the header. */
    private static final int NAME_OF_QUESTION = 0xc000 | HEADER;
    private static final int ADDRESS_RECORD = 16;
    private static final int LARGEST = 65_535;

    private final Map<String, List<InetAddress>> addresses;
    private final DatagramSocket datagrams;
    private final ServerSocket connections;
    private final AtomicInteger udpQueries = new AtomicInteger();
    private final AtomicInteger tcpQueries = new AtomicInteger();

    /**
     * Starts it.
     *
     * @param addresses the IPv4 addresses of each name, without a dot at its end
     */
    public NameServer(Map<String, List<InetAddress>> addresses) throws IOException {
        this.addresses = Map.copyOf(addresses);
        InetAddress loopback = InetAddress.ofLiteral("127.0.0.1");
        connections = new ServerSocket(0, 50, loopback);
        datagrams = new DatagramSocket(connections.getLocalPort(), loopback);
        Thread.ofPlatform().daemon().name("name server, udp").start(() -> untilClosed(this::answerDatagram));
        Thread.ofPlatform().daemon().name("name server, tcp").start(() -> untilClosed(this::answerConnection));
    }

    public InetSocketAddress address() {
        return (InetSocketAddress) connections.getLocalSocketAddress();
    }

    public int udpQueries() {
        return udpQueries.get();
    }

    public int tcpQueries() {
        return tcpQueries.get();
    }

    private interface Turn {
        void run() throws IOException;
    }

    private void untilClosed(Turn turn) {
        while (!connections.isClosed()) {
            try {
                turn.run();
            } catch (SocketException closed) {
                if (!connections.isClosed()) {
                    throw new UncheckedIOException(closed);
                }
            } catch (IOException failed) {
                throw new UncheckedIOException(failed);
            }
        }
    }

    private void answerDatagram() throws IOException {
        DatagramPacket packet = new DatagramPacket(new byte[LARGEST], LARGEST);
        datagrams.receive(packet);
        udpQueries.incrementAndGet();
        byte[] answer = answer(ByteBuffer.wrap(packet.getData(), 0, packet.getLength()), UDP_ADDRESSES);
        datagrams.send(new DatagramPacket(answer, answer.length, packet.getSocketAddress()));
    }

    private void answerConnection() throws IOException {
        try (Socket connection = connections.accept()) {
            DataInputStream in = new DataInputStream(connection.getInputStream());
            byte[] query = new byte[in.readUnsignedShort()];
            in.readFully(query);
            tcpQueries.incrementAndGet();
            byte[] answer = answer(ByteBuffer.wrap(query), Integer.MAX_VALUE);
            DataOutputStream out = new DataOutputStream(connection.getOutputStream());
            out.writeShort(answer.length);
            out.write(answer);
            out.flush();
            // The client has read it all before it closes; a close from here could reset the connection.
            in.read();
        }
    }

    private byte[] answer(ByteBuffer query, int most) {
        short id = query.getShort(0);
        query.position(HEADER);
        String name = readName(query);
        int type = query.getShort();
        int questionEnd = query.position() + Short.BYTES;

        List<InetAddress> known = addresses.get(name);
        List<InetAddress> all = known != null && type == TYPE_A ? known : List.of();
        List<InetAddress> told = all.size() > most ? List.of() : all;
        int flags = ANSWER | (known == null ? NAME_ERROR : 0) | (all.size() > most ? TRUNCATED : 0);

        ByteBuffer answer = ByteBuffer.allocate(questionEnd + told.size() * ADDRESS_RECORD);
        answer.putShort(id).putShort((short) flags).putShort((short) 1).putShort((short) told.size()).putInt(0);
        answer.put(query.slice(HEADER, questionEnd - HEADER));
        for (InetAddress address : told) {
            answer.putShort((short) NAME_OF_QUESTION).putShort((short) TYPE_A).putShort((short) CLASS_IN);
            answer.putInt(TTL_SECONDS).putShort((short) address.getAddress().length).put(address.getAddress());
        }
        return answer.array();
    }

    private static String readName(ByteBuffer query) {
        StringJoiner name = new StringJoiner(".");
        int length = query.get();
        while (length > 0) {
            byte[] label = new byte[length];
            query.get(label);
            name.add(new String(label, StandardCharsets.US_ASCII));
            length = query.get();
        }
        return name.toString();
    }

    @Override
    public void close() throws IOException {
        connections.close();
        datagrams.close();
    }
}
