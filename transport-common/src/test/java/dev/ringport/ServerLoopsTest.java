// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport;

import dev.ringport.ServerTransport.Loops;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.ThreadPerTaskExecutor;
import java.net.InetAddress;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** The groups of a server, and their end. */
@Timeout(60)
class ServerLoopsTest {
    private final ServerTransport shared = new ServerTransport(
            new NioTransport(), new NioTransport(), Loops.SHARED);
    private final ServerTransport separate = new ServerTransport(
            FakeTransport.ofDatagrams("fake", 1), new NioTransport(), Loops.SEPARATE);

    private static String threadOf(EventLoopGroup group) throws Exception {
        return group.submit(() -> Thread.currentThread().getName()).get(30, TimeUnit.SECONDS);
    }

    @Test
    void oneGroupServesBoth() throws Exception {
        try (ServerLoops loops = shared.newLoops(1)) {
            assertSame(shared, loops.transport());
            assertSame(loops.datagrams(), loops.connections());
            assertTrue(threadOf(loops.datagrams()).startsWith("ringport-nio-"), threadOf(loops.datagrams()));
        }
    }

    @Test
    void orEachHasItsOwn() throws Exception {
        try (ServerLoops loops = separate.newLoops(1)) {
            assertNotSame(loops.datagrams(), loops.connections());
            assertSame(loops.datagrams(), loops.datagrams());
            assertSame(loops.connections(), loops.connections());
            assertTrue(threadOf(loops.datagrams()).startsWith("ringport-fake-"), threadOf(loops.datagrams()));
            assertTrue(threadOf(loops.connections()).startsWith("ringport-nio-"), threadOf(loops.connections()));
        }
    }

    @Test
    void theThreadsAreTheCallers() throws Exception {
        DefaultThreadFactory threads = new DefaultThreadFactory("mine", true);
        try (ServerLoops loops = separate.newLoops(1, threads);
                ServerLoops others = separate.newLoopsOn(1, new ThreadPerTaskExecutor(threads))) {
            for (ServerLoops each : new ServerLoops[]{loops, others}) {
                assertTrue(threadOf(each.datagrams()).startsWith("mine-"), threadOf(each.datagrams()));
                assertTrue(threadOf(each.connections()).startsWith("mine-"), threadOf(each.connections()));
            }
        }
    }

    @Test
    void theNumberOfThreadsIsThatOfEachGroup() {
        try (ServerLoops loops = separate.newLoops(3)) {
            assertEquals(3, count(loops.datagrams()));
            assertEquals(3, count(loops.connections()));
        }
        assertThrows(IllegalArgumentException.class, () -> shared.newLoops(-1));
    }

    private static int count(EventLoopGroup group) {
        int count = 0;
        for (Object _ : group) {
            count++;
        }
        return count;
    }

    @Test
    void oneShutdownEndsBoth() throws Exception {
        ServerLoops loops = separate.newLoops(1);
        EventLoopGroup datagrams = loops.datagrams();
        EventLoopGroup connections = loops.connections();
        threadOf(datagrams);
        Future<?> ended = loops.shutdownGracefully(0, 30, TimeUnit.SECONDS);
        ended.sync();
        assertTrue(datagrams.isTerminated());
        assertTrue(connections.isTerminated());
        assertSame(datagrams, loops.datagrams());
        assertTrue(loops.shutdownGracefully().sync().isSuccess());
    }

    @Test
    void noGroupIsMadeOnceShutDown() throws Exception {
        ServerLoops loops = separate.newLoops(1);
        loops.shutdownGracefully().sync();
        assertThrows(IllegalStateException.class, loops::datagrams);
        assertThrows(IllegalStateException.class, loops::connections);
    }

    @Test
    void channelsAreClosedAlsoIfTheEndComesWhileTheirLoopRunsATask() throws Exception {
        ServerLoops loops = shared.newLoops(1);
        Channel server = new ServerBootstrap().group(loops.connections())
                .channel(shared.serverSocketChannelClass())
                .childHandler(new ChannelInboundHandlerAdapter())
                .bind(InetAddress.getLoopbackAddress(), 0).sync().channel();
        EventLoop loop = server.eventLoop();
        CountDownLatch runs = new CountDownLatch(1);
        loop.execute(() -> {
            runs.countDown();
            while (!loop.isShuttingDown()) {
                Thread.onSpinWait();
            }
        });
        assertTrue(runs.await(30, TimeUnit.SECONDS));
        loops.close();
        assertFalse(server.isOpen());
        assertTrue(server.closeFuture().isDone());
    }

    @Test
    void aCloseOnALoopDoesNotWaitForIt() throws Exception {
        ServerLoops loops = separate.newLoops(1);
        EventLoopGroup datagrams = loops.datagrams();
        EventLoopGroup connections = loops.connections();
        datagrams.submit(loops::close).get(30, TimeUnit.SECONDS);
        assertTrue(datagrams.terminationFuture().await(30, TimeUnit.SECONDS));
        assertTrue(connections.terminationFuture().await(30, TimeUnit.SECONDS));
    }

    @Test
    void anInterruptEndsTheWaitingAndStaysSet() {
        ServerLoops loops = separate.newLoops(1);
        EventLoopGroup datagrams = loops.datagrams();
        Thread.currentThread().interrupt();
        loops.close();
        assertTrue(Thread.interrupted());
        assertTrue(datagrams.terminationFuture().awaitUninterruptibly(30, TimeUnit.SECONDS));
        assertFalse(Thread.interrupted());
    }
}
