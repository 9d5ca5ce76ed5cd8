// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.iocp;

import dev.ringport.ffm.NativeMemory;
import dev.ringport.iocp.IocpCounters.Counter;
import dev.ringport.iocp.abi.WindowsErrors;
import dev.ringport.iocp.abi.Wsabuf;
import dev.ringport.testrules.UnseenFailures;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.DefaultMaxMessagesRecvByteBufAllocator;
import io.netty.channel.EventLoop;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.RecvByteBufAllocator;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.DefaultEventExecutorGroup;
import io.netty.util.concurrent.EventExecutorGroup;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Ticker;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.foreign.MemorySegment;
import java.net.Socket;
import java.net.SocketException;
import java.nio.channels.ClosedChannelException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/** What Windows answers on connections and Wine does not, or not when a test wants it. */
@EnabledOnOs(OS.WINDOWS)
@Timeout(180)
class StreamFaultTest {
    private static final int STATUS_CANCELLED = 0xC0000120;
    private static final int STATUS_INSUFFICIENT_RESOURCES = 0xC000009A;

    /** What the loop's thread makes of it. */
    private static ChannelFuture onLoop(EventLoop loop, Supplier<ChannelFuture> begun) throws Exception {
        AtomicReference<ChannelFuture> made = new AtomicReference<>();
        loop.submit(() -> made.set(begun.get())).sync();
        return made.get();
    }

    private static byte[] received(StreamFaults faults, int bytes) throws Exception {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        while (all.size() < bytes) {
            all.write(faults.next(byte[].class));
        }
        return all.toByteArray();
    }

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
                ChannelFuture last = onLoop(client.eventLoop(), () -> {
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
                ChannelFuture written = onLoop(client.eventLoop(),
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
                StreamFaults.awaitDone(written);
                assertThat(written.cause()).isInstanceOf(IOException.class).hasMessageContaining("WSAENOBUFS");
                StreamFaults.awaitDone(client.closeFuture());
                assertThat(faults.ends).containsExactly("linger 1 0", "closesocket");
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
                return StreamFaults.answering(faults.sends, STATUS_INSUFFICIENT_RESOURCES).see(entries, count);
            });
            try (Socket peer = faults.accept()) {
                ByteBuf large = Unpooled.directBuffer(64 << 20).writeZero(64 << 20);
                ChannelFuture written = client.writeAndFlush(large);
                // The peer's room is used up before it reads.
                assertThat(underWay.await(Tcp.SECONDS, TimeUnit.SECONDS)).isTrue();
                drain(peer);
                StreamFaults.awaitDone(written);
                assertThat(written.cause()).isInstanceOf(IOException.class).hasMessageContaining("WSAENOBUFS");
                StreamFaults.awaitDone(client.closeFuture());
                assertThat(calls.get()).isEqualTo(callsAtFailure.get());
                assertThat(faults.ends).contains("linger 1 0").doesNotContain("shutdown 1");
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

    @ParameterizedTest
    @ValueSource(ints = {WindowsErrors.WSAENOBUFS, WindowsErrors.WSAEWOULDBLOCK})
    void aReceiveThatIsRefusedForWantOfMemoryIsMadeAgain(int code) throws Exception {
        try (StreamFaults faults = new StreamFaults()) {
            AtomicInteger refusals = new AtomicInteger(4);
            faults.calls.on("wsaRecv", (real, arguments) -> refusals.getAndDecrement() > 0 ? -code : real.call());
            IocpSocketChannel client = faults.connect();
            try (Socket peer = faults.accept()) {
                byte[] all = Tcp.bytes(7, 50_000);
                peer.getOutputStream().write(all);
                assertThat(received(faults, all.length)).isEqualTo(all);
                assertThat(client.isOpen()).isTrue();
                Tcp.await(client.close());
            }
            faults.awaitNoOperations();
        }
    }

    /** A loop's clock that can stand still: no timer runs then. */
    private static final class StoppableTicker implements Ticker {
        private final Ticker system = Ticker.systemTicker();
        private volatile LongSupplier time = system::nanoTime;

        void stop() {
            long now = system.nanoTime();
            time = () -> now;
        }

        void goOn() {
            time = system::nanoTime;
        }

        @Override
        public long initialNanoTime() {
            return system.initialNanoTime();
        }

        @Override
        public long nanoTime() {
            return time.getAsLong();
        }

        @Override
        public void sleep(long delay, TimeUnit unit) throws InterruptedException {
            system.sleep(delay, unit);
        }
    }

    /**
     * The timer of an earlier refusal runs when the pipeline reads again and has not said so on the loop: a receive
     * then would find what is held, and one of the two would be lost.
     */
    @Test
    @SuppressWarnings("deprecation") // of handlers with an executor of their own, which programs have
    void whatIsHeldIsNotOvertakenByTheTimerOfARefusedReceive() throws Exception {
        EventExecutorGroup slow = new DefaultEventExecutorGroup(1);
        StoppableTicker clock = new StoppableTicker();
        try (StreamFaults faults = new StreamFaults(clock)) {
            CountDownLatch refused = new CountDownLatch(2);
            faults.calls.on("wsaRecv", (real, arguments) -> {
                if (refused.getCount() > 0) {
                    if (refused.getCount() == 1) {
                        // The timer that follows is set before what is held, and runs behind it.
                        clock.stop();
                    }
                    refused.countDown();
                    return -WindowsErrors.WSAENOBUFS;
                }
                return real.call();
            });
            IocpSocketChannel client = faults.connect();
            client.pipeline().addFirst(slow, "slow", new ChannelOutboundHandlerAdapter() {
                @Override
                public void read(ChannelHandlerContext context) {
                    context.read();
                }
            });
            EventLoop loop = client.eventLoop();
            try (Socket peer = faults.accept()) {
                refused.await();
                // The way back to the loop has no need of the timer.
                Tcp.await(client.deregister());
                Tcp.await(loop.register(client));
                Future<?> timerHasRun = loop.schedule(() -> {}, 100, TimeUnit.MILLISECONDS);
                peer.getOutputStream().write(new byte[]{0});
                assertThat(received(faults, 1)).containsExactly(0);
                // What was asked for with it has come back to the loop.
                loop.submit(() -> {}).sync();
                slow.submit(() -> {}).sync();
                loop.submit(() -> {}).sync();
                client.config().setAutoRead(false);
                loop.submit(() -> {}).sync();
                long before = client.counters().get(Counter.PACKETS);
                peer.getOutputStream().write(new byte[]{1});
                while (client.counters().get(Counter.PACKETS) == before) {
                    Thread.sleep(1);
                }
                loop.submit(() -> {}).sync();
                CountDownLatch mayRead = new CountDownLatch(1);
                Future<?> held = slow.submit(() -> mayRead.await(Tcp.SECONDS, TimeUnit.SECONDS));
                client.config().setAutoRead(true);
                assertThat(timerHasRun.isDone()).isFalse();
                clock.goOn();
                timerHasRun.sync();
                peer.getOutputStream().write(new byte[]{2});
                mayRead.countDown();
                held.sync();
                assertThat(received(faults, 2)).containsExactly(1, 2);
                // The end of the pipeline would still go from executor to executor when the loop has ended.
                ChannelHandler _ = client.pipeline().remove("slow");
                slow.submit(() -> {}).sync();
                Tcp.await(client.close());
            }
            faults.awaitNoOperations();
        } finally {
            slow.shutdownGracefully(0, 1, TimeUnit.SECONDS).sync();
        }
    }

    @Test
    void aResetIsToldOnceHoweverOftenWindowsRepeatsIt() throws Exception {
        try (StreamFaults faults = new StreamFaults()) {
            AtomicBoolean reset = new AtomicBoolean();
            faults.calls.on("wsaRecv", (real, arguments) -> reset.get() ? -WindowsErrors.WSAECONNRESET : real.call());
            faults.calls.on("wsaSend", (real, arguments) -> reset.get() ? -WindowsErrors.WSAECONNRESET : real.call());
            IocpSocketChannel client = faults.connect();
            try (Socket peer = faults.accept()) {
                peer.getOutputStream().write(1);
                assertThat(faults.next(byte[].class)).containsExactly(1);
                // One receive is posted by now, or will be; the one after it meets the reset.
                client.eventLoop().submit(() -> reset.set(true)).sync();
                peer.getOutputStream().write(2);
                assertThat(faults.next(Throwable.class))
                        .isInstanceOf(SocketException.class)
                        .hasMessageContaining("10054");
                StreamFaults.awaitDone(client.closeFuture());
                ChannelFuture late = client.writeAndFlush(Unpooled.wrappedBuffer(new byte[1]));
                StreamFaults.awaitDone(late);
                assertThat(late.cause()).isInstanceOf(ClosedChannelException.class);
                assertThat(faults.heard).noneMatch(Throwable.class::isInstance);
            }
            faults.awaitNoOperations();
        }
    }

    /** As when a driver cancels it. A receive that is posted again at once may meet the same, without an end. */
    @ParameterizedTest
    @ValueSource(strings = {"at once", "later", "of no bytes"})
    void aReceiveThatOthersCancelIsAFailure(String how) throws Exception {
        try (StreamFaults faults = new StreamFaults()) {
            AtomicBoolean cancelled = new AtomicBoolean();
            AtomicInteger after = new AtomicInteger();
            if (how.equals("at once")) {
                faults.calls.on("wsaRecv", (real, arguments) -> {
                    after.addAndGet(cancelled.get() ? 1 : 0);
                    return cancelled.get() ? -WindowsErrors.WSA_OPERATION_ABORTED : real.call();
                });
            }
            IocpSocketChannel client = faults.connect();
            try (Socket peer = faults.accept()) {
                peer.getOutputStream().write(1);
                assertThat(faults.next(byte[].class)).containsExactly(1);
                if (how.equals("of no bytes")) {
                    while (client.counters().get(Counter.ZERO_BYTE_RECEIVES) == 0) {
                        Thread.sleep(10);
                    }
                }
                if (!how.equals("at once")) {
                    // By the loop itself: the call that it waits in is the one before.
                    client.eventLoop().submit(() -> faults.onPackets(
                            StreamFaults.answering(faults.receives, STATUS_CANCELLED))).sync();
                }
                cancelled.set(true);
                peer.getOutputStream().write(2);
                Throwable told = faults.next(Throwable.class);
                assertThat(told).isInstanceOf(SocketException.class).hasMessageContaining("995");
                StreamFaults.awaitDone(client.closeFuture());
                assertThat(after.get()).isLessThanOrEqualTo(1);
                assertThat(faults.ends).containsExactly("linger 1 0", "closesocket");
            }
            faults.awaitNoOperations();
        }
    }

    @Test
    void aSendThatOthersCancelIsAFailure() throws Exception {
        try (StreamFaults faults = new StreamFaults()) {
            faults.calls.on("wsaSend", (real, arguments) -> -WindowsErrors.WSA_OPERATION_ABORTED);
            IocpSocketChannel client = faults.connect();
            try (Socket _ = faults.accept()) {
                ChannelFuture written = client.writeAndFlush(Unpooled.wrappedBuffer(new byte[10])).await();
                assertThat(written.cause()).isInstanceOf(SocketException.class).hasMessageContaining("995");
                StreamFaults.awaitDone(client.closeFuture());
                assertThat(faults.ends).containsExactly("linger 1 0", "closesocket");
            }
            faults.awaitNoOperations();
        }
    }

    /** With each status that an operation can end with after its socket was closed or cancelled. */
    @ParameterizedTest
    @ValueSource(ints = {
        0xC0000120, 0x8000000A, 0xC0000024, 0xC000020D, 0xC000013B, 0xC0000241, 0xC0000236, 0xC000023F, 0x80000005,
        0xC0000008, 0xC00000B5, STATUS_INSUFFICIENT_RESOURCES})
    void whatEndsAfterAnOwnCloseIsNoNews(int status) throws Exception {
        try (StreamFaults faults = new StreamFaults()) {
            IocpSocketChannel reading = faults.connect();
            IocpSocketChannel writing = faults.connect();
            try (Socket first = faults.accept(); Socket second = faults.accept()) {
                ByteBuf large = Unpooled.directBuffer(64 << 20).writeZero(64 << 20);
                ChannelFuture written = writing.writeAndFlush(large);
                assertThat(second.getInputStream().read()).isZero();
                // In one turn of the loop: it may be about to cancel the receives of connections that have been quiet.
                AtomicReference<ChannelFuture> writingClosed = new AtomicReference<>();
                Tcp.await(onLoop(reading.eventLoop(), () -> {
                    faults.onPackets((entries, count) -> {
                        StreamFaults.answering(faults.receives, status).see(entries, count);
                        return StreamFaults.answering(faults.sends, status).see(entries, count);
                    });
                    writing.config().setSoLinger(0);
                    writingClosed.set(writing.close());
                    return reading.close();
                }));
                assertThat(first.getInputStream().read()).isEqualTo(-1);
                Tcp.await(writingClosed.get());
                StreamFaults.awaitDone(written);
                assertThat(written.cause()).isInstanceOf(IOException.class);
                assertThat(large.refCnt()).isZero();

                ChannelFuture connecting = onLoop(faults.loops.next(), () -> {
                    ChannelFuture asked = faults.bootstrap().connect(faults.address());
                    asked.channel().eventLoop().execute(() -> {
                        ChannelFuture _ = asked.channel().close();
                    });
                    return asked;
                });
                StreamFaults.awaitDone(connecting);
                StreamFaults.awaitDone(connecting.channel().closeFuture());
                assertThat(faults.heard).noneMatch(heard -> heard instanceof Throwable || heard instanceof byte[]);
            }
            faults.awaitNoOperations();
        }
    }

    /** Windows resets a connection whose socket is closed with a receive pending. */
    @Test
    void theReceiveHasEndedBeforeTheSocketIsClosed() throws Exception {
        try (StreamFaults faults = new StreamFaults()) {
            AtomicInteger underWay = new AtomicInteger(-1);
            IocpSocketChannel client = faults.connect();
            faults.calls.on("closesocket", (real, arguments) -> {
                underWay.set(faults.loops.handlers().getFirst().loop().operations().inFlight());
                return real.call();
            });
            try (Socket peer = faults.accept()) {
                peer.getOutputStream().write(1);
                faults.next(byte[].class);
                Tcp.await(client.close());
                assertThat(peer.getInputStream().read()).isEqualTo(-1);
                assertThat(underWay).hasValue(0);
                assertThat(faults.ends).containsExactly("shutdown 1");
            }
        }
    }

    @Test
    void dataGoesUpInItsOrderWhenCompletionsComeInReverse() throws Exception {
        try (StreamFaults faults = new StreamFaults()) {
            faults.onPackets((entries, count) -> {
                DatagramFaults.reverse(entries, count);
                return count;
            });
            IocpSocketChannel client = faults.connect();
            try (Socket peer = faults.accept()) {
                byte[] all = Tcp.bytes(8, 2 << 20);
                ChannelFuture written = client.writeAndFlush(Unpooled.copiedBuffer(all));
                Thread.ofPlatform().daemon().start(() -> {
                    try {
                        peer.getOutputStream().write(all);
                    } catch (IOException unseen) {
                        faults.heard.add(unseen);
                    }
                });
                assertThat(peer.getInputStream().readNBytes(all.length)).isEqualTo(all);
                Tcp.await(written);
                assertThat(received(faults, all.length)).isEqualTo(all);
                Tcp.await(client.close());
            }
        }
    }

    /** Fails as long as it is told to. */
    @SuppressWarnings("deprecation") // of Netty: the handle
    private static final class Failing extends DefaultMaxMessagesRecvByteBufAllocator {
        private final RecvByteBufAllocator good = new FixedRecvByteBufAllocator(1024);
        private final AtomicInteger failures;

        Failing(int failures) {
            this.failures = new AtomicInteger(failures);
        }

        @Override
        public Handle newHandle() {
            Handle handle = good.newHandle();
            return new MaxMessageHandle() {
                @Override
                public ByteBuf allocate(ByteBufAllocator allocator) {
                    if (failures.getAndDecrement() > 0) {
                        throw new IllegalStateException("no buffer");
                    }
                    return handle.allocate(allocator);
                }

                @Override
                public int guess() {
                    return handle.guess();
                }
            };
        }
    }

    @Test
    void anAllocatorThatFailsForAWhileCostsNoData() throws Exception {
        try (StreamFaults faults = new StreamFaults()) {
            IocpSocketChannel client = faults.connect(faults.bootstrap()
                    .option(ChannelOption.RECVBUF_ALLOCATOR, new Failing(3)));
            try (Socket peer = faults.accept()) {
                byte[] all = Tcp.bytes(9, 10_000);
                peer.getOutputStream().write(all);
                assertThat(faults.next(IllegalStateException.class)).hasMessage("no buffer");
                assertThat(received(faults, all.length)).isEqualTo(all);
                Tcp.await(client.close());
            }
        }
    }

    @Test
    void aConnectionComesBackToItsLoopWithItsDataAndAnotherLoopTakesItOrLeavesItAsItWas() throws Exception {
        StreamFaults faults = new StreamFaults();
        try (faults; Loops others = new Loops(1)) {
            IocpSocketChannel client = faults.connect();
            try (Socket peer = faults.accept()) {
                EventLoop before = client.eventLoop();
                byte[] all = Tcp.bytes(10, 4 << 20);
                ChannelFuture written = client.writeAndFlush(Unpooled.wrappedBuffer(all));
                ChannelFuture left = client.deregister();
                peer.getOutputStream().write(new byte[]{1, 2, 3});
                // No more than one send has left.
                byte[] first = peer.getInputStream().readNBytes(256 << 10);
                StreamFaults.awaitDone(left);

                ChannelFuture moved = others.next().register(client).await();
                if (Iocp.canMoveSockets()) {
                    assertThat(moved.isSuccess()).isTrue();
                } else {
                    assertThat(moved.cause()).isInstanceOf(UnsupportedOperationException.class);
                    assertThat(client.isOpen()).isTrue();
                    Tcp.await(before.register(client));
                }
                assertThat(received(faults, 3)).containsExactly(1, 2, 3);
                byte[] rest = peer.getInputStream().readNBytes(all.length - first.length);
                Tcp.await(written);
                assertThat(Unpooled.wrappedBuffer(first, rest)).isEqualTo(Unpooled.wrappedBuffer(all));
                Tcp.await(client.close());
            }
            faults.awaitNoOperations();
        }
    }

    @Test
    void aHandlerThatThrowsIsNoReasonToStopReading() throws Exception {
        try (StreamFaults faults = new StreamFaults()) {
            IocpSocketChannel client = faults.connect(faults.bootstrap().handler(new ChannelInboundHandlerAdapter() {
                @Override
                public void channelRead(ChannelHandlerContext context, Object message) {
                    ReferenceCountUtil.release(message);
                    faults.heard.add("read");
                    throw new IllegalStateException("a handler's fault");
                }

                @Override
                public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
                    UnseenFailures.seen(cause);
                    faults.heard.add(cause);
                }
            }));
            try (Socket peer = faults.accept()) {
                peer.getOutputStream().write(1);
                assertThat(faults.next(IllegalStateException.class)).hasMessage("a handler's fault");
                peer.getOutputStream().write(1);
                assertThat(faults.next(String.class)).isEqualTo("read");
                Tcp.await(client.close());
            }
        }
    }
}
