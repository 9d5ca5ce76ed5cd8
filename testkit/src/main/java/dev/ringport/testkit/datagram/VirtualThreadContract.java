// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.testkit.datagram;

import dev.ringport.testkit.CapturedLog;
import dev.ringport.testkit.MadeHandlers;
import dev.ringport.testkit.Udp;
import dev.ringport.testrules.UnseenFailures;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.IoHandler;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;

/** Loops that need a thread of the system refuse a virtual one, and say what to do. */
@Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
public abstract class VirtualThreadContract extends DatagramContract {
    private static final int SECONDS = 30;

    protected VirtualThreadContract(DatagramTransport<?, ?> transport) {
        super(transport);
    }

    /** Whether the handler has memory that it would give back at its end. */
    protected abstract boolean hasMemory(IoHandler handler);

    private ChannelFuture bind(MultiThreadIoEventLoopGroup group) {
        return new Bootstrap().group(group)
                .channel(transport.channelClass())
                .handler(new ChannelInboundHandlerAdapter())
                .bind(Udp.INET);
    }

    private static <F extends Future<?>> F done(F future) {
        assertThat(future.awaitUninterruptibly(SECONDS, TimeUnit.SECONDS)).isTrue();
        return future;
    }

    private static void end(MultiThreadIoEventLoopGroup group) {
        Future<?> _ = done(group.shutdownGracefully(0, 5, TimeUnit.SECONDS));
    }

    @Test
    protected void aLoopOnAVirtualThreadIsRefusedWithTheRemedyAndLeavesNothingBehind() {
        // What the first loop of a process opens for good is open.
        MultiThreadIoEventLoopGroup usual = new MultiThreadIoEventLoopGroup(1, transport.newHandlerFactory());
        Udp.await(bind(usual));
        end(usual);
        long before = transport.openDescriptors();

        MadeHandlers<?> handlers = new MadeHandlers<>(transport.handlerClass(), transport.newHandlerFactory());
        try (CapturedLog log = CapturedLog.capture()) {
            MultiThreadIoEventLoopGroup group = new MultiThreadIoEventLoopGroup(
                    1, Thread.ofVirtual().factory(), handlers);
            ChannelFuture bound = done(bind(group));
            assertThat(bound.cause()).isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("virtual thread")
                    .hasMessageContaining("Thread.ofPlatform().factory()");
            Channel channel = bound.channel();
            Future<?> _ = done(channel.closeFuture());
            Future<?> _ = done(group.terminationFuture());
            assertThat(done(bind(group)).cause()).isInstanceOf(RejectedExecutionException.class);
            // Netty logs it as what ended the loop.
            assertThat(UnseenFailures.take()).hasSize(1);
            assertThat(log.lines("IllegalStateException: a loop with a")).hasSize(1).first().asString()
                    .contains(transport.handlerClass().getSimpleName());
        }
        assertThat(hasMemory(handlers.only())).isFalse();
        assertThat(transport.openDescriptors()).isEqualTo(before);
    }

    @Test
    protected void aGroupThatAVirtualThreadMakesRunsOnPlatformThreads() throws Exception {
        AtomicReference<ChannelFuture> bound = new AtomicReference<>();
        AtomicReference<MultiThreadIoEventLoopGroup> made = new AtomicReference<>();
        Thread.ofVirtual().start(() -> {
            MultiThreadIoEventLoopGroup group = new MultiThreadIoEventLoopGroup(1, transport.newHandlerFactory());
            made.set(group);
            bound.set(bind(group));
        }).join();
        Udp.await(bound.get());
        end(made.get());
    }
}
