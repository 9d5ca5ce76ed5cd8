// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.testkit;

import dev.ringport.datagram.CompletionDatagramChannel;
import dev.ringport.testkit.datagram.DatagramTransport;
import io.netty.channel.ChannelHandler;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoHandler;
import io.netty.channel.IoHandlerFactory;
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

/**
 * A loop that the test's own thread drives, so that what happens between two turns is the test's to decide.
 *
 * @param <C> the transport's channel
 * @param <H> the transport's handler
 */
public class ManualLoop<C extends CompletionDatagramChannel, H extends IoHandler> implements AutoCloseable {
    private static final long STEP_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

    private final DatagramTransport<C, H> transport;
    private final MadeHandlers<H> handlers;
    private final ManualIoEventLoop loop;

    /** A loop with a handler of default sizes. */
    public ManualLoop(DatagramTransport<C, H> transport) {
        this(transport, transport.newHandlerFactory(), Ticker.systemTicker());
    }

    public ManualLoop(DatagramTransport<C, H> transport, IoHandlerFactory factory, Ticker ticker) {
        this.transport = transport;
        handlers = new MadeHandlers<>(transport.handlerClass(), factory);
        loop = new ManualIoEventLoop(null, Thread.currentThread(), handlers, ticker);
    }

    public ManualIoEventLoop loop() {
        return loop;
    }

    public H handler() {
        return handlers.only();
    }

    /** Runs the loop until the condition holds. */
    public void until(String what, BooleanSupplier condition) {
        long start = System.nanoTime();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - start > Waiting.LIMIT_NANOS) {
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
    public C register(ChannelHandler handler) {
        C channel = transport.newChannel(SocketProtocolFamily.INET);
        channel.pipeline().addLast(handler);
        EventLoopGroup group = loop;
        succeed(group.register(channel));
        return channel;
    }

    /** A channel on a port of its own of the loopback address. */
    public C bind(ChannelHandler handler) {
        turns(1);
        C channel = register(handler);
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
