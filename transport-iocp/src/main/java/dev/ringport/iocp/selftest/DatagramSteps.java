// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.iocp.selftest;

import dev.ringport.iocp.abi.Wsabuf;
import dev.ringport.iocp.abi.Wsamsg;
import dev.ringport.net.SocketAddressCodec;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.net.InetSocketAddress;

import static dev.ringport.iocp.abi.WinsockConstants.IPPROTO_IP;
import static dev.ringport.iocp.abi.WinsockConstants.IP_PKTINFO;

/** The overlapped calls of UDP: datagrams from one socket of loopback to another. */
final class DatagramSteps {
    private static final String HELLO = "hello";
    private static final int CONTROL_ROOM = 64;

    private final Bench bench;
    private final PacketPort port;
    private long from;
    private long to;
    private InetSocketAddress target = new InetSocketAddress(0);

    DatagramSteps(Bench bench, PacketPort port) {
        this.bench = bench;
        this.port = port;
    }

    void run() throws IOException {
        bench.step("WSASendTo, WSARecvFrom", this::plain);
        bench.step("WSASendMsg, WSARecvMsg", this::messages);
        bench.step("closesocket with datagram sockets", () -> {
            bench.close(from);
            bench.close(to);
            return "";
        });
    }

    private String plain() throws IOException {
        from = bench.socket(false);
        to = bench.socket(false);
        InetSocketAddress source = bench.bind(from);
        target = bench.bind(to);
        port.associate(from);
        port.associate(to);
        MemorySegment room = bench.room(HELLO.length());
        MemorySegment name = bench.room(SocketAddressCodec.ROOM);
        MemorySegment nameBytes = bench.number(SocketAddressCodec.ROOM);
        MemorySegment receiving = bench.overlapped();
        port.begun(
                "WSARecvFrom", to, receiving,
                bench.winsock().wsaRecvFrom(
                        bench.capture, to, bench.buffer(room).address(), 1, 0, bench.number(0).address(),
                        name.address(), nameBytes.address(), receiving.address(), 0));
        MemorySegment sending = bench.overlapped();
        port.begun(
                "WSASendTo", from, sending,
                bench.winsock().wsaSendTo(
                        bench.capture, from, bench.buffer(bench.bytes(HELLO)).address(), 1, 0, 0,
                        bench.name(target).address(), SocketAddressCodec.INET_BYTES, sending.address(), 0));
        port.await("WSASendTo", sending);
        int received = port.await("WSARecvFrom", receiving);
        Bench.expect(HELLO.equals(Bench.text(room, received)), "something else arrived");
        InetSocketAddress sender = Bench.address(name, nameBytes);
        Bench.expect(sender.equals(source), "arrived from " + sender + ", not from " + source);
        return received + " bytes";
    }

    private String messages() throws IOException {
        MemorySegment on = bench.number(1);
        Bench.check(
                "setsockopt(IP_PKTINFO)",
                bench.winsock().setsockopt(bench.capture, to, IPPROTO_IP, IP_PKTINFO, on.address(), Integer.BYTES));
        MemorySegment room = bench.room(HELLO.length());
        MemorySegment incoming = message(
                bench.room(SocketAddressCodec.ROOM), SocketAddressCodec.ROOM, room, bench.room(CONTROL_ROOM));
        MemorySegment receiving = bench.overlapped();
        port.begun(
                "WSARecvMsg", to, receiving,
                bench.extensions().wsaRecvMsg(bench.capture, to, incoming.address(), 0, receiving.address(), 0));
        MemorySegment outgoing = message(
                bench.name(target), SocketAddressCodec.INET_BYTES, bench.bytes(HELLO), MemorySegment.NULL);
        MemorySegment sending = bench.overlapped();
        port.begun(
                "WSASendMsg", from, sending,
                bench.extensions().wsaSendMsg(bench.capture, from, outgoing.address(), 0, 0, sending.address(), 0));
        port.await("WSASendMsg", sending);
        int received = port.await("WSARecvMsg", receiving);
        Bench.expect(HELLO.equals(Bench.text(room, received)), "something else arrived");
        return received + " bytes, " + Wsabuf.len(incoming, Wsamsg.CONTROL) + " bytes of control data";
    }

    private MemorySegment message(MemorySegment name, int nameBytes, MemorySegment data, MemorySegment control) {
        MemorySegment message = bench.arena.allocate(Wsamsg.LAYOUT);
        Wsamsg.name(message, 0, name.address());
        Wsamsg.namelen(message, 0, nameBytes);
        Wsamsg.lpBuffers(message, 0, bench.buffer(data).address());
        Wsamsg.dwBufferCount(message, 0, 1);
        Wsabuf.len(message, Wsamsg.CONTROL, (int) control.byteSize());
        Wsabuf.buf(message, Wsamsg.CONTROL, control.address());
        return message;
    }
}
