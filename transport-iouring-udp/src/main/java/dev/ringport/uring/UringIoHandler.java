// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.uring;

import dev.ringport.loop.LoopTasks;
import dev.ringport.uring.loop.UringLoop;
import io.netty.channel.IoHandle;
import io.netty.channel.IoHandler;
import io.netty.channel.IoHandlerContext;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.IoRegistration;
import io.netty.util.concurrent.SingleThreadEventExecutor;
import io.netty.util.concurrent.ThreadAwareExecutor;
import io.netty.util.internal.logging.InternalLogger;
import io.netty.util.internal.logging.InternalLoggerFactory;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * An {@link IoHandler} over one io_uring. A loop with it serves {@link UringDatagramChannel}s and whatever else
 * implements {@link UringIoHandle}.
 *
 * <p>In each turn it takes the completions at hand, lets the pipelines read, and then submits everything that they wrote
 * with one system call. Everything but {@link #wakeup()} and {@link #isCompatible} runs on the loop's thread.
 */
public final class UringIoHandler implements IoHandler {
    private static final InternalLogger LOGGER = InternalLoggerFactory.getInstance(UringIoHandler.class);

    private final ThreadAwareExecutor executor;
    private final UringLoop loop;
    private final UringCounters counters;
    private final Set<UringRegistration> registrations = new HashSet<>();
    private @Nullable Throwable startFailure;
    private boolean shuttingDown;
    private volatile boolean destroyed;

    private UringIoHandler(ThreadAwareExecutor executor, UringIoHandlerConfig config) {
        Uring.ensureAvailability();
        this.executor = executor;
        loop = new UringLoop(executor, config.sizes());
        counters = new UringCounters(loop.counters());
    }

    /** A factory of handlers with default sizes. */
    public static IoHandlerFactory newFactory() {
        return newFactory(new UringIoHandlerConfig());
    }

    /**
     * A factory of handlers.
     *
     * @param config copied now: later changes have no effect
     * @throws UnsupportedOperationException when a handler is made and {@link Uring#isAvailable()} is false
     */
    public static IoHandlerFactory newFactory(UringIoHandlerConfig config) {
        UringIoHandlerConfig copy = config.copy();
        return executor -> new UringIoHandler(executor, copy);
    }

    /**
     * Starts the loop.
     *
     * @throws IllegalStateException if the loop's thread is virtual, or the kernel refuses to enable the ring. The loop
     *     then ends, and registrations that wait for it fail with the same message
     */
    @Override
    public void initialize() {
        try {
            loop.start();
        } catch (IllegalStateException failed) {
            startFailure = failed;
            throw failed;
        }
        if (executor instanceof SingleThreadEventExecutor threads) {
            // A loop that ends without a quiet period may not call it while it still takes tasks.
            threads.addShutdownHook(this::prepareToDestroy);
        }
        for (UringRegistration registration : List.copyOf(registrations)) {
            registration.loopStarted();
        }
    }

    @Override
    public int run(IoHandlerContext context) {
        return loop.run(context);
    }

    void onLoop(Runnable task) {
        if (!destroyed || executor.isExecutorThread(Thread.currentThread())) {
            LoopTasks.run(executor, task);
        }
    }

    UringLoop loop() {
        return loop;
    }

    /** What this loop has counted. */
    UringCounters counters() {
        return counters;
    }

    @Override
    public IoRegistration register(IoHandle handle) {
        if (!(handle instanceof UringIoHandle uringHandle)) {
            throw new IllegalArgumentException("a UringIoHandler takes UringIoHandles, not " + handle);
        }
        if (startFailure != null) {
            throw new IllegalStateException(startFailure.getMessage(), startFailure);
        }
        if (shuttingDown) {
            throw new IllegalStateException("the event loop is shutting down");
        }
        UringRegistration registration = new UringRegistration(this, uringHandle);
        uringHandle.registered();
        registrations.add(registration);
        return registration;
    }

    boolean forget(UringRegistration registration) {
        return registrations.remove(registration);
    }

    @Override
    public void wakeup() {
        if (!executor.isExecutorThread(Thread.currentThread())) {
            loop.wakeUp();
        }
    }

    @Override
    public boolean isCompatible(Class<? extends IoHandle> handleType) {
        return UringIoHandle.class.isAssignableFrom(handleType);
    }

    @Override
    public void prepareToDestroy() {
        shuttingDown = true;
        for (UringRegistration registration : List.copyOf(registrations)) {
            try {
                registration.handle().close();
            } catch (Exception e) {
                LOGGER.warn("closing {} failed", registration.handle(), e);
            }
        }
        loop.endWhatIsCancelled();
    }

    @Override
    public void destroy() {
        if (destroyed) {
            return;
        }
        prepareToDestroy();
        loop.drain(() -> List.copyOf(registrations).forEach(UringRegistration::cancelOperations));
        for (UringRegistration registration : List.copyOf(registrations)) {
            if (registration.handle() instanceof UringDatagramChannel.UringUnsafe unsafe) {
                unsafe.closeWithoutWaiting();
            }
        }
        destroyed = true;
        loop.close();
    }
}
