// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport;

import io.netty.channel.EventLoopGroup;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.GlobalEventExecutor;
import io.netty.util.concurrent.Promise;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The event loops of a server that runs on a {@link ServerTransport}: one group for datagrams and connections, or one
 * for each. A group is made when it is first asked for, so a server without connections has no loops for them. Channels that
 * are open when their loop ends are closed.
 *
 * <p>All methods may be called from any thread.
 */
public final class ServerLoops implements AutoCloseable {
    private static final long DEFAULT_QUIET_MILLIS = 2_000;
    private static final long DEFAULT_TIMEOUT_MILLIS = 15_000;

    private enum State {
        OPEN, SHUT_DOWN
    }

    private final ServerTransport transport;
    private final int threads;
    private final Function<TransportProvider, Executor> executors;
    private final Object lock = new Object();
    // What follows, under the lock.
    private State state = State.OPEN;
    private @Nullable EventLoopGroup datagrams;
    private @Nullable EventLoopGroup connections;

    ServerLoops(ServerTransport transport, int threads, Function<TransportProvider, Executor> executors) {
        if (threads < 0) {
            throw new IllegalArgumentException("threads: " + threads + " (at least 0)");
        }
        this.transport = transport;
        this.threads = threads;
        this.executors = executors;
    }

    /** What they are loops of. */
    public ServerTransport transport() {
        return transport;
    }

    /**
     * The group for channels of {@link ServerTransport#datagramChannelClass()}.
     *
     * @throws IllegalStateException if it was never asked for before the shutdown, or its loops cannot be made
     */
    public EventLoopGroup datagrams() {
        if (transport.isOnOneLoop()) {
            return connections();
        }
        synchronized (lock) {
            EventLoopGroup group = datagrams;
            if (group == null) {
                group = newGroup(transport.datagrams());
                datagrams = group;
            }
            return group;
        }
    }

    /**
     * The group for channels of {@link ServerTransport#serverSocketChannelClass()} and
     * {@link ServerTransport#socketChannelClass()}: the same as {@link #datagrams()} where
     * {@link ServerTransport#isOnOneLoop() one serves both}.
     *
     * @throws IllegalStateException if it was never asked for before the shutdown, or its loops cannot be made
     */
    public EventLoopGroup connections() {
        synchronized (lock) {
            EventLoopGroup group = connections;
            if (group == null) {
                group = newGroup(transport.connections());
                connections = group;
            }
            return group;
        }
    }

    private EventLoopGroup newGroup(TransportProvider provider) {
        if (state == State.SHUT_DOWN) {
            throw new IllegalStateException("the loops are shut down");
        }
        return new ClosingLoopGroup(threads, executors.apply(provider), provider.newHandlerFactory());
    }

    /**
     * Ends all loops, as {@link EventLoopGroup#shutdownGracefully()} does: with a quiet period of 2 and a time-out of 15
     * seconds.
     *
     * @return done when all have ended
     */
    public Future<?> shutdownGracefully() {
        return shutdownGracefully(DEFAULT_QUIET_MILLIS, DEFAULT_TIMEOUT_MILLIS, TimeUnit.MILLISECONDS);
    }

    /**
     * Ends all loops, as {@link EventLoopGroup#shutdownGracefully(long, long, TimeUnit)} does.
     *
     * @param quietPeriod how long nothing more must have come before a loop ends
     * @param timeout how long to wait for that at most
     * @return done when all have ended
     */
    public Future<?> shutdownGracefully(long quietPeriod, long timeout, TimeUnit unit) {
        List<Future<?>> endings = shutDown().stream()
                .<Future<?>>map(group -> group.shutdownGracefully(quietPeriod, timeout, unit))
                .toList();
        Promise<@Nullable Void> ended = GlobalEventExecutor.INSTANCE.newPromise();
        completeAfter(endings, ended);
        return ended;
    }

    private List<EventLoopGroup> shutDown() {
        List<EventLoopGroup> groups = new ArrayList<>();
        synchronized (lock) {
            state = State.SHUT_DOWN;
            if (datagrams != null) {
                groups.add(datagrams);
            }
            if (connections != null) {
                groups.add(connections);
            }
        }
        return groups;
    }

    private static void completeAfter(List<Future<?>> endings, Promise<@Nullable Void> ended) {
        if (endings.isEmpty()) {
            ended.setSuccess(null);
            return;
        }
        endings.getFirst().addListener(_ -> completeAfter(endings.subList(1, endings.size()), ended));
    }

    /**
     * Ends all loops, without a quiet period, and waits until they have ended. An interrupt ends the waiting, not the
     * shutdown, and stays set. Called on one of the loops it does not wait.
     */
    @Override
    public void close() {
        Future<?> ended = shutdownGracefully(0, DEFAULT_TIMEOUT_MILLIS, TimeUnit.MILLISECONDS);
        for (EventLoopGroup group : shutDown()) {
            for (EventExecutor loop : group) {
                if (loop.inEventLoop()) {
                    return;
                }
            }
        }
        try {
            ended.await();
        } catch (InterruptedException hurry) {
            Thread.currentThread().interrupt();
        }
    }
}
