// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport;

import dev.ringport.TransportProvider.LoopFit;
import io.netty.channel.DefaultEventLoop;
import io.netty.channel.EventLoop;
import io.netty.channel.IoEventLoop;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.local.LocalIoHandler;
import io.netty.channel.nio.NioIoHandler;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** What is chosen for a loop that is there, of NIO or, by Netty's handler for local channels, of a transport made up. */
class ChannelsOfALoopTest {
    private final FakeTransport uring = FakeTransport.ofDatagrams("uring", 100);
    private final FakeTransport mmsg = FakeTransport.ofDatagrams("mmsg", 90)
            .living(LoopFit.DIRECT, "epoll")
            .living(LoopFit.HANDED_OVER, "nio");
    private final FakeTransport epoll = FakeTransport.ofBoth("epoll", 40, 40).owning(LocalIoHandler.class);
    private final TransportProvider nio = new NioTransport();
    private final IoEventLoop nioLoop = newLoop(NioIoHandler.newFactory());
    private final IoEventLoop otherLoop = newLoop(LocalIoHandler.newFactory());

    private static IoEventLoop newLoop(IoHandlerFactory handlers) {
        return new MultiThreadIoEventLoopGroup(1, handlers).next();
    }

    @AfterEach
    void end() {
        for (EventLoop loop : List.of(nioLoop, otherLoop)) {
            loop.shutdownGracefully(0, 30, TimeUnit.SECONDS).syncUninterruptibly();
        }
    }

    private static ServerTransport on(IoEventLoop loop, @Nullable String forced, TransportProvider... rungs) {
        return new Ladder(new Rungs(List.of(rungs), rungs.length, List.of()), forced).on(loop);
    }

    private static void assertChosen(TransportProvider datagrams, TransportProvider connections,
            ServerTransport chosen) {
        assertSame(datagrams, chosen.datagrams());
        assertSame(connections, chosen.connections());
        assertTrue(chosen.isOnOneLoop());
    }

    @Test
    void theBestDatagramsThatLiveThereAndTheLoopsOwnConnections() {
        assertChosen(mmsg, epoll, on(otherLoop, null, uring, mmsg, epoll, nio));
        assertChosen(mmsg, nio, on(nioLoop, null, uring, mmsg, epoll, nio));
        assertChosen(epoll, epoll, on(otherLoop, null, uring, mmsg.off("refused"), epoll, nio));
        assertChosen(nio, nio, on(nioLoop, null, uring, epoll, nio));
    }

    @Test
    void oneThatFailsToSayWhetherTheLoopIsItsOwnIsPassedBy() {
        assertChosen(mmsg, nio, on(nioLoop, null, FakeTransport.failingOfOthers("broken"), mmsg, nio));
    }

    @Test
    void theForcedDatagramsIfTheyLiveThere() {
        assertChosen(epoll, epoll, on(otherLoop, "epoll", uring, mmsg, epoll, nio));
        assertChosen(mmsg, nio, on(nioLoop, "epoll", uring, mmsg, epoll, nio));
    }

    @Test
    void aLoopWithoutConnectionsIsRefusedWithTheCure() {
        IllegalArgumentException refused = assertThrows(
                IllegalArgumentException.class,
                () -> on(otherLoop, null, uring.owning(LocalIoHandler.class), mmsg, nio));
        assertEquals(
                "a loop of uring has no connections; Transports.bestOnOneLoop() names a transport whose loops have both",
                refused.getMessage());
    }

    @Test
    void aLoopThatNoTransportKnowsIsRefused() {
        IllegalArgumentException refused = assertThrows(IllegalArgumentException.class,
                () -> on(otherLoop, null, uring, mmsg, nio));
        assertTrue(refused.getMessage().startsWith("no transport knows the handler of "), refused.getMessage());
        assertTrue(refused.getMessage().endsWith("; known are uring, mmsg, nio"), refused.getMessage());
        DefaultEventLoop old = new DefaultEventLoop();
        assertThrows(IllegalArgumentException.class, () -> Transports.on(old));
        old.shutdownGracefully(0, 30, TimeUnit.SECONDS).syncUninterruptibly();
    }
}
