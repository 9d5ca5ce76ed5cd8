// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.iocp;

import dev.ringport.ffm.NativeMemory;
import dev.ringport.iocp.IocpCounters.Counter;
import dev.ringport.iocp.abi.WindowsErrors;
import dev.ringport.iocp.abi.WinsockConstants;
import dev.ringport.iocp.abi.Wsabuf;
import dev.ringport.iocp.abi.Wsamsg;
import dev.ringport.testkit.datagram.SegmentationContract;
import io.netty.channel.socket.SocketProtocolFamily;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** Over a Windows that cuts up sends: what it would do in one call is done here in many. */
@EnabledOnOs(OS.WINDOWS)
class SegmentationTest extends SegmentationContract {
    private static final int SIZE = 16;

    /** Shared by the channels of all tests, since whether sends are cut up is found out once. */
    private static final Cutting TRANSPORT = new Cutting();

    SegmentationTest() {
        super(TRANSPORT);
    }

    @Override
    protected void refuseSegmentation(boolean refuse) {
        TRANSPORT.refuses = refuse;
    }

    @Override
    @BeforeEach
    protected void open() {
        TRANSPORT.refuses = false;
        super.open();
        DatagramFaults.untilTrialsAreOver();
    }

    @Override
    protected long counted(Tally tally) {
        return DatagramFaults.count((IocpDatagramChannel) channel, switch (tally) {
            case SENDS -> Counter.SEND_CALLS;
            case SEGMENTED -> Counter.DATAGRAMS_SEGMENTED;
            case REFUSED -> Counter.SEGMENTATION_REFUSED;
        });
    }

    /** The transport over calls that know trains. */
    private static final class Cutting extends IocpTransport {
        private final ReplacedCalls calls = new ReplacedCalls();
        private volatile boolean refuses;

        Cutting() {
            calls.on("getsockopt", (real, arguments) -> {
                boolean asked = (int) arguments[2] == WinsockConstants.IPPROTO_UDP
                        && (int) arguments[3] == WinsockConstants.UDP_SEND_MSG_SIZE;
                return asked ? (Object) 0 : real.call();
            });
            calls.on("wsaSendMsg", (real, arguments) -> refuses ? -WindowsErrors.WSAEINVAL : cut(arguments));
        }

        @Override
        public IocpDatagramChannel newChannel(SocketProtocolFamily family) {
            return new IocpDatagramChannel(calls.calls(), family);
        }

        private int cut(Object[] arguments) {
            MemorySegment message = NativeMemory.at((long) arguments[2], Wsamsg.BYTES);
            MemorySegment control = NativeMemory.at(Wsabuf.buf(message, Wsamsg.CONTROL), SIZE + Integer.BYTES);
            int size = control.get(ValueLayout.JAVA_INT, SIZE);
            // Until it is garbage: the last of the sends may still be under way when this returns.
            MemorySegment payload = gathered(message, Arena.ofAuto());
            int result = 0;
            for (long at = 0; at < payload.byteSize() && result == 0; at += size) {
                boolean last = at + size >= payload.byteSize();
                result = send(arguments, message, payload.asSlice(at, Math.min(size, payload.byteSize() - at)), last);
            }
            return result;
        }

        private static MemorySegment gathered(MemorySegment message, Arena arena) {
            int count = Wsamsg.dwBufferCount(message, 0);
            MemorySegment buffers = NativeMemory.at(Wsamsg.lpBuffers(message, 0), count * Wsabuf.BYTES);
            long total = 0;
            for (int i = 0; i < count; i++) {
                total += Wsabuf.len(buffers, i * Wsabuf.BYTES);
            }
            MemorySegment payload = arena.allocate(total);
            long at = 0;
            for (int i = 0; i < count; i++) {
                int length = Wsabuf.len(buffers, i * Wsabuf.BYTES);
                payload.asSlice(at, length).copyFrom(NativeMemory.at(Wsabuf.buf(buffers, i * Wsabuf.BYTES), length));
                at += length;
            }
            return payload;
        }

        /** The last one is the operation, whose packet tells that all have left. */
        private int send(Object[] arguments, MemorySegment message, MemorySegment payload, boolean last) {
            try (Arena arena = Arena.ofConfined()) {
                MemorySegment buffer = arena.allocate(Wsabuf.LAYOUT);
                Wsabuf.len(buffer, 0, (int) payload.byteSize());
                Wsabuf.buf(buffer, 0, payload.address());
                long sent = arena.allocate(ValueLayout.JAVA_INT).address();
                return calls.calls().winsock().wsaSendTo(
                        (MemorySegment) arguments[0], (long) arguments[1], buffer.address(), 1,
                        last && (long) arguments[5] != 0 ? 0 : sent, 0, Wsamsg.name(message, 0),
                        Wsamsg.namelen(message, 0), last ? (long) arguments[5] : 0, 0);
            }
        }
    }
}
