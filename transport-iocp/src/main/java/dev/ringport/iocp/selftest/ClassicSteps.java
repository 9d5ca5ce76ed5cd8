// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.iocp.selftest;

import dev.ringport.iocp.abi.Qos;
import dev.ringport.iocp.abi.WinsockConstants;
import dev.ringport.net.SocketAddressCodec;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.net.InetSocketAddress;

import static dev.ringport.iocp.abi.WinsockConstants.SD_SEND;
import static dev.ringport.iocp.abi.WinsockConstants.SOL_SOCKET;
import static dev.ringport.iocp.abi.WinsockConstants.SO_EXCLUSIVEADDRUSE;

/** The calls that block: a connection on loopback from its making to its end. */
final class ClassicSteps {
    private static final int CODE = 10_057;
    private static final String HELLO = "hello";

    private final Bench bench;
    private long listener;
    private long client;
    private long accepted;
    private InetSocketAddress address = new InetSocketAddress(0);

    ClassicSteps(Bench bench) {
        this.bench = bench;
    }

    void run() throws IOException {
        bench.step("WSASetLastError, WSAGetLastError", this::lastError);
        bench.step("WSASocketW", () -> {
            listener = bench.socket(true);
            client = bench.socket(true);
            return "";
        });
        bench.step("setsockopt, getsockopt", this::options);
        bench.step("WSAIoctl", this::ioctl);
        bench.step("bind, getsockname", () -> {
            address = bench.bind(listener);
            return address.toString();
        });
        bench.step("listen", () -> {
            Bench.check("listen", bench.winsock().listen(bench.capture, listener, 1));
            return "";
        });
        bench.step("connect", () -> {
            MemorySegment name = bench.name(address);
            Bench.check(
                    "connect",
                    bench.winsock().connect(bench.capture, client, name.address(), SocketAddressCodec.INET_BYTES));
            return "";
        });
        bench.step("WSAPoll", () -> bench.awaitReadable(listener));
        bench.step("accept", this::accept);
        bench.step("getpeername", this::peer);
        bench.step("send, recv", this::exchange);
        bench.optional("WSAGetQOSByName", this::quality);
        bench.step("shutdown, recv", this::halfClose);
        bench.step("closesocket", () -> {
            bench.close(accepted);
            bench.close(client);
            bench.close(listener);
            return "";
        });
    }

    /** The JVM makes calls of its own between two of ours: what comes back need not be what was set. */
    private String lastError() throws IOException {
        bench.winsock().wsaSetLastError(CODE);
        int told = bench.winsock().wsaGetLastError();
        return told == CODE
                ? "told what was set"
                : "told " + told + ", not what was set: the transport takes codes as they are captured with each call";
    }

    private String options() throws IOException {
        MemorySegment on = bench.number(1);
        Bench.check(
                "setsockopt(SO_EXCLUSIVEADDRUSE)",
                bench.winsock().setsockopt(
                        bench.capture, listener, SOL_SOCKET, SO_EXCLUSIVEADDRUSE, on.address(), Integer.BYTES));
        MemorySegment value = bench.number(0);
        MemorySegment length = bench.number(Integer.BYTES);
        Bench.check(
                "getsockopt(SO_RCVBUF)",
                bench.winsock().getsockopt(
                        bench.capture, listener, SOL_SOCKET, WinsockConstants.SO_RCVBUF, value.address(),
                        length.address()));
        return "SO_RCVBUF " + Bench.value(value);
    }

    private String ioctl() throws IOException {
        MemorySegment available = bench.number(-1);
        MemorySegment returned = bench.number(0);
        long socket = bench.socket(false);
        bench.bind(socket);
        Bench.check(
                "WSAIoctl(FIONREAD)",
                bench.winsock().wsaIoctl(
                        bench.capture, socket, WinsockConstants.FIONREAD, 0, 0, available.address(), Integer.BYTES,
                        returned.address(), 0, 0));
        bench.close(socket);
        Bench.expect(Bench.value(available) == 0, "FIONREAD answers " + Bench.value(available));
        return "";
    }

    private String accept() throws IOException {
        MemorySegment name = bench.room(SocketAddressCodec.ROOM);
        MemorySegment length = bench.number(SocketAddressCodec.ROOM);
        accepted = bench.own(
                "accept", bench.winsock().accept(bench.capture, listener, name.address(), length.address()));
        InetSocketAddress from = Bench.address(name, length);
        Bench.expect(from.equals(bench.localAddress(client)), "accepted from " + from);
        return "";
    }

    private String peer() throws IOException {
        MemorySegment name = bench.room(SocketAddressCodec.ROOM);
        MemorySegment length = bench.number(SocketAddressCodec.ROOM);
        Bench.check(
                "getpeername", bench.winsock().getpeername(bench.capture, client, name.address(), length.address()));
        InetSocketAddress peer = Bench.address(name, length);
        Bench.expect(peer.equals(address), "connected to " + peer + ", not to " + address);
        return "";
    }

    private String exchange() throws IOException {
        MemorySegment hello = bench.bytes(HELLO);
        int sent = Bench.check(
                "send", bench.winsock().send(bench.capture, client, hello.address(), HELLO.length(), 0));
        Bench.expect(sent == HELLO.length(), sent + " bytes sent");
        bench.awaitReadable(accepted);
        MemorySegment room = bench.room(HELLO.length());
        int received = Bench.check(
                "recv", bench.winsock().recv(bench.capture, accepted, room.address(), HELLO.length(), 0));
        Bench.expect(HELLO.equals(Bench.text(room, received)), "something else arrived");
        return sent + " bytes";
    }

    private String quality() throws IOException {
        MemorySegment name = bench.buffer(bench.bytes("G711"));
        MemorySegment qos = bench.arena.allocate(Qos.LAYOUT);
        Bench.check(
                "WSAGetQOSByName",
                bench.winsock().wsaGetQosByName(bench.capture, client, name.address(), qos.address()));
        return "";
    }

    private String halfClose() throws IOException {
        Bench.check("shutdown", bench.winsock().shutdown(bench.capture, client, SD_SEND));
        bench.awaitReadable(accepted);
        MemorySegment room = bench.room(1);
        int received = Bench.check("recv", bench.winsock().recv(bench.capture, accepted, room.address(), 1, 0));
        Bench.expect(received == 0, "data after the end of the stream");
        return "end of stream";
    }
}
