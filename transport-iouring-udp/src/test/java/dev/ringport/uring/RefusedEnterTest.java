// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.uring;

import dev.ringport.linux.abi.Errno;
import dev.ringport.testkit.CapturedLog;
import dev.ringport.testkit.FarEnd;
import dev.ringport.testkit.MadeHandlers;
import dev.ringport.testkit.Waiting;
import dev.ringport.uring.loop.UringLoop;
import dev.ringport.uring.ring.EnterRefusals;
import dev.ringport.uring.testing.UringManualLoop;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.socket.DatagramPacket;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/** A kernel that refuses each enter of a loop for a while, or for good. */
@Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class RefusedEnterTest {
    private static final String LINE = "the kernel refuses the loop's entries";
    private static final long STEP_NANOS = TimeUnit.MILLISECONDS.toNanos(20);
    private static final int ACCEPT = 0;

    private final AtomicInteger enters = new AtomicInteger();
    private volatile int refusal = ACCEPT;

    private UringIoHandlerConfig config() {
        return new UringIoHandlerConfig().shutdownTimeoutMillis(300).enterFilter((toSubmit, minComplete, flags) -> {
            enters.incrementAndGet();
            return refusal;
        });
    }

    private static DatagramPacket packet(FarEnd peer, String text) throws IOException {
        return new DatagramPacket(Unpooled.copiedBuffer(text, StandardCharsets.US_ASCII), peer.address());
    }

    @ParameterizedTest
    @ValueSource(ints = {Errno.EBADF, Errno.EINVAL, Errno.EAGAIN, Errno.EBUSY})
    void aLoopRestsLongerAndLongerAndSaysSoOnce(int errno) {
        try (UringManualLoop manual = new UringManualLoop(config());
                CapturedLog log = CapturedLog.capture()) {
            manual.bind(new ChannelInboundHandlerAdapter());
            manual.turns(5);
            EnterRefusals refusals = manual.handler().loop().operations().refusals();
            assertThat(refusals.restedNanos()).isZero();
            refusal = -errno;
            enters.set(0);
            for (int i = 0; i < 16; i++) {
                int _ = manual.loop().run(STEP_NANOS);
            }
            // Each other turn is a rest: 1 + 2 + 4 + ... + 64 + 100 ms.
            assertThat(enters.get()).isEqualTo(8);
            assertThat(refusals.restedNanos()).isEqualTo(TimeUnit.MILLISECONDS.toNanos(227));
            assertThat(log.lines(LINE)).hasSize(1);
            assertThat(log.lines(LINE).getFirst())
                    .contains(Errno.message("io_uring_enter", errno), "(errno " + errno + ")");
            refusal = ACCEPT;
            manual.until("an enter is accepted", () -> {
                manual.loop().wakeup();
                return !refusals.any();
            });
        }
    }

    @Test
    void whatWasWrittenMeanwhileLeavesWhenTheKernelTakesItAgain() throws Exception {
        try (FarEnd peer = new FarEnd();
                UringManualLoop manual = new UringManualLoop(config())) {
            Channel channel = manual.bind(new ChannelInboundHandlerAdapter());
            manual.turns(5);
            refusal = -Errno.EBADF;
            ChannelFuture write = channel.writeAndFlush(packet(peer, "late"));
            manual.turns(5);
            enters.set(0);
            for (int i = 0; i < 8; i++) {
                int _ = manual.loop().run(STEP_NANOS);
            }
            assertThat(enters.get()).isLessThanOrEqualTo(8);
            assertThat(write.isDone()).isFalse();
            refusal = ACCEPT;
            manual.succeed(write);
            assertThat(StandardCharsets.US_ASCII.decode(peer.take()).toString()).isEqualTo("late");
        }
    }

    @Test
    void aLoopThatRestsRunsTasksAndEndsWithinItsBound() throws Exception {
        MadeHandlers<UringIoHandler> handlers = new MadeHandlers<>(UringIoHandler.class,
                UringIoHandler.newFactory(config()));
        MultiThreadIoEventLoopGroup group = new MultiThreadIoEventLoopGroup(1, handlers);
        try (CapturedLog log = CapturedLog.capture()) {
            new Bootstrap().group(group)
                    .channel(UringDatagramChannel.class)
                    .handler(new ChannelInboundHandlerAdapter())
                    .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                    .sync();
            refusal = -Errno.EINVAL;
            Thread thread = group.submit(Thread::currentThread).get();
            for (int i = 0; i < 3; i++) {
                Waiting.until("the loop rests", () -> LockSupport.getBlocker(thread) instanceof UringLoop);
                assertThat(group.submit(Thread::currentThread).get()).isSameAs(thread);
            }
            assertThat(log.lines(LINE)).hasSize(1);
            Future<?> end = group.shutdownGracefully(0, 5, TimeUnit.SECONDS);
            assertThat(end.awaitUninterruptibly(30, TimeUnit.SECONDS)).isTrue();
            assertThat(log.lines(LINE)).hasSize(1);
        }
    }

    @Test
    void aFullQueueThatTheKernelDoesNotTakeIsNotTriedWithoutEnd() {
        try (UringManualLoop manual = new UringManualLoop(config().submissionQueueEntries(8))) {
            manual.turns(2);
            refusal = -Errno.EBADF;
            for (int i = 0; i < 3; i++) {
                int _ = manual.loop().run(STEP_NANOS);
            }
            enters.set(0);
            int failed = 0;
            for (int i = 0; i < 20; i++) {
                try {
                    manual.handler().loop().operations().submissions().prepareCancel(1, 0);
                } catch (IllegalStateException full) {
                    assertThat(full)
                            .hasMessageContaining("io_uring_enter failed: EBADF: Bad file descriptor (errno 9)");
                    failed++;
                }
            }
            assertThat(failed).isEqualTo(12);
            assertThat(enters.get()).isLessThan(12 * 20);
            refusal = ACCEPT;
        }
    }
}
