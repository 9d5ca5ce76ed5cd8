// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.iocp.abi;

import dev.ringport.ffm.NativeMemory;
import dev.ringport.net.ControlMessageReader;
import dev.ringport.net.SocketAddressCodec;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

import static dev.ringport.iocp.abi.WinsockConstants.FILE_FLAG_OVERLAPPED;
import static dev.ringport.iocp.abi.WinsockConstants.FILE_FLAG_SEQUENTIAL_SCAN;
import static dev.ringport.iocp.abi.WinsockConstants.FILE_SHARE_READ;
import static dev.ringport.iocp.abi.WinsockConstants.GENERIC_READ;
import static dev.ringport.iocp.abi.WinsockConstants.IPPROTO_IP;
import static dev.ringport.iocp.abi.WinsockConstants.IP_PKTINFO;
import static dev.ringport.iocp.abi.WinsockConstants.OPEN_EXISTING;
import static dev.ringport.iocp.abi.WinsockConstants.SOL_SOCKET;
import static dev.ringport.iocp.abi.WinsockConstants.SO_UPDATE_ACCEPT_CONTEXT;
import static dev.ringport.iocp.abi.WinsockConstants.SO_UPDATE_CONNECT_CONTEXT;
import static dev.ringport.iocp.abi.WinsockConstants.TF_USE_DEFAULT_WORKER;
import static org.assertj.core.api.Assertions.assertThat;

/** The functions that Winsock hands out by pointer, on the system that the tests run on. */
@EnabledOnOs(OS.WINDOWS)
class NativeExtensionsTest extends NativeFixture {
    /** AcceptEx wants 16 bytes more than an address has. */
    private static final int ADDRESS_ROOM = SocketAddressCodec.ROOM + 16;
    private static final int DATA_ROOM = 64;
    private static final long NO_SOCKET = 0x7fff_fff0L;

    private final WinsockExtensions extensions = calls.extensions();

    @Test
    void aConnectionIsMadeAndAcceptedWithItsFirstData() {
        long listener = listener();
        long acceptPort = portOf(listener);
        long accepted = stream();
        MemorySegment output = room(DATA_ROOM + 2 * ADDRESS_ROOM);
        MemorySegment accepting = overlapped();
        assertThat(extensions.acceptEx(
                capture, listener, accepted, output.address(), DATA_ROOM, ADDRESS_ROOM, ADDRESS_ROOM, count.address(),
                accepting.address())).isEqualTo(-WindowsErrors.WSA_IO_PENDING);
        long client = bound(stream());
        long connectPort = portOf(client);
        MemorySegment connecting = overlapped();

        assertBegan(extensions.connectEx(
                capture, client, name(localAddress(listener)).address(), SocketAddressCodec.INET_BYTES,
                bytes("first!").address(), 5, 0, connecting.address()));

        assertThat(completed(connectPort, connecting)).isEqualTo(5);
        assertThat(completed(acceptPort, accepting)).isEqualTo(5);
        assertThat(text(output, 5)).isEqualTo("first");
        assertThat(addresses(output)).containsExactly(localAddress(listener), localAddress(client));
        MemorySegment handle = arena.allocateFrom(ValueLayout.JAVA_LONG, listener);
        assertThat(winsock.setsockopt(
                capture, accepted, SOL_SOCKET, SO_UPDATE_ACCEPT_CONTEXT, handle.address(), Long.BYTES)).isZero();
        assertThat(winsock.setsockopt(capture, client, SOL_SOCKET, SO_UPDATE_CONNECT_CONTEXT, 0, 0)).isZero();
        assertThat(winsock.send(capture, accepted, bytes("answer").address(), 6, 0)).isEqualTo(6);
        assertThat(winsock.recv(capture, client, output.address(), DATA_ROOM, 0)).isEqualTo(6);
    }

    /** The local and the remote address that AcceptEx wrote. */
    private InetSocketAddress[] addresses(MemorySegment output) {
        MemorySegment pointers = arena.allocate(ValueLayout.JAVA_LONG, 2);
        MemorySegment lengths = arena.allocate(ValueLayout.JAVA_INT, 2);
        extensions.getAcceptExSockaddrs(
                output.address(), DATA_ROOM, ADDRESS_ROOM, ADDRESS_ROOM, pointers.address(), lengths.address(),
                pointers.address() + Long.BYTES, lengths.address() + Integer.BYTES);
        InetSocketAddress[] addresses = new InetSocketAddress[2];
        for (int i = 0; i < addresses.length; i++) {
            MemorySegment at = NativeMemory
                    .at(pointers.getAtIndex(ValueLayout.JAVA_LONG, i), SocketAddressCodec.INET_BYTES);
            addresses[i] = CODEC.read(at, 0, lengths.getAtIndex(ValueLayout.JAVA_INT, i));
        }
        return addresses;
    }

    @Test
    void aRefusedConnectAndAnAcceptOnNoSocketTellWhy() {
        long free = bound(stream());
        MemorySegment nobody = name(localAddress(free));
        assertThat(winsock.closesocket(capture, free)).isZero();
        long client = bound(stream());
        long port = portOf(client);
        MemorySegment connecting = overlapped();
        assertBegan(extensions.connectEx(
                capture, client, nobody.address(), SocketAddressCodec.INET_BYTES, 0, 0, 0, connecting.address()));
        MemorySegment packet = packet(port);
        assertThat(WindowsErrors.fromStatus(OverlappedEntry.internal(packet, 0)))
                .isEqualTo(WindowsErrors.WSAECONNREFUSED);

        MemorySegment output = room(2 * ADDRESS_ROOM);
        assertThat(extensions.acceptEx(
                capture, NO_SOCKET, stream(), output.address(), 0, ADDRESS_ROOM, ADDRESS_ROOM, count.address(),
                overlapped().address())).isEqualTo(-WindowsErrors.WSAENOTSOCK);
        assertThat(extensions.connectEx(
                capture, stream(), nobody.address(), SocketAddressCodec.INET_BYTES, 0, 0, 0, overlapped().address()))
                .as("not bound").isEqualTo(-WindowsErrors.WSAEINVAL);
    }

    @Test
    void aPieceOfAFileIsSentBetweenAHeadAndATail(@TempDir(cleanup = CleanupMode.NEVER) Path directory)
            throws IOException {
        Path file = Files.writeString(directory.resolve("file"), "0123456789");
        long handle = kernel32.createFileW(
                capture, wide(file.toString()).address(), GENERIC_READ, FILE_SHARE_READ, 0, OPEN_EXISTING,
                FILE_FLAG_OVERLAPPED | FILE_FLAG_SEQUENTIAL_SCAN, 0);
        assertThat(handle).isPositive();
        long[] pair = pair();
        long port = portOf(pair[0]);
        MemorySegment around = arena.allocate(TransmitFileBuffers.LAYOUT);
        TransmitFileBuffers.head(around, 0, bytes("<head").address());
        TransmitFileBuffers.headLength(around, 0, 5);
        TransmitFileBuffers.tail(around, 0, bytes("tail>").address());
        TransmitFileBuffers.tailLength(around, 0, 5);
        MemorySegment sending = overlapped();
        Overlapped.offset(sending, 0, 3);

        assertBegan(extensions.transmitFile(
                capture, pair[0], handle, 4, 0, sending.address(), around.address(), TF_USE_DEFAULT_WORKER));

        assertThat(completed(port, sending)).isEqualTo(14);
        assertThat(kernel32.closeHandle(capture, handle)).isZero();
        assertThat(received(pair[1], 14)).isEqualTo("<head3456tail>");
        assertThat(extensions.transmitFile(capture, bound(stream()), handle, 4, 0, overlapped().address(), 0, 0))
                .isEqualTo(-WindowsErrors.WSAENOTCONN);
    }

    private String received(long socket, int bytes) {
        MemorySegment room = room(bytes);
        int filled = 0;
        while (filled < bytes) {
            int more = winsock.recv(capture, socket, room.address() + filled, bytes - filled, 0);
            assertThat(more).isPositive();
            filled += more;
        }
        return text(room, bytes);
    }

    @Test
    void aMessageComesWithItsSenderAndWhereItWasSentTo() {
        long from = datagram();
        long to = datagram();
        long sender = portOf(from);
        long receiver = portOf(to);
        MemorySegment one = arena.allocateFrom(ValueLayout.JAVA_INT, 1);
        assertThat(winsock.setsockopt(capture, to, IPPROTO_IP, IP_PKTINFO, one.address(), Integer.BYTES)).isZero();
        MemorySegment room = room(32);
        MemorySegment control = room(64);
        MemorySegment name = room(SocketAddressCodec.ROOM);
        MemorySegment incoming = message(name, SocketAddressCodec.ROOM, room, control);
        MemorySegment receiving = overlapped();
        assertThat(extensions.wsaRecvMsg(capture, to, incoming.address(), 0, receiving.address(), 0))
                .isEqualTo(-WindowsErrors.WSA_IO_PENDING);
        MemorySegment outgoing = message(
                name(localAddress(to)), SocketAddressCodec.INET_BYTES, bytes("message"), MemorySegment.NULL);
        MemorySegment sending = overlapped();

        assertBegan(extensions.wsaSendMsg(capture, from, outgoing.address(), 0, 0, sending.address(), 0));

        assertThat(completed(sender, sending)).isEqualTo(7);
        assertThat(completed(receiver, receiving)).isEqualTo(7);
        assertThat(text(room, 7)).isEqualTo("message");
        assertThat(CODEC.read(name, 0, Wsamsg.namelen(incoming, 0))).isEqualTo(localAddress(from));
        ControlMessageReader reader = new ControlMessageReader();
        reader.reset(control, 0, Wsabuf.len(incoming, Wsamsg.CONTROL));
        assertThat(reader.next()).isTrue();
        assertThat(reader.level()).isEqualTo(IPPROTO_IP);
        assertThat(reader.type()).isEqualTo(IP_PKTINFO);
        assertThat(reader.dataBytes()).isEqualTo((int) InPktinfo.BYTES);
        assertThat(control.asSlice(reader.dataOffset(), 4).toArray(ValueLayout.JAVA_BYTE))
                .isEqualTo(loopback().getAddress());
        assertThat(InPktinfo.ipiIfindex(control, reader.dataOffset())).isPositive();
        assertThat(reader.next()).isFalse();
    }

    @Test
    void aMessageThatCannotBeSentTellsWhy() {
        MemorySegment message = message(
                name(new InetSocketAddress(loopback(), 9)), SocketAddressCodec.INET_BYTES, room(70_000),
                MemorySegment.NULL);

        assertThat(extensions.wsaSendMsg(capture, datagram(), message.address(), 0, count.address(), 0, 0))
                .isEqualTo(-WindowsErrors.WSAEMSGSIZE);
        assertThat(extensions.wsaRecvMsg(capture, NO_SOCKET, message.address(), count.address(), 0, 0))
                .isEqualTo(-WindowsErrors.WSAENOTSOCK);
    }

    private MemorySegment message(MemorySegment name, int nameBytes, MemorySegment data, MemorySegment control) {
        MemorySegment message = arena.allocate(Wsamsg.LAYOUT);
        Wsamsg.name(message, 0, name.address());
        Wsamsg.namelen(message, 0, nameBytes);
        Wsamsg.lpBuffers(message, 0, buffers(data).address());
        Wsamsg.dwBufferCount(message, 0, 1);
        Wsabuf.len(message, Wsamsg.CONTROL, (int) control.byteSize());
        Wsabuf.buf(message, Wsamsg.CONTROL, control.address());
        return message;
    }
}
