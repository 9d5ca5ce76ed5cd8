// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.iocp;

import dev.ringport.iocp.IocpCounters.Counter;
import dev.ringport.iocp.abi.WindowsErrors;
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
import java.net.Socket;
import java.net.SocketException;
import java.nio.channels.ClosedChannelException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/** What Windows answers to receives of connections and Wine does not, or not when a test wants it. */
@EnabledOnOs(OS.WINDOWS)
@Timeout(180)
class StreamReceiveFaultTest {
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
                assertThat(faults.received(all.length)).isEqualTo(all);
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
                assertThat(faults.received(1)).containsExactly(0);
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
                assertThat(faults.received(2)).containsExactly(1, 2);
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
                Tcp.awaitDone(client.closeFuture());
                ChannelFuture late = client.writeAndFlush(Unpooled.wrappedBuffer(new byte[1]));
                Tcp.awaitDone(late);
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
                            StreamFaults.answering(faults.receives, StreamFaults.STATUS_CANCELLED))).sync();
                }
                cancelled.set(true);
                peer.getOutputStream().write(2);
                Throwable told = faults.next(Throwable.class);
                assertThat(told).isInstanceOf(SocketException.class).hasMessageContaining("995");
                Tcp.awaitDone(client.closeFuture());
                assertThat(after.get()).isLessThanOrEqualTo(1);
                assertThat(faults.ends).containsExactly(StreamEnds.RESET, StreamEnds.CLOSE);
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
                assertThat(faults.ends).containsExactly(StreamEnds.SHUTDOWN);
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
                assertThat(faults.received(all.length)).isEqualTo(all);
                Tcp.await(client.close());
            }
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
