// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.iocp.unkind;

import dev.ringport.ffm.NativeCalls;
import dev.ringport.iocp.abi.Overlapped;
import dev.ringport.iocp.abi.OverlappedEntry;
import dev.ringport.iocp.abi.WindowsCalls;
import dev.ringport.iocp.abi.WindowsErrors;
import dev.ringport.iocp.abi.WinsockConstants;
import dev.ringport.iocp.abi.Wsabuf;
import dev.ringport.iocp.abi.Wsapollfd;
import dev.ringport.iocp.loop.OverlappedSocket;
import dev.ringport.net.SocketAddressCodec;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/**
 * What an unkind Windows answers to single calls: to those that the transport never makes, and so no suite, where each is
 * a fault of the program that is seen and counted; and to binds of ports that are reserved.
 */
@EnabledOnOs(OS.WINDOWS)
class UnkindCallsTest {
    private static final int ADDRESS_ROOM = SocketAddressCodec.INET6_BYTES + 16;
    private static final int PATIENCE_MILLIS = 30_000;

    /** Of this seed the first accept and the first receive of a test are as the system answers them. */
    private final Chances chances = new Chances(1);
    private final WindowsCalls calls = UnkindWindows.over(WindowsCalls.system(), chances);
    private final MemorySegment capture = NativeCalls.threadCapture();
    /** Never closed: what is under way when a test fails may still be written to. */
    private final Arena arena = Arena.ofShared();
    private final List<OverlappedSocket> sockets = new ArrayList<>();
    private final long port = calls.kernel32().createIoCompletionPort(capture, WindowsCalls.INVALID, 0, 0, 1);

    @AfterEach
    void closeAll() {
        sockets.forEach(OverlappedSocket::close);
        calls.kernel32().closeHandle(capture, port);
    }

    private static InetSocketAddress at(int number) {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), number);
    }

    /** A socket of the port. */
    private OverlappedSocket open(boolean stream) throws IOException {
        OverlappedSocket socket = OverlappedSocket.open(calls, false, stream);
        sockets.add(socket);
        assertThat(calls.kernel32().createIoCompletionPort(capture, socket.handle(), port, 0, 0)).isEqualTo(port);
        return socket;
    }

    private MemorySegment overlapped() {
        return arena.allocate(Overlapped.LAYOUT);
    }

    private MemorySegment buffer() {
        MemorySegment buffer = arena.allocate(Wsabuf.LAYOUT);
        Wsabuf.len(buffer, 0, 100);
        Wsabuf.buf(buffer, 0, arena.allocate(100).address());
        return buffer;
    }

    private long number() {
        return arena.allocate(ValueLayout.JAVA_INT).address();
    }

    private MemorySegment name(InetSocketAddress address) {
        MemorySegment name = arena.allocate(SocketAddressCodec.ROOM, Long.BYTES);
        OverlappedSocket.CODEC.write(name, 0, address.getAddress(), address.getPort(), false);
        return name;
    }

    private void awaitPacket(MemorySegment of) {
        MemorySegment entries = arena.allocate(OverlappedEntry.LAYOUT);
        assertThat(calls.kernel32().getQueuedCompletionStatusEx(
                capture, port, entries.address(), 1, number(), PATIENCE_MILLIS, false)).isEqualTo(1);
        assertThat(OverlappedEntry.lpOverlapped(entries, 0)).isEqualTo(of.address());
        assertThat(OverlappedEntry.internal(entries, 0)).isZero();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aReservedPortIsDeniedAndTheSocketTakesAnother(boolean stream) throws IOException {
        int reserved = 10_000;
        while (!UnkindWindows.isReserved(chances, reserved)) {
            reserved += 100;
        }
        OverlappedSocket socket = open(stream);
        for (int denied : new int[]{reserved, reserved + 99}) {
            assertThatThrownBy(() -> socket.bind(at(denied))).isInstanceOf(BindException.class)
                    .hasMessageContaining("10013");
        }
        assertThat(chances.count(Unkindness.PORT_RESERVED)).isEqualTo(2);
        socket.bind(at(0));
        assertThat(chances.count(Unkindness.PORT_RESERVED)).isEqualTo(2);
        assertThat(chances.faults()).isEmpty();
    }

    @Test
    void someOfThePortsAreReservedAndNoneThatTheSystemGivesOut() {
        int reserved = 0;
        for (int number = 0; number < 65_536; number++) {
            if (UnkindWindows.isReserved(chances, number)) {
                assertThat(number).isBetween(1, 32_767);
                reserved++;
            }
        }
        assertThat(reserved).isBetween(1_000, 31_000);
    }

    @Test
    void aReceiveNeedsAPort() throws IOException {
        OverlappedSocket socket = open(false);
        assertThat(receiveFrom(socket)).isEqualTo(-WindowsErrors.WSAEINVAL);
        assertThat(chances.faults()).containsExactly(Unkindness.UNBOUND);
        socket.bind(at(0));
        assertThat(receiveFrom(socket)).isEqualTo(-WindowsErrors.WSA_IO_PENDING);
        assertThat(chances.count(Unkindness.UNBOUND)).isOne();
    }

    private int receiveFrom(OverlappedSocket socket) {
        return calls.winsock().wsaRecvFrom(
                capture, socket.handle(), buffer().address(), 1, number(), number(), 0, 0, overlapped().address(), 0);
    }

    @Test
    void aConnectNeedsANameAndThenItsContext() throws IOException {
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            MemorySegment to = name(at(server.getLocalPort()));
            OverlappedSocket socket = open(true);
            MemorySegment connecting = overlapped();
            assertThat(connect(socket, to, connecting)).isEqualTo(-WindowsErrors.WSAEINVAL);
            assertThat(chances.faults()).containsExactly(Unkindness.UNBOUND);
            socket.bind(at(0));
            assertThat(connect(socket, to, connecting)).isIn(0, -WindowsErrors.WSA_IO_PENDING);
            awaitPacket(connecting);

            assertThat(socket.remoteAddress()).isNull();
            assertThatThrownBy(() -> socket.shutdown(WinsockConstants.SD_SEND)).hasMessageContaining("WSAENOTCONN");
            assertThat(chances.count(Unkindness.NO_CONTEXT)).isEqualTo(2);
            assertThat(calls.winsock().setsockopt(
                    capture, socket.handle(), WinsockConstants.SOL_SOCKET, WinsockConstants.SO_UPDATE_CONNECT_CONTEXT,
                    0, 0)).isZero();
            assertThat(socket.remoteAddress()).isEqualTo(at(server.getLocalPort()));
            socket.shutdown(WinsockConstants.SD_SEND);
            assertThat(chances.count(Unkindness.NO_CONTEXT)).isEqualTo(2);
        }
    }

    private int connect(OverlappedSocket socket, MemorySegment to, MemorySegment connecting) {
        return calls.extensions().connectEx(
                capture, socket.handle(), to.address(), SocketAddressCodec.INET_BYTES, 0, 0, number(),
                connecting.address());
    }

    @Test
    void anAcceptedConnectionNeedsItsContext() throws IOException {
        OverlappedSocket listener = open(true);
        listener.bind(at(0));
        listener.listen(5);
        OverlappedSocket peer = OverlappedSocket.open(calls, false, true);
        OverlappedSocket connection = accepted(listener, peer);
        assertThat(connection.remoteAddress()).isNull();
        assertThat(chances.faults()).containsExactly(Unkindness.NO_CONTEXT);
        MemorySegment handle = arena.allocateFrom(ValueLayout.JAVA_LONG, listener.handle());
        assertThat(calls.winsock().setsockopt(
                capture, connection.handle(), WinsockConstants.SOL_SOCKET, WinsockConstants.SO_UPDATE_ACCEPT_CONTEXT,
                handle.address(), Long.BYTES)).isZero();
        assertThat(connection.remoteAddress()).isEqualTo(peer.localAddress());
        assertThat(chances.count(Unkindness.NO_CONTEXT)).isOne();
    }

    private OverlappedSocket accepted(OverlappedSocket listener, OverlappedSocket peer) throws IOException {
        sockets.add(peer);
        OverlappedSocket into = open(true);
        MemorySegment accepting = overlapped();
        assertThat(calls.extensions().acceptEx(
                capture, listener.handle(), into.handle(), arena.allocate(2 * ADDRESS_ROOM).address(), 0, ADDRESS_ROOM,
                ADDRESS_ROOM, number(), accepting.address())).isEqualTo(-WindowsErrors.WSA_IO_PENDING);
        InetSocketAddress address = listener.localAddress();
        assertThat(address).isNotNull();
        peer.connect(address);
        awaitPacket(accepting);
        return into;
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aCloseWithAReceivePendingResetsAndIsNoFaultIfThatIsMeant(boolean meant) throws IOException {
        OverlappedSocket listener = open(true);
        listener.bind(at(0));
        listener.listen(5);
        OverlappedSocket peer = OverlappedSocket.open(calls, false, true);
        OverlappedSocket connection = accepted(listener, peer);
        assertThat(calls.winsock().wsaRecv(
                capture, connection.handle(), buffer().address(), 1, number(), number(), overlapped().address(), 0))
                .isEqualTo(-WindowsErrors.WSA_IO_PENDING);
        if (meant) {
            connection.setLinger(true, 0);
        }
        connection.close();

        MemorySegment poll = arena.allocate(Wsapollfd.LAYOUT);
        Wsapollfd.fd(poll, 0, peer.handle());
        Wsapollfd.events(poll, 0, (short) WinsockConstants.POLLRDNORM);
        assertThat(calls.winsock().wsaPoll(capture, poll.address(), 1, PATIENCE_MILLIS)).isOne();
        assertThat(Wsapollfd.revents(poll, 0) & WinsockConstants.POLLERR).as("a reset").isNotZero();
        assertThat(chances.faults()).isEqualTo(meant ? List.of() : List.of(Unkindness.ABORTIVE_CLOSE));
    }
}
