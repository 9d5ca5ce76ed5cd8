// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.iocp.abi;

import dev.ringport.net.SocketAddressCodec;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.InetSocketAddress;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

import static dev.ringport.iocp.abi.WinsockConstants.AF_INET;
import static dev.ringport.iocp.abi.WinsockConstants.FIONBIO;
import static dev.ringport.iocp.abi.WinsockConstants.FIONREAD;
import static dev.ringport.iocp.abi.WinsockConstants.IPPROTO_TCP;
import static dev.ringport.iocp.abi.WinsockConstants.MSG_PEEK;
import static dev.ringport.iocp.abi.WinsockConstants.POLLRDNORM;
import static dev.ringport.iocp.abi.WinsockConstants.POLLWRNORM;
import static dev.ringport.iocp.abi.WinsockConstants.SD_SEND;
import static dev.ringport.iocp.abi.WinsockConstants.SOCK_STREAM;
import static dev.ringport.iocp.abi.WinsockConstants.SOL_SOCKET;
import static dev.ringport.iocp.abi.WinsockConstants.SO_EXCLUSIVEADDRUSE;
import static dev.ringport.iocp.abi.WinsockConstants.SO_LINGER;
import static dev.ringport.iocp.abi.WinsockConstants.SO_PROTOCOL_INFOW;
import static dev.ringport.iocp.abi.WinsockConstants.SO_TYPE;
import static dev.ringport.iocp.abi.WinsockConstants.TCP_NODELAY;
import static dev.ringport.iocp.abi.WinsockConstants.XP1_IFS_HANDLES;
import static org.assertj.core.api.Assertions.assertThat;

/** The classic functions of {@code ws2_32} on the system that the tests run on. */
@EnabledOnOs(OS.WINDOWS)
class NativeWinsockTest extends NativeFixture {
    private static final long NO_SOCKET = 0x7fff_fff0L;

    @Test
    void winsockIsCountedAndStaysStarted() {
        MemorySegment data = arena.allocate(WsaData.LAYOUT);

        assertThat(winsock.wsaStartup(WindowsCalls.WINSOCK_VERSION, data.address())).isZero();
        assertThat(WsaData.wVersion(data, 0)).isEqualTo(WindowsCalls.WINSOCK_VERSION);
        assertThat(WsaData.wHighVersion(data, 0)).isGreaterThanOrEqualTo(WindowsCalls.WINSOCK_VERSION);
        assertThat(winsock.wsaCleanup(capture)).isZero();
        stream();
        assertThat(winsock.wsaStartup(0, data.address())).isEqualTo(-10_092);
    }

    @Test
    void aSocketIsOfTheFamilyTypeAndProtocolAskedFor() {
        long socket = stream();
        MemorySegment info = arena.allocate(WsaProtocolInfow.LAYOUT);
        count.set(ValueLayout.JAVA_INT, 0, (int) WsaProtocolInfow.BYTES);

        assertThat(winsock.getsockopt(
                capture, socket, SOL_SOCKET, SO_PROTOCOL_INFOW, info.address(), count.address())).isZero();
        assertThat(WsaProtocolInfow.iAddressFamily(info, 0)).isEqualTo(AF_INET);
        assertThat(WsaProtocolInfow.iSocketType(info, 0)).isEqualTo(SOCK_STREAM);
        assertThat(WsaProtocolInfow.iProtocol(info, 0)).isEqualTo(IPPROTO_TCP);
        assertThat(WsaProtocolInfow.dwServiceFlags1(info, 0) & XP1_IFS_HANDLES).isNotZero();
        assertThat(winsock.wsaSocketW(capture, 99, SOCK_STREAM, 0, 0, 0, 0)).isNegative();
    }

    @Test
    void optionsAreSetAndReadOfTheirLevelAndLength() {
        long socket = stream();
        MemorySegment value = arena.allocate(ValueLayout.JAVA_INT);
        value.set(ValueLayout.JAVA_INT, 0, 1);
        assertThat(winsock.setsockopt(
                capture, socket, IPPROTO_TCP, TCP_NODELAY, value.address(), Integer.BYTES)).isZero();
        value.set(ValueLayout.JAVA_INT, 0, 0);

        assertThat(option(socket, IPPROTO_TCP, TCP_NODELAY)).isEqualTo(1);
        assertThat(option(socket, SOL_SOCKET, SO_TYPE)).isEqualTo(SOCK_STREAM);
        MemorySegment linger = arena.allocate(Linger.LAYOUT);
        Linger.lOnoff(linger, 0, 1);
        Linger.lLinger(linger, 0, 300);
        assertThat(winsock.setsockopt(
                capture, socket, SOL_SOCKET, SO_LINGER, linger.address(), (int) Linger.BYTES)).isZero();
        assertThat(option(socket, SOL_SOCKET, SO_LINGER)).isEqualTo(300 << 16 | 1);
        assertThat(winsock.setsockopt(capture, NO_SOCKET, SOL_SOCKET, SO_LINGER, linger.address(), 4))
                .isEqualTo(-WindowsErrors.WSAENOTSOCK);
        assertThat(winsock.setsockopt(capture, socket, SOL_SOCKET, 0x6f6f, value.address(), 4))
                .isEqualTo(-WindowsErrors.WSAENOPROTOOPT);
    }

    private int option(long socket, int level, int name) {
        MemorySegment value = arena.allocate(ValueLayout.JAVA_INT);
        count.set(ValueLayout.JAVA_INT, 0, Integer.BYTES);
        assertThat(winsock.getsockopt(capture, socket, level, name, value.address(), count.address())).isZero();
        return value(value);
    }

    @Test
    void aConnectionCarriesBytesUntilItsEnd() {
        long listener = listener();
        long client = stream();
        MemorySegment to = name(localAddress(listener));
        assertThat(winsock.connect(capture, client, to.address(), SocketAddressCodec.INET_BYTES)).isZero();
        MemorySegment from = room(SocketAddressCodec.ROOM);
        count.set(ValueLayout.JAVA_INT, 0, SocketAddressCodec.ROOM);
        long accepted = own(winsock.accept(capture, listener, from.address(), count.address()));

        assertThat(CODEC.read(from, 0, value(count))).isEqualTo(localAddress(client));
        assertThat(peerAddress(client)).isEqualTo(localAddress(listener));
        assertThat(winsock.send(capture, client, bytes("hello!").address(), 5, 0)).isEqualTo(5);
        MemorySegment room = room(16);
        assertThat(winsock.recv(capture, accepted, room.address(), 2, MSG_PEEK)).isEqualTo(2);
        assertThat(winsock.recv(capture, accepted, room.address(), 16, 0)).isEqualTo(5);
        assertThat(text(room, 5)).isEqualTo("hello");
        assertThat(winsock.shutdown(capture, client, SD_SEND)).isZero();
        assertThat(winsock.recv(capture, accepted, room.address(), 16, 0)).isZero();
        assertThat(winsock.send(capture, client, bytes("x").address(), 1, 0)).isEqualTo(-WindowsErrors.WSAESHUTDOWN);
        assertThat(winsock.send(capture, accepted, bytes("y").address(), 1, 0)).isEqualTo(1);
    }

    private InetSocketAddress peerAddress(long socket) {
        MemorySegment name = room(SocketAddressCodec.ROOM);
        count.set(ValueLayout.JAVA_INT, 0, SocketAddressCodec.ROOM);
        assertThat(winsock.getpeername(capture, socket, name.address(), count.address())).isZero();
        return CODEC.read(name, 0, value(count));
    }

    @Test
    void failuresAnswerTheCodeOfThatCall() {
        long listener = listener();
        long unbound = stream();
        MemorySegment taken = name(localAddress(listener));
        MemorySegment exclusive = arena.allocateFrom(ValueLayout.JAVA_INT, 1);
        assertThat(winsock.setsockopt(
                capture, unbound, SOL_SOCKET, SO_EXCLUSIVEADDRUSE, exclusive.address(), Integer.BYTES)).isZero();

        assertThat(winsock.bind(capture, unbound, taken.address(), SocketAddressCodec.INET_BYTES))
                .isIn(-WindowsErrors.WSAEADDRINUSE, -WindowsErrors.WSAEACCES);
        assertThat(winsock.bind(capture, unbound, taken.address(), 3)).isEqualTo(-WindowsErrors.WSAEFAULT);
        assertThat(winsock.listen(capture, unbound, 1)).isEqualTo(-WindowsErrors.WSAEINVAL);
        count.set(ValueLayout.JAVA_INT, 0, SocketAddressCodec.ROOM);
        assertThat(winsock.getpeername(capture, unbound, room(32).address(), count.address()))
                .isEqualTo(-WindowsErrors.WSAENOTCONN);
        assertThat(winsock.shutdown(capture, unbound, SD_SEND)).isEqualTo(-WindowsErrors.WSAENOTCONN);
        assertThat(winsock.accept(capture, NO_SOCKET, 0, 0)).isEqualTo(-WindowsErrors.WSAENOTSOCK);
        assertThat(winsock.closesocket(capture, NO_SOCKET)).isEqualTo(-WindowsErrors.WSAENOTSOCK);
        assertThat(winsock.recv(capture, NO_SOCKET, taken.address(), 1, 0)).isEqualTo(-WindowsErrors.WSAENOTSOCK);
        assertThat(winsock.closesocket(capture, listener)).isZero();
        assertThat(winsock.connect(capture, stream(), taken.address(), SocketAddressCodec.INET_BYTES))
                .isEqualTo(-WindowsErrors.WSAECONNREFUSED);
    }

    @Test
    void controlCodesTakeAndGiveNumbers() {
        long[] pair = pair();
        MemorySegment number = arena.allocateFrom(ValueLayout.JAVA_INT, 1);
        assertThat(ioctl(pair[1], FIONBIO, number, null)).isZero();
        assertThat(winsock.recv(capture, pair[1], room(8).address(), 8, 0)).isEqualTo(-WindowsErrors.WSAEWOULDBLOCK);

        assertThat(winsock.send(capture, pair[0], bytes("seven b").address(), 7, 0)).isEqualTo(7);
        assertThat(poll(pair[1], POLLRDNORM)).isEqualTo(POLLRDNORM);
        assertThat(ioctl(pair[1], FIONREAD, null, number)).isZero();
        assertThat(value(number)).isEqualTo(7);
        assertThat(value(count)).isEqualTo(Integer.BYTES);
        assertThat(ioctl(NO_SOCKET, FIONREAD, null, number)).isEqualTo(-WindowsErrors.WSAENOTSOCK);
    }

    private int ioctl(long socket, int code, MemorySegment in, MemorySegment out) {
        return winsock.wsaIoctl(
                capture, socket, code, in != null ? in.address() : 0, in != null ? (int) in.byteSize() : 0,
                out != null ? out.address() : 0, out != null ? (int) out.byteSize() : 0, count.address(), 0, 0);
    }

    /** The events that a socket has. */
    private int poll(long socket, int events) {
        MemorySegment descriptors = arena.allocate(Wsapollfd.LAYOUT);
        Wsapollfd.fd(descriptors, 0, socket);
        Wsapollfd.events(descriptors, 0, events);
        assertThat(winsock.wsaPoll(capture, descriptors.address(), 1, PATIENCE_MILLIS)).isEqualTo(1);
        return Wsapollfd.revents(descriptors, 0);
    }

    @Test
    void aPollTellsWhichOfTheSocketsHasEvents() {
        long[] pair = pair();
        MemorySegment descriptors = arena.allocate(Wsapollfd.LAYOUT, 2);
        for (int i = 0; i < 2; i++) {
            Wsapollfd.fd(descriptors, i * Wsapollfd.BYTES, pair[i]);
            Wsapollfd.events(descriptors, i * Wsapollfd.BYTES, POLLRDNORM);
        }
        assertThat(winsock.wsaPoll(capture, descriptors.address(), 2, 1)).isZero();
        assertThat(winsock.send(capture, pair[0], bytes("x").address(), 1, 0)).isEqualTo(1);

        assertThat(winsock.wsaPoll(capture, descriptors.address(), 2, PATIENCE_MILLIS)).isEqualTo(1);
        assertThat(Wsapollfd.revents(descriptors, 0)).isZero();
        assertThat(Wsapollfd.revents(descriptors, Wsapollfd.BYTES)).isEqualTo(POLLRDNORM);
        assertThat(poll(pair[0], POLLWRNORM)).isEqualTo(POLLWRNORM);
        assertThat(winsock.wsaPoll(capture, descriptors.address(), 0, 1)).isEqualTo(-WindowsErrors.WSAEINVAL);
    }

    /** The JVM makes calls of its own between two of ours, now and then: what comes back need not be what was set. */
    @Test
    void theLastErrorIsMostlyTheOneThatWasSet() {
        assertThat(IntStream.range(0, 1_000)).anySatisfy(i -> {
            int code = WindowsErrors.WSAENOBUFS + i % 2;
            winsock.wsaSetLastError(code);
            assertThat(winsock.wsaGetLastError()).isEqualTo(code);
        });
    }

    @Test
    void aQualityOfServiceThatIsNotInstalledIsNotFound() {
        MemorySegment name = buffers(wide("G711"));
        MemorySegment qos = arena.allocate(Qos.LAYOUT);
        winsock.wsaSetLastError(WindowsErrors.WSAECONNRESET);

        int result = winsock.wsaGetQosByName(capture, stream(), name.address(), qos.address());

        if (isWine()) {
            assertThat(result).as("fails and sets no code").isEqualTo(-WindowsErrors.NO_CODE);
        } else {
            assertThat(result).isNotEqualTo(-WindowsErrors.WSAECONNRESET);
        }
    }
}
