// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.iocp;

import dev.ringport.iocp.loop.CompletionLoop;
import dev.ringport.iocp.loop.LoopHandle;
import io.netty.channel.IoHandle;
import io.netty.channel.IoHandler;
import io.netty.channel.IoHandlerContext;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.IoRegistration;
import io.netty.util.concurrent.ThreadAwareExecutor;

/**
 * An {@link IoHandler} over one completion port. A loop with it serves {@link IocpDatagramChannel}s,
 * {@link IocpSocketChannel}s and {@link IocpServerSocketChannel}s.
 *
 * <p>In each turn it takes the completion packets at hand with one call and hands each to its operation. Everything but
 * {@link #wakeup()} and {@link #isCompatible} runs on the loop's thread.
 */
public final class IocpIoHandler implements IoHandler {
    private final ThreadAwareExecutor executor;
    private final CompletionLoop loop;

    private IocpIoHandler(ThreadAwareExecutor executor, IocpIoHandlerConfig config) {
        Iocp.ensureAvailability();
        this.executor = executor;
        loop = new CompletionLoop(executor, config.calls(), config.memory(), config.dequeueBatch(),
                config.shutdownTimeoutMillis());
    }

    /** A factory of handlers with default sizes. */
    public static IoHandlerFactory newFactory() {
        return newFactory(new IocpIoHandlerConfig());
    }

    /**
     * A factory of handlers.
     *
     * @param config copied now: later changes have no effect
     * @throws UnsupportedOperationException when a handler is made and {@link Iocp#isAvailable()} is false
     */
    public static IoHandlerFactory newFactory(IocpIoHandlerConfig config) {
        IocpIoHandlerConfig copy = config.copy();
        return executor -> new IocpIoHandler(executor, copy);
    }

    /**
     * Starts the loop.
     *
     * @throws IllegalStateException if the loop's thread is virtual. The loop then ends, and registrations that wait for it
     *     fail with the same message
     */
    @Override
    public void initialize() {
        loop.start();
    }

    @Override
    public int run(IoHandlerContext context) {
        return loop.run(context);
    }

    /** The loop behind, for tests. */
    CompletionLoop loop() {
        return loop;
    }

    @Override
    public IoRegistration register(IoHandle handle) {
        if (!isCompatible(handle.getClass())) {
            throw new IllegalArgumentException("an IocpIoHandler takes IocpIoHandles, not " + handle);
        }
        return loop.register(handle);
    }

    @Override
    public void wakeup() {
        if (!executor.isExecutorThread(Thread.currentThread())) {
            loop.wakeUp();
        }
    }

    @Override
    public boolean isCompatible(Class<? extends IoHandle> handleType) {
        return IocpIoHandle.class.isAssignableFrom(handleType) || LoopHandle.class.isAssignableFrom(handleType);
    }

    @Override
    public void prepareToDestroy() {
        loop.prepareToDestroy();
    }

    @Override
    public void destroy() {
        loop.destroy();
    }
}
