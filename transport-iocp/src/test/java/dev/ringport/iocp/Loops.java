// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.iocp;

import io.netty.channel.EventLoop;
import io.netty.channel.IoEventLoop;
import io.netty.channel.IoEventLoopGroup;
import io.netty.channel.IoHandler;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SingleThreadIoEventLoop;
import io.netty.util.concurrent.Ticker;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

import static org.assertj.core.api.Assertions.assertThat;

/** Event loops of a test, with their handlers, which it can look into when they have ended. */
final class Loops implements AutoCloseable {
    private final List<IocpIoHandler> handlers = Collections.synchronizedList(new ArrayList<>());
    private final IoEventLoopGroup group;

    Loops(int threads) {
        this(threads, new IocpIoHandlerConfig());
    }

    Loops(int threads, IocpIoHandlerConfig config) {
        this(threads, config, Ticker.systemTicker());
    }

    /** Whose timers go by a clock of the test's. */
    Loops(int threads, IocpIoHandlerConfig config, Ticker ticker) {
        IoHandlerFactory factory = IocpIoHandler.newFactory(config);
        group = new MultiThreadIoEventLoopGroup(threads, executor -> {
            IoHandler handler = factory.newHandler(executor);
            handlers.add((IocpIoHandler) handler);
            return handler;
        }) {
            @Override
            protected IoEventLoop newChild(Executor executor, IoHandlerFactory handlerFactory, Object... none) {
                return new SingleThreadIoEventLoop(this, executor, handlerFactory) {
                    @Override
                    public Ticker ticker() {
                        return ticker;
                    }
                };
            }
        };
    }

    IoEventLoopGroup group() {
        return group;
    }

    EventLoop next() {
        return group.next();
    }

    List<IocpIoHandler> handlers() {
        return handlers;
    }

    /** Operations in flight and slots taken, over all loops, as the loops see them. */
    int operations() throws Exception {
        int[] sum = new int[1];
        int i = 0;
        for (var loop : group) {
            IocpIoHandler handler = handlers.get(i++);
            sum[0] += loop.submit(() -> handler.loop().operations().size()).get(30, TimeUnit.SECONDS);
        }
        return sum[0];
    }

    /** A channel gives its slots back right after its close future. */
    void awaitNoOperations() throws Exception {
        while (operations() > 0) {
            Thread.sleep(1);
        }
    }

    @Override
    public void close() {
        assertThat(group.shutdownGracefully(0, 30, TimeUnit.SECONDS).awaitUninterruptibly(60, TimeUnit.SECONDS))
                .isTrue();
        for (IocpIoHandler handler : handlers) {
            assertThat(handler.loop().operations().inFlight()).as("operations in flight at the end").isZero();
        }
    }
}
