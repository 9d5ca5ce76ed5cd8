// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.uring;

import dev.ringport.ffm.NativeCalls;
import dev.ringport.linux.abi.Linux;
import dev.ringport.linux.abi.SocketConstants;
import dev.ringport.loop.KeptMemory;
import dev.ringport.testkit.CapturedLog;
import dev.ringport.testkit.FarEnd;
import dev.ringport.testkit.Leaks;
import dev.ringport.testkit.MadeHandlers;
import dev.ringport.uring.abi.IoUringConstants;
import dev.ringport.uring.abi.IoUringSqe;
import dev.ringport.uring.testing.UringManualLoop;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.socket.DatagramPacket;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.MockTicker;
import io.netty.util.concurrent.Ticker;
import java.lang.foreign.MemorySegment;
import java.lang.ref.WeakReference;
import java.lang.reflect.Field;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;

/** Operations that the kernel never completes, and that no cancel reaches: nobody waits for ever, nothing is freed. */
@Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class NeverCompletingTest {
    private static final String KEPT = "stay allocated for good";
    private static final int SHUTDOWN_MILLIS = 300;

    private int neverReady;
    private volatile int swallowed = -1;

    @BeforeEach
    void open() {
        neverReady = Linux.eventfd(NativeCalls.threadCapture(), 0, SocketConstants.EFD_CLOEXEC);
    }

    @AfterEach
    void close() {
        Linux.close(NativeCalls.threadCapture(), neverReady);
    }

    private UringIoHandlerConfig swallowing() {
        return new UringIoHandlerConfig().shutdownTimeoutMillis(SHUTDOWN_MILLIS).submissionFilter(this::swallow);
    }

    /** Turns the operations chosen into waits for what never comes, and cancels into nothing. */
    private void swallow(MemorySegment sqes, long base) {
        int opcode = IoUringSqe.opcode(sqes, base);
        if (opcode == swallowed) {
            IoUringSqe.opcode(sqes, base, IoUringConstants.IORING_OP_POLL_ADD);
            IoUringSqe.flags(sqes, base, 0);
            IoUringSqe.ioprio(sqes, base, 0);
            IoUringSqe.fd(sqes, base, neverReady);
            IoUringSqe.addr(sqes, base, 0);
            IoUringSqe.addr2(sqes, base, 0);
            IoUringSqe.len(sqes, base, 0);
            IoUringSqe.bufGroup(sqes, base, 0);
            IoUringSqe.addrLen(sqes, base, 0);
            IoUringSqe.msgFlags(sqes, base, SocketConstants.POLLIN);
        } else if (swallowed >= 0 && opcode == IoUringConstants.IORING_OP_ASYNC_CANCEL) {
            IoUringSqe.opcode(sqes, base, IoUringConstants.IORING_OP_NOP);
        }
    }

    private static Channel bind(MultiThreadIoEventLoopGroup group) {
        return new Bootstrap().group(group)
                .channel(UringDatagramChannel.class)
                .handler(new ChannelInboundHandlerAdapter())
                .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                .syncUninterruptibly()
                .channel();
    }

    private static void shutDown(MultiThreadIoEventLoopGroup group) {
        Future<?> end = group.shutdownGracefully(0, 5, TimeUnit.SECONDS);
        assertThat(end.awaitUninterruptibly(30, TimeUnit.SECONDS)).as("the group has ended").isTrue();
    }

    @Test
    void aGroupEndsWithinItsBoundAndKeepsTheMemoryOfAReceiveThatNeverCompletes() {
        swallowed = IoUringConstants.IORING_OP_RECVMSG;
        MadeHandlers<UringIoHandler> handlers = new MadeHandlers<>(UringIoHandler.class,
                UringIoHandler.newFactory(swallowing()));
        MultiThreadIoEventLoopGroup group = new MultiThreadIoEventLoopGroup(1, handlers);
        try (CapturedLog log = CapturedLog.capture()) {
            Channel channel = bind(group);
            ChannelFuture close = channel.close();
            shutDown(group);
            assertThat(close.isDone()).isTrue();
            assertThat(channel.closeFuture().isDone()).isTrue();
            assertThat(channel.isOpen()).isFalse();
            List<String> lines = log.lines(KEPT);
            assertThat(lines).hasSize(1);
            // The receive, and the watch for wake-ups, whose cancel went the same way.
            assertThat(lines.getFirst()).containsPattern("did not complete 2 operation\\(s\\) in time; \\d{6,} bytes");
        }
        assertThat(KeptMemory.isKept(handlers.only().loop())).isTrue();
        System.gc();
        assertThat(handlers.only().loop().sends().scratch().scope().isAlive()).isTrue();
    }

    @Test
    void aGroupThatEndsProperlyKeepsNothing() {
        MadeHandlers<UringIoHandler> handlers = new MadeHandlers<>(UringIoHandler.class,
                UringIoHandler.newFactory(swallowing().shutdownTimeoutMillis(20_000)));
        MultiThreadIoEventLoopGroup group = new MultiThreadIoEventLoopGroup(1, handlers);
        try (CapturedLog log = CapturedLog.capture()) {
            Channel channel = bind(group);
            shutDown(group);
            assertThat(channel.closeFuture().isDone()).isTrue();
            assertThat(log.lines(KEPT)).isEmpty();
        }
        assertThat(KeptMemory.isKept(handlers.only().loop())).isFalse();
        assertThat(handlers.only().loop().operations().table().inFlight()).isZero();
        assertThat(handlers.only().loop().sends().scratch().scope().isAlive()).isFalse();
    }

    @Test
    void thePayloadOfASendThatNeverCompletesIsNeverFreed() throws Exception {
        swallowed = IoUringConstants.IORING_OP_SEND;
        MadeHandlers<UringIoHandler> handlers = new MadeHandlers<>(UringIoHandler.class,
                UringIoHandler.newFactory(swallowing()));
        MultiThreadIoEventLoopGroup group = new MultiThreadIoEventLoopGroup(1, handlers);
        ByteBuf pooled;
        WeakReference<ByteBuffer> nio;
        ChannelFuture first;
        ChannelFuture second;
        try (Leaks leaks = Leaks.watch();
                CapturedLog log = CapturedLog.capture();
                FarEnd peer = new FarEnd()) {
            Channel channel = bind(group);
            pooled = channel.alloc().directBuffer(64).writeZero(64);
            ByteBuffer payload = ByteBuffer.allocateDirect(1000);
            nio = new WeakReference<>(payload);
            first = channel.writeAndFlush(new DatagramPacket(pooled, peer.address()));
            second = channel.writeAndFlush(new DatagramPacket(Unpooled.wrappedBuffer(payload), peer.address()));
            payload = null;
            group.submit(() -> {
                // The writes stand before it.
            }).syncUninterruptibly();
            ChannelFuture close = channel.close();
            shutDown(group);
            assertThat(close.isDone()).isTrue();
            assertThat(first.isDone()).isTrue();
            assertThat(second.isDone()).isTrue();
            assertThat(first.cause()).isNotNull();
            assertThat(log.lines(KEPT)).hasSize(1);
            leaks.assertNone();
        }
        assertThat(KeptMemory.isKept(handlers.only().loop())).isTrue();
        assertThat(pooled.refCnt()).isOne();
        assertThat(nio.get()).as("the NIO buffer of the send in flight").isNotNull();
    }

    private static Collection<?> registrations(UringIoHandler handler) throws ReflectiveOperationException {
        Field field = UringIoHandler.class.getDeclaredField("registrations");
        field.setAccessible(true);
        return (Collection<?>) field.get(handler);
    }

    private static void closeOnceTheBoundHasPassed(UringManualLoop manual, MockTicker ticker, Channel channel) {
        ChannelFuture close = channel.close();
        ticker.advance(9, TimeUnit.SECONDS);
        manual.turns(20);
        assertThat(close.isDone()).isFalse();
        assertThat(channel.isOpen()).isTrue();
        ticker.advance(2, TimeUnit.SECONDS);
        manual.succeed(close);
        manual.until("the channel is deregistered", () -> !channel.isRegistered());
    }

    @Test
    void aCloseGoesOnWhenAReceiveDoesNotEndInTime() throws Exception {
        swallowed = IoUringConstants.IORING_OP_RECVMSG;
        MockTicker ticker = Ticker.newMockTicker();
        UringManualLoop manual = new UringManualLoop(swallowing(), ticker);
        UringDatagramChannel stuck = manual.bind(new ChannelInboundHandlerAdapter());
        manual.turns(3);
        closeOnceTheBoundHasPassed(manual, ticker, stuck);
        assertThat(manual.handler().loop().operations().table().inFlight()).isEqualTo(2);

        swallowed = -1;
        UringDatagramChannel next = manual.bind(new ChannelInboundHandlerAdapter());
        manual.succeed(next.close());
        Linux.eventfdWrite(NativeCalls.threadCapture(), neverReady, 1);
        manual.until("the late completion is handled",
                () -> manual.handler().loop().operations().table().inFlight() == 1);
        manual.close();
        assertThat(KeptMemory.isKept(manual.handler().loop())).isFalse();
    }

    @Test
    void aSendThatCompletesAfterItsChannelHasClosedGivesItsPayloadAndSlotBack() throws Exception {
        MockTicker ticker = Ticker.newMockTicker();
        UringManualLoop manual = new UringManualLoop(swallowing().completionQueueEntries(256), ticker);
        try (FarEnd peer = new FarEnd()) {
            UringDatagramChannel stuck = manual.bind(new ChannelInboundHandlerAdapter());
            stuck.config().setRecvByteBufAllocator(new FixedRecvByteBufAllocator(64));
            manual.turns(3);
            swallowed = IoUringConstants.IORING_OP_SEND;
            ByteBuf payload = stuck.alloc().directBuffer(8).writeLong(1);
            ChannelFuture write = stuck.writeAndFlush(new DatagramPacket(payload, peer.address()));
            manual.turns(3);
            swallowed = -1;
            closeOnceTheBoundHasPassed(manual, ticker, stuck);
            assertThat(write.isDone()).isTrue();
            assertThat(payload.refCnt()).isOne();
            assertThat(manual.handler().loop().operations().table().inFlight()).isEqualTo(2);

            Linux.eventfdWrite(NativeCalls.threadCapture(), neverReady, 1);
            manual.until("the late completion is handled",
                    () -> manual.handler().loop().operations().table().inFlight() == 1);
            assertThat(payload.refCnt()).isZero();
            assertThat(registrations(manual.handler())).isEmpty();
        }
        manual.close();
        assertThat(KeptMemory.isKept(manual.handler().loop())).isFalse();
    }
}
