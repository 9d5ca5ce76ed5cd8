// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.uring;

import dev.ringport.testkit.CapturedLog;
import dev.ringport.testkit.MadeHandlers;
import dev.ringport.testrules.UnseenFailures;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;

/** A ring belongs to a thread of the system, which a virtual thread leaves whenever it blocks. */
@Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class VirtualThreadTest {
    private static ChannelFuture bind(MultiThreadIoEventLoopGroup group) {
        return new Bootstrap().group(group)
                .channel(UringDatagramChannel.class)
                .handler(new ChannelInboundHandlerAdapter())
                .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    }

    @Test
    void aLoopOnAVirtualThreadIsRefusedWithTheRemedyAndLeavesNothingBehind() {
        // What the first loop of a process opens for good is open.
        MultiThreadIoEventLoopGroup usual = new MultiThreadIoEventLoopGroup(1, UringIoHandler.newFactory());
        bind(usual).syncUninterruptibly();
        assertThat(usual.shutdownGracefully(0, 5, TimeUnit.SECONDS).awaitUninterruptibly(30, TimeUnit.SECONDS))
                .isTrue();
        long before = UringTransport.INSTANCE.openDescriptors();

        MadeHandlers<UringIoHandler> handlers = new MadeHandlers<>(UringIoHandler.class, UringIoHandler.newFactory());
        try (CapturedLog log = CapturedLog.capture()) {
            MultiThreadIoEventLoopGroup group = new MultiThreadIoEventLoopGroup(
                    1, Thread.ofVirtual().factory(), handlers);
            ChannelFuture bound = bind(group);
            assertThat(bound.awaitUninterruptibly(30, TimeUnit.SECONDS)).isTrue();
            assertThat(bound.cause()).isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("virtual thread")
                    .hasMessageContaining("Thread.ofPlatform().factory()");
            Channel channel = bound.channel();
            assertThat(channel.closeFuture().awaitUninterruptibly(30, TimeUnit.SECONDS)).isTrue();
            assertThat(group.terminationFuture().awaitUninterruptibly(30, TimeUnit.SECONDS)).isTrue();
            ChannelFuture later = bind(group);
            assertThat(later.awaitUninterruptibly(30, TimeUnit.SECONDS)).isTrue();
            assertThat(later.cause()).isInstanceOf(RejectedExecutionException.class);
            // Netty logs it as what ended the loop.
            assertThat(UnseenFailures.take()).hasSize(1);
            assertThat(log.lines("IllegalStateException: a loop with a UringIoHandler")).hasSize(1);
        }
        assertThat(handlers.only().loop().sends().scratch().scope().isAlive()).isFalse();
        assertThat(UringTransport.INSTANCE.openDescriptors()).isEqualTo(before);
    }

    @Test
    void aGroupThatAVirtualThreadMakesRunsOnPlatformThreads() throws Exception {
        ChannelFuture[] bound = new ChannelFuture[1];
        MultiThreadIoEventLoopGroup[] group = new MultiThreadIoEventLoopGroup[1];
        Thread maker = Thread.ofVirtual().start(() -> {
            group[0] = new MultiThreadIoEventLoopGroup(1, UringIoHandler.newFactory());
            bound[0] = bind(group[0]);
        });
        maker.join();
        assertThat(bound[0].awaitUninterruptibly(30, TimeUnit.SECONDS)).isTrue();
        assertThat(bound[0].cause()).isNull();
        assertThat(group[0].shutdownGracefully(0, 5, TimeUnit.SECONDS).awaitUninterruptibly(30, TimeUnit.SECONDS))
                .isTrue();
    }
}
