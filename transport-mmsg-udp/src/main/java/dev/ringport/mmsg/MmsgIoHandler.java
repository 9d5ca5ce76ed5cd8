// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.mmsg;

import dev.ringport.loop.LoopTasks;
import dev.ringport.mmsg.hosts.OwnLoop;
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

/**
 * An {@link IoHandler} over one epoll. A loop with it serves {@link MmsgDatagramChannel}s and whatever else implements
 * {@link MmsgIoHandle}.
 *
 * <p>In each turn it lets the pipelines of all ready channels read, many datagrams a system call, and then sends
 * everything that they wrote. Everything but {@link #wakeup()} and {@link #isCompatible} runs on the loop's thread.
 */
public final class MmsgIoHandler implements IoHandler {
    private static final InternalLogger LOGGER = InternalLoggerFactory.getInstance(MmsgIoHandler.class);

    private final ThreadAwareExecutor executor;
    private final OwnLoop loop;
    private final MmsgCounters counters;
    private final Set<MmsgRegistration> registrations = new HashSet<>();
    private boolean shuttingDown;
    private volatile boolean destroyed;

    private MmsgIoHandler(ThreadAwareExecutor executor, MmsgIoHandlerConfig config) {
        Mmsg.ensureAvailability();
        this.executor = executor;
        loop = new OwnLoop(executor, config.receiveSlots());
        counters = new MmsgCounters(loop.engine().counters());
    }

    /** A factory of handlers with default sizes. */
    public static IoHandlerFactory newFactory() {
        return newFactory(new MmsgIoHandlerConfig());
    }

    /**
     * A factory of handlers.
     *
     * @param config copied now: later changes have no effect
     * @throws UnsupportedOperationException when a handler is made and {@link Mmsg#isAvailable()} is false
     */
    public static IoHandlerFactory newFactory(MmsgIoHandlerConfig config) {
        MmsgIoHandlerConfig copy = config.copy();
        return new IoHandlerFactory() {
            @Override
            public IoHandler newHandler(ThreadAwareExecutor executor) {
                return new MmsgIoHandler(executor, copy);
            }

            @Override
            public boolean isChangingThreadSupported() {
                return true;
            }
        };
    }

    @Override
    public void initialize() {
        if (executor instanceof SingleThreadEventExecutor threads) {
            // A loop that ends without a quiet period may not call it while it still takes tasks.
            threads.addShutdownHook(this::prepareToDestroy);
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

    OwnLoop loop() {
        return loop;
    }

    /** What goes on for handles: their wishes, and waits for room in a socket. */
    int operationsInFlight() {
        return registrations.stream().mapToInt(MmsgRegistration::inFlight).sum();
    }

    /** What this loop has counted. */
    MmsgCounters counters() {
        return counters;
    }

    @Override
    public IoRegistration register(IoHandle handle) {
        if (!(handle instanceof MmsgIoHandle ours)) {
            throw new IllegalArgumentException("a MmsgIoHandler takes MmsgIoHandles, not " + handle);
        }
        if (shuttingDown) {
            throw new IllegalStateException("the event loop is shutting down");
        }
        MmsgRegistration registration = new MmsgRegistration(this, ours);
        ours.registered();
        registrations.add(registration);
        return registration;
    }

    boolean forget(MmsgRegistration registration) {
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
        return MmsgIoHandle.class.isAssignableFrom(handleType);
    }

    @Override
    public void prepareToDestroy() {
        shuttingDown = true;
        for (MmsgRegistration registration : List.copyOf(registrations)) {
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
        loop.drain(() -> List.copyOf(registrations).forEach(MmsgRegistration::cancelOperations));
        for (MmsgRegistration registration : List.copyOf(registrations)) {
            if (registration.handle() instanceof MmsgDatagramChannel.MmsgUnsafe unsafe) {
                unsafe.closeWithoutWaiting();
            }
        }
        destroyed = true;
        loop.close();
    }
}
