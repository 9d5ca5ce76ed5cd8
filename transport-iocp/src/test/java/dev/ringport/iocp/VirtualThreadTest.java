// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.iocp;

import dev.ringport.testkit.CapturedLog;
import dev.ringport.testkit.MadeHandlers;
import dev.ringport.testrules.UnseenFailures;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import java.net.InetSocketAddress;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

import static org.assertj.core.api.Assertions.assertThat;

/** A loop waits in a call of the system, where a virtual thread holds its carrier. */
@EnabledOnOs(OS.WINDOWS)
@Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class VirtualThreadTest {
    private static ChannelFuture bind(MultiThreadIoEventLoopGroup group) {
        return new Bootstrap().group(group)
                .channel(IocpDatagramChannel.class)
                .handler(new ChannelInboundHandlerAdapter())
                .bind(new InetSocketAddress(Tcp.loopback(), 0));
    }

    @Test
    void aLoopOnAVirtualThreadIsRefusedWithTheRemedyAndLeavesNothingBehind() {
        MadeHandlers<IocpIoHandler> handlers = new MadeHandlers<>(IocpIoHandler.class, IocpIoHandler.newFactory());
        try (CapturedLog log = CapturedLog.capture()) {
            MultiThreadIoEventLoopGroup group = new MultiThreadIoEventLoopGroup(
                    1, Thread.ofVirtual().factory(), handlers);
            ChannelFuture bound = bind(group);
            assertThat(bound.awaitUninterruptibly(30, TimeUnit.SECONDS)).isTrue();
            assertThat(bound.cause()).isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("virtual thread")
                    .hasMessageContaining("Thread.ofPlatform().factory()");
            assertThat(bound.channel().closeFuture().awaitUninterruptibly(30, TimeUnit.SECONDS)).isTrue();
            assertThat(group.terminationFuture().awaitUninterruptibly(30, TimeUnit.SECONDS)).isTrue();
            ChannelFuture later = bind(group);
            assertThat(later.awaitUninterruptibly(30, TimeUnit.SECONDS)).isTrue();
            assertThat(later.cause()).isInstanceOf(RejectedExecutionException.class);
            // Netty logs it as what ended the loop.
            assertThat(UnseenFailures.take()).hasSize(1);
            assertThat(log.lines("IllegalStateException: a loop with an IocpIoHandler")).hasSize(1);
        }
        assertThat(handlers.only().loop().hasMemory()).isFalse();
    }
}
