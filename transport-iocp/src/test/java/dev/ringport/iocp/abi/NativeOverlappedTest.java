// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.iocp.abi;

import dev.ringport.net.SocketAddressCodec;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

import static org.assertj.core.api.Assertions.assertThat;

/** The overlapped functions of {@code ws2_32} on the system that the tests run on. */
@EnabledOnOs(OS.WINDOWS)
class NativeOverlappedTest extends NativeFixture {
    @Test
    void aGatheringSendReachesAScatteringReceive() {
        long[] pair = pair();
        long sender = portOf(pair[0]);
        long receiver = portOf(pair[1]);
        MemorySegment one = room(3);
        MemorySegment two = room(8);
        MemorySegment received = overlapped();
        assertThat(winsock.wsaRecv(
                capture, pair[1], buffers(one, two).address(), 2, 0, flags.address(), received.address(), 0))
                .isEqualTo(-WindowsErrors.WSA_IO_PENDING);
        MemorySegment sent = overlapped();

        assertBegan(winsock.wsaSend(
                capture, pair[0], buffers(bytes("he"), bytes("llo")).address(), 2, 0, 0, sent.address(), 0));

        assertThat(completed(sender, sent)).isEqualTo(5);
        assertThat(completed(receiver, received)).isEqualTo(5);
        assertThat(text(one, 3) + text(two, 2)).isEqualTo("hello");
        assertThat(Overlapped.internalHigh(received, 0)).isEqualTo(5);
    }

    @Test
    void aDatagramComesWithItsSender() {
        long from = datagram();
        long to = datagram();
        long sender = portOf(from);
        long receiver = portOf(to);
        MemorySegment room = room(32);
        MemorySegment name = room(SocketAddressCodec.ROOM);
        MemorySegment nameBytes = arena.allocateFrom(ValueLayout.JAVA_INT, SocketAddressCodec.ROOM);
        MemorySegment received = overlapped();
        assertThat(winsock.wsaRecvFrom(
                capture, to, buffers(room).address(), 1, 0, flags.address(), name.address(), nameBytes.address(),
                received.address(), 0)).isEqualTo(-WindowsErrors.WSA_IO_PENDING);
        MemorySegment sent = overlapped();

        assertBegan(winsock.wsaSendTo(
                capture, from, buffers(bytes("data"), bytes("gram")).address(), 2, 0, 0,
                name(localAddress(to)).address(), SocketAddressCodec.INET_BYTES, sent.address(), 0));

        assertThat(completed(sender, sent)).isEqualTo(8);
        assertThat(completed(receiver, received)).isEqualTo(8);
        assertThat(text(room, 8)).isEqualTo("datagram");
        assertThat(CODEC.read(name, 0, value(nameBytes))).isEqualTo(localAddress(from));
    }

    @Test
    void withoutAnOverlappedTheCallsBlockAndTellTheirBytes() {
        long[] pair = pair();
        MemorySegment room = room(16);
        assertThat(winsock.wsaSend(capture, pair[0], buffers(bytes("four")).address(), 1, count.address(), 0, 0, 0))
                .isZero();
        assertThat(value(count)).isEqualTo(4);
        count.set(ValueLayout.JAVA_INT, 0, 0);

        assertThat(winsock.wsaRecv(
                capture, pair[1], buffers(room).address(), 1, count.address(), flags.address(), 0, 0)).isZero();
        assertThat(value(count)).isEqualTo(4);
        assertThat(text(room, 4)).isEqualTo("four");
    }

    @Test
    void aDatagramThatIsTooLongIsRefusedAndOneThatIsCutOffIsTold() {
        long socket = datagram();
        MemorySegment self = name(localAddress(socket));
        assertThat(winsock.wsaSendTo(
                capture, socket, buffers(room(70_000)).address(), 1, count.address(), 0, self.address(),
                SocketAddressCodec.INET_BYTES, 0, 0)).isEqualTo(-WindowsErrors.WSAEMSGSIZE);
        assertThat(winsock.wsaSendTo(
                capture, socket, buffers(bytes("cut off")).address(), 1, count.address(), 0, self.address(),
                SocketAddressCodec.INET_BYTES, 0, 0)).isZero();
        MemorySegment room = room(3);
        MemorySegment name = room(SocketAddressCodec.ROOM);
        MemorySegment nameBytes = arena.allocateFrom(ValueLayout.JAVA_INT, SocketAddressCodec.ROOM);

        assertThat(winsock.wsaRecvFrom(
                capture, socket, buffers(room).address(), 1, count.address(), flags.address(), name.address(),
                nameBytes.address(), 0, 0)).isEqualTo(-WindowsErrors.WSAEMSGSIZE);
        assertThat(text(room, 3)).isEqualTo("cut");
    }

    @Test
    void theResultOfAnOperationIsToldOnceItHasEnded() {
        long[] pair = pair();
        long port = portOf(pair[1]);
        MemorySegment received = overlapped();
        assertThat(winsock.wsaRecv(
                capture, pair[1], buffers(room(8)).address(), 1, 0, flags.address(), received.address(), 0))
                .isEqualTo(-WindowsErrors.WSA_IO_PENDING);
        assertThat(winsock.wsaGetOverlappedResult(
                capture, pair[1], received.address(), count.address(), false, flags.address()))
                .isEqualTo(-WindowsErrors.WSA_IO_INCOMPLETE);
        assertThat(winsock.send(capture, pair[0], bytes("six by").address(), 6, 0)).isEqualTo(6);
        assertThat(completed(port, received)).isEqualTo(6);
        count.set(ValueLayout.JAVA_INT, 0, 0);

        assertThat(winsock.wsaGetOverlappedResult(
                capture, pair[1], received.address(), count.address(), true, flags.address())).isZero();
        assertThat(value(count)).isEqualTo(6);
    }
}
