// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.iocp;

import dev.ringport.ffm.NativeMemory;
import dev.ringport.iocp.IocpCounters.Counter;
import dev.ringport.iocp.abi.WindowsErrors;
import dev.ringport.iocp.abi.Wsabuf;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.foreign.MemorySegment;
import java.net.Socket;
import java.net.SocketException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/** What Windows answers to sends of connections and Wine does not, or not when a test wants it. */
@EnabledOnOs(OS.WINDOWS)
@Timeout(180)
class StreamSendFaultTest {
    @Test
    void aSendThatTakesAPartGoesOnWithTheRest() throws Exception {
        try (StreamFaults faults = new StreamFaults()) {
            faults.calls.on("wsaSend", (real, arguments) -> {
                MemorySegment first = NativeMemory.at((long) arguments[2], Wsabuf.BYTES);
                Wsabuf.len(first, 0, Math.min(Wsabuf.len(first, 0), 777));
                arguments[3] = 1;
                return real.call();
            });
            IocpSocketChannel client = faults.connect();
            try (Socket peer = faults.accept()) {
                byte[] all = Tcp.bytes(5, 100_000);
                ChannelFuture last = StreamFaults.onLoop(client.eventLoop(), () -> {
                    ChannelFuture written = client.newSucceededFuture();
                    for (int i = 0; i < 100; i++) {
                        written = client.write(Unpooled.wrappedBuffer(all, i * 1_000, 1_000));
                    }
                    client.flush();
                    return written;
                });
                assertThat(peer.getInputStream().readNBytes(all.length)).isEqualTo(all);
                Tcp.await(last);
                Tcp.await(client.close());
            }
            faults.awaitNoOperations();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {WindowsErrors.WSAENOBUFS, WindowsErrors.WSAEWOULDBLOCK})
    void aSendThatIsRefusedForWantOfMemoryIsMadeAgain(int code) throws Exception {
        try (StreamFaults faults = new StreamFaults()) {
            AtomicInteger refusals = new AtomicInteger(3);
            faults.calls.on("wsaSend", (real, arguments) -> refusals.getAndDecrement() > 0 ? -code : real.call());
            IocpSocketChannel client = faults.connect();
            try (Socket peer = faults.accept()) {
                byte[] all = Tcp.bytes(6, 200_000);
                ChannelFuture written = client.writeAndFlush(Unpooled.wrappedBuffer(all));
                // Meets the same.
                ChannelFuture ended = client.shutdownOutput();
                assertThat(peer.getInputStream().readAllBytes()).isEqualTo(all);
                Tcp.await(written);
                Tcp.await(ended);
                assertThat(client.counters().get(Counter.SENDS_DELAYED)).isEqualTo(3);
                Tcp.await(client.close());
            }
            faults.awaitNoOperations();
        }
    }

    @Test
    void aLoopThatEndsStillMakesRefusedSendsAgain() throws Exception {
        try (StreamFaults faults = new StreamFaults()) {
            AtomicInteger refusals = new AtomicInteger(30);
            faults.calls.on("wsaSend", (real, arguments) -> refusals.getAndDecrement() > 0
                    ? -WindowsErrors.WSAENOBUFS
                    : real.call());
            IocpSocketChannel client = faults.connect();
            try (Socket peer = faults.accept()) {
                byte[] all = Tcp.bytes(11, 200_000);
                ChannelFuture written = StreamFaults.onLoop(client.eventLoop(),
                        () -> client.writeAndFlush(Unpooled.wrappedBuffer(all)));
                var ended = faults.loops.group().shutdownGracefully(0, Tcp.SECONDS, TimeUnit.SECONDS);
                byte[] got = peer.getInputStream().readAllBytes();
                assertThat(ended.await(Tcp.SECONDS, TimeUnit.SECONDS)).isTrue();
                assertThat(Unpooled.wrappedBuffer(got)).isEqualTo(Unpooled.wrappedBuffer(all));
                assertThat(written.isSuccess()).isTrue();
            }
        }
    }

    @Test
    void aSendThatIsAlwaysRefusedFailsAndThePeerSeesNoCleanEnd() throws Exception {
        try (StreamFaults faults = new StreamFaults()) {
            faults.calls.on("wsaSend", (real, arguments) -> -WindowsErrors.WSAENOBUFS);
            IocpSocketChannel client = faults.connect();
            try (Socket peer = faults.accept()) {
                ChannelFuture written = client.writeAndFlush(Unpooled.wrappedBuffer(new byte[10]));
                Tcp.awaitDone(written);
                assertThat(written.cause()).isInstanceOf(IOException.class).hasMessageContaining("WSAENOBUFS");
                Tcp.awaitDone(client.closeFuture());
                assertThat(faults.ends).containsExactly(StreamEnds.RESET, StreamEnds.CLOSE);
                assertThat(peer.isConnected()).isTrue();
            }
            faults.awaitNoOperations();
        }
    }

    /** A part of it may have left: made again from its start it would double what the peer reads. */
    @Test
    void aSendThatFailsWhileUnderWayIsNotMadeAgain() throws Exception {
        try (StreamFaults faults = new StreamFaults()) {
            IocpSocketChannel client = faults.connect();
            AtomicInteger calls = new AtomicInteger();
            CountDownLatch underWay = new CountDownLatch(1);
            faults.calls.on("wsaSend", (real, arguments) -> {
                calls.incrementAndGet();
                faults.sends.add((Long) arguments[6]);
                Object result = real.call();
                if (result.equals(-WindowsErrors.WSA_IO_PENDING)) {
                    underWay.countDown();
                }
                return result;
            });
            AtomicInteger callsAtFailure = new AtomicInteger(-1);
            faults.onPackets((entries, count) -> {
                for (int i = 0; i < count; i++) {
                    if (faults.sends.contains(DatagramFaults.overlapped(entries, i))) {
                        callsAtFailure.compareAndSet(-1, calls.get());
                    }
                }
                return StreamFaults.answering(faults.sends, StreamFaults.STATUS_INSUFFICIENT_RESOURCES).see(entries,
                        count);
            });
            try (Socket peer = faults.accept()) {
                ByteBuf large = Unpooled.directBuffer(64 << 20).writeZero(64 << 20);
                ChannelFuture written = client.writeAndFlush(large);
                // The peer's room is used up before it reads.
                assertThat(underWay.await(Tcp.SECONDS, TimeUnit.SECONDS)).isTrue();
                drain(peer);
                Tcp.awaitDone(written);
                assertThat(written.cause()).isInstanceOf(IOException.class).hasMessageContaining("WSAENOBUFS");
                Tcp.awaitDone(client.closeFuture());
                assertThat(calls.get()).isEqualTo(callsAtFailure.get());
                assertThat(faults.ends).contains(StreamEnds.RESET).doesNotContain(StreamEnds.SHUTDOWN);
                assertThat(large.refCnt()).isZero();
            }
            faults.awaitNoOperations();
        }
    }

    private static void drain(Socket peer) {
        Thread.ofPlatform().daemon().start(() -> {
            try {
                peer.getInputStream().transferTo(OutputStream.nullOutputStream());
            } catch (IOException reset) {
                // As it should be.
            }
        });
    }

    @Test
    void aSendThatOthersCancelIsAFailure() throws Exception {
        try (StreamFaults faults = new StreamFaults()) {
            faults.calls.on("wsaSend", (real, arguments) -> -WindowsErrors.WSA_OPERATION_ABORTED);
            IocpSocketChannel client = faults.connect();
            try (Socket _ = faults.accept()) {
                ChannelFuture written = client.writeAndFlush(Unpooled.wrappedBuffer(new byte[10])).await();
                assertThat(written.cause()).isInstanceOf(SocketException.class).hasMessageContaining("995");
                Tcp.awaitDone(client.closeFuture());
                assertThat(faults.ends).containsExactly(StreamEnds.RESET, StreamEnds.CLOSE);
            }
            faults.awaitNoOperations();
        }
    }
}
