// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.uring.testing;

import dev.ringport.uring.UringDatagramChannel;
import dev.ringport.uring.UringIoHandler;
import dev.ringport.uring.UringIoHandlerConfig;
import io.netty.channel.ChannelHandler;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.ManualIoEventLoop;
import io.netty.channel.socket.SocketProtocolFamily;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.MockTicker;
import io.netty.util.concurrent.Ticker;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

/** A loop that the test's own thread drives, so that what happens between two turns is the test's to decide. */
public final class LifecycleManualLoop implements AutoCloseable {
    private static final long STEP_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

    private final LifecycleHandlers handlers;
    private final ManualIoEventLoop loop;

    public LifecycleManualLoop() {
        this(new UringIoHandlerConfig());
    }

    public LifecycleManualLoop(UringIoHandlerConfig config) {
        this(config, Ticker.systemTicker());
    }

    public LifecycleManualLoop(UringIoHandlerConfig config, Ticker ticker) {
        handlers = new LifecycleHandlers(config);
        loop = new ManualIoEventLoop(null, Thread.currentThread(), handlers, ticker);
    }

    public ManualIoEventLoop loop() {
        return loop;
    }

    public UringIoHandler handler() {
        return handlers.only();
    }

    /** Runs the loop until the condition holds. */
    public void until(String what, BooleanSupplier condition) {
        long start = System.nanoTime();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - start > LifecycleWait.LIMIT_NANOS) {
                fail("ran the loop in vain: " + what);
            }
            loop.run(STEP_NANOS);
        }
    }

    /** Runs the loop until the future is done, and demands its success. */
    public void succeed(Future<?> future) {
        until("the future is done", future::isDone);
        assertThat(future.cause()).isNull();
    }

    /** Runs a number of turns that do not block. */
    public void turns(int count) {
        for (int i = 0; i < count; i++) {
            int _ = loop.runNow();
        }
    }

    /** A registered channel that is not bound. */
    public UringDatagramChannel register(ChannelHandler handler) {
        UringDatagramChannel channel = new UringDatagramChannel(SocketProtocolFamily.INET);
        channel.pipeline().addLast(handler);
        EventLoopGroup group = loop;
        succeed(group.register(channel));
        return channel;
    }

    /** A channel on a port of its own of the loopback address. */
    public UringDatagramChannel bind(ChannelHandler handler) {
        turns(1);
        UringDatagramChannel channel = register(handler);
        succeed(channel.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0)));
        return channel;
    }

    /** Ends the loop without a quiet period. */
    @Override
    public void close() {
        if (!loop.isTerminated()) {
            Future<?> _ = loop.shutdownGracefully(0, 0, TimeUnit.SECONDS);
            until("the loop has ended", () -> {
                if (loop.ticker() instanceof MockTicker mock) {
                    mock.advance(1, TimeUnit.MILLISECONDS);
                }
                return loop.isTerminated();
            });
        }
    }
}
