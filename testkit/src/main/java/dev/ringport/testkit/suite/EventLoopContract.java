// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.testkit.suite;

import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.testsuite.transport.AbstractSingleThreadEventLoopTest;
import io.netty.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * Netty's test of an event loop, with other times. Netty has a loop end in 200 to 600 ms where it need not wait for its
 * time-out of seconds: a busy machine may take longer to start a thread and to load a class. Here the time-out is an hour,
 * and a loop that does not wait for it has half a minute.
 */
@SuppressWarnings("JUnitMethodInvoked") // Netty's own, with another limit
public abstract class EventLoopContract extends AbstractSingleThreadEventLoopTest {
    private static final long PATIENCE_SECONDS = 30;
    private static final long QUIET_MILLIS = 200;
    private static final long NEVER_MILLIS = TimeUnit.HOURS.toMillis(1);

    protected EventLoopContract() {}

    /** Binds a channel, which stays open. */
    protected abstract void bindChannel(EventLoopGroup group) throws InterruptedException;

    private static void assertEnds(EventLoopGroup group) throws InterruptedException {
        assertTrue(group.awaitTermination(PATIENCE_SECONDS, TimeUnit.SECONDS), "it has ended");
    }

    private static void assertEnds(EventLoopGroup group, long quietMillis) throws InterruptedException {
        Future<?> end = group.shutdownGracefully(quietMillis, NEVER_MILLIS, TimeUnit.MILLISECONDS);
        assertTrue(end.await(PATIENCE_SECONDS, TimeUnit.SECONDS), "the end is told");
        assertTrue(end.isSuccess());
        assertEnds(group);
        assertTrue(group.isShutdown());
        assertTrue(group.isTerminated());
    }

    /** Netty's limits of seconds are not for what the first loop of a JVM loads: that was seen to take them up. */
    @Test
    @Timeout(value = 1, unit = TimeUnit.MINUTES)
    @Override
    public void testChannelsRegistered() throws Exception {
        EventLoopGroup first = newEventLoopGroup();
        first.register(newChannel()).sync();
        assertEnds(first, 0);
        super.testChannelsRegistered();
    }

    @Test
    @Override
    @SuppressWarnings("deprecation") // of the method
    public void shutdownBeforeStart() throws Exception {
        EventLoopGroup group = newEventLoopGroup();
        assertFalse(group.awaitTermination(2, TimeUnit.MILLISECONDS));
        group.shutdown();
        assertEnds(group);
    }

    @Test
    @Override
    public void shutdownGracefullyZeroQuietBeforeStart() throws Exception {
        assertEnds(newEventLoopGroup(), 0);
    }

    @Test
    @Override
    public void testShutdownGracefullyNoQuietPeriod() throws Exception {
        EventLoopGroup group = newEventLoopGroup();
        bindChannel(group);
        assertEnds(group, 0);
    }

    @Test
    @Override
    public void shutdownGracefullyBeforeStart() throws Exception {
        assertEnds(newEventLoopGroup(), QUIET_MILLIS);
    }

    @Test
    @Override
    public void gracefulShutdownAfterStart() throws Exception {
        EventLoop loop = newEventLoopGroup().next();
        loop.submit(() -> {}).sync();
        assertEnds(loop, QUIET_MILLIS);
        assertThrows(RejectedExecutionException.class, () -> loop.execute(() -> {}));
    }
}
