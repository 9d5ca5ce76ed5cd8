// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.iocp.abi;

import dev.ringport.ffm.ErrorState;
import dev.ringport.ffm.NativeCalls;
import dev.ringport.ffm.SystemLibrary;
import dev.ringport.net.AddressFamilies;
import dev.ringport.net.SocketAddressCodec;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;

import static dev.ringport.iocp.abi.WinsockConstants.AF_INET;
import static dev.ringport.iocp.abi.WinsockConstants.AF_INET6;
import static dev.ringport.iocp.abi.WinsockConstants.IPPROTO_TCP;
import static dev.ringport.iocp.abi.WinsockConstants.IPPROTO_UDP;
import static dev.ringport.iocp.abi.WinsockConstants.SOCK_DGRAM;
import static dev.ringport.iocp.abi.WinsockConstants.SOCK_STREAM;
import static dev.ringport.iocp.abi.WinsockConstants.WSA_FLAG_NO_HANDLE_INHERIT;
import static dev.ringport.iocp.abi.WinsockConstants.WSA_FLAG_OVERLAPPED;
import static org.assertj.core.api.Assertions.assertThat;

/** Sockets, ports and memory for tests of the system's own functions; all closed after each. */
abstract class NativeFixture {
    static final SocketAddressCodec CODEC = new SocketAddressCodec(new AddressFamilies(AF_INET, AF_INET6));
    /** Long enough for a busy machine; no test waits it out. */
    static final int PATIENCE_MILLIS = 30_000;

    final WindowsCalls calls = WindowsCalls.system();
    final Winsock winsock = calls.winsock();
    final Kernel32 kernel32 = calls.kernel32();
    final Arena arena = Arena.ofShared();
    final MemorySegment capture = NativeCalls.threadCapture();
    final MemorySegment count = arena.allocate(ValueLayout.JAVA_INT);
    final MemorySegment flags = arena.allocate(ValueLayout.JAVA_INT);
    private final List<Long> sockets = new ArrayList<>();
    private final List<Long> handles = new ArrayList<>();

    /** Sockets and ports first: what they have under way ends with them, and only then may its memory go. */
    @AfterEach
    void closeAll() {
        sockets.forEach(socket -> winsock.closesocket(capture, socket));
        handles.forEach(handle -> kernel32.closeHandle(capture, handle));
    }

    /** Whether this is Wine, which names itself. */
    static boolean isWine() {
        try {
            return Objects.nonNull(
                    SystemLibrary.load("ntdll").bind("wine_get_version", "J", ErrorState.NONE));
        } catch (UnsatisfiedLinkError windows) {
            return false;
        }
    }

    final long own(long socket) {
        assertThat(socket).isPositive();
        sockets.add(socket);
        return socket;
    }

    final long ownHandle(long handle) {
        assertThat(handle).isPositive();
        handles.add(handle);
        return handle;
    }

    final long open(int family, int type, int protocol) {
        return own(winsock.wsaSocketW(
                capture, family, type, protocol, 0, 0, WSA_FLAG_OVERLAPPED | WSA_FLAG_NO_HANDLE_INHERIT));
    }

    final long stream() {
        return open(AF_INET, SOCK_STREAM, IPPROTO_TCP);
    }

    final long datagram() {
        return bound(open(AF_INET, SOCK_DGRAM, IPPROTO_UDP));
    }

    final long bound(long socket) {
        MemorySegment name = name(new InetSocketAddress(loopback(), 0));
        assertThat(winsock.bind(capture, socket, name.address(), SocketAddressCodec.INET_BYTES)).isZero();
        return socket;
    }

    final long listener() {
        long listener = bound(stream());
        assertThat(winsock.listen(capture, listener, 16)).isZero();
        return listener;
    }

    /** A connected socket and its peer. */
    final long[] pair() {
        long listener = listener();
        long client = stream();
        assertThat(winsock.connect(
                capture, client, name(localAddress(listener)).address(), SocketAddressCodec.INET_BYTES)).isZero();
        return new long[]{client, own(winsock.accept(capture, listener, 0, 0))};
    }

    final long port() {
        return ownHandle(kernel32.createIoCompletionPort(capture, WindowsCalls.INVALID, 0, 0, 1));
    }

    /** A port that gets the packets of a socket, with the socket as key. */
    final long portOf(long socket) {
        long port = port();
        assertThat(kernel32.createIoCompletionPort(capture, socket, port, socket, 0)).isEqualTo(port);
        return port;
    }

    /** Waits for one packet. */
    final MemorySegment packet(long port) {
        MemorySegment entries = arena.allocate(OverlappedEntry.LAYOUT);
        assertThat(kernel32.getQueuedCompletionStatusEx(
                capture, port, entries.address(), 1, count.address(), PATIENCE_MILLIS, false)).isEqualTo(1);
        return entries;
    }

    /** Waits for the packet of an operation that ended well, and answers its bytes. */
    final int completed(long port, MemorySegment overlapped) {
        MemorySegment packet = packet(port);
        assertThat(OverlappedEntry.lpOverlapped(packet, 0)).isEqualTo(overlapped.address());
        assertThat(Integer.toHexString(OverlappedEntry.internal(packet, 0))).isEqualTo("0");
        return OverlappedEntry.dwNumberOfBytesTransferred(packet, 0);
    }

    final void assertBegan(int result) {
        assertThat(result).isIn(0, -WindowsErrors.WSA_IO_PENDING);
    }

    final MemorySegment overlapped() {
        return arena.allocate(Overlapped.LAYOUT);
    }

    /** One or several {@code WSABUF}s. */
    final MemorySegment buffers(MemorySegment... pieces) {
        MemorySegment buffers = arena.allocate(Wsabuf.LAYOUT, pieces.length);
        for (int i = 0; i < pieces.length; i++) {
            Wsabuf.len(buffers, i * Wsabuf.BYTES, (int) pieces[i].byteSize());
            Wsabuf.buf(buffers, i * Wsabuf.BYTES, pieces[i].address());
        }
        return buffers;
    }

    final MemorySegment bytes(String text) {
        return arena.allocateFrom(ValueLayout.JAVA_BYTE, text.getBytes(StandardCharsets.US_ASCII));
    }

    final MemorySegment room(int bytes) {
        return arena.allocate(bytes, Long.BYTES);
    }

    static String text(MemorySegment room, int bytes) {
        return new String(room.asSlice(0, bytes).toArray(ValueLayout.JAVA_BYTE), StandardCharsets.US_ASCII);
    }

    final MemorySegment wide(String text) {
        return arena.allocateFrom(text, StandardCharsets.UTF_16LE);
    }

    static InetAddress loopback() {
        try {
            return InetAddress.getByAddress(new byte[]{127, 0, 0, 1});
        } catch (UnknownHostException e) {
            throw new AssertionError(e);
        }
    }

    final MemorySegment name(InetSocketAddress address) {
        MemorySegment name = room(SocketAddressCodec.ROOM);
        CODEC.write(name, 0, address.getAddress(), address.getPort(), false);
        return name;
    }

    final InetSocketAddress localAddress(long socket) {
        MemorySegment name = room(SocketAddressCodec.ROOM);
        count.set(ValueLayout.JAVA_INT, 0, SocketAddressCodec.ROOM);
        assertThat(winsock.getsockname(capture, socket, name.address(), count.address())).isZero();
        return CODEC.read(name, 0, count.get(ValueLayout.JAVA_INT, 0));
    }

    final int value(MemorySegment number) {
        return number.get(ValueLayout.JAVA_INT, 0);
    }
}
