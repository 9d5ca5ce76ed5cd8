// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport;

import io.netty.channel.socket.nio.NioDatagramChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** The ladder where this module is alone. */
class TransportsTest {
    @Test
    void nioIsTheLastRungAndAlwaysThere() {
        TransportProvider last = Transports.all().getLast();
        assertEquals("nio", last.name());
        assertSame(last, Transports.named("nio").orElseThrow());
        assertNull(last.unavailabilityCause());
        assertEquals(NioDatagramChannel.class, last.datagramChannelClass());
        assertEquals(NioSocketChannel.class, last.socketChannelClass());
        assertEquals(NioServerSocketChannel.class, last.serverSocketChannelClass());
        assertNotNull(last.newHandlerFactory());
        assertEquals(0, last.rank());
        assertEquals(0, last.connectionRank());
    }

    @Test
    void withoutAnyOtherNioIsTheBestAndTheReportSaysSo() {
        ServerTransport best = Transports.best();
        assertSame(best, Transports.best());
        assertEquals("datagrams: nio, connections: nio, one group", best.toString());
        assertEquals("datagrams: nio, connections: nio, one group", Transports.bestOnOneLoop().toString());
        String report = Transports.report();
        assertTrue(report.startsWith("best: " + best + "\nbest on one loop: " + best + "\n"), report);
        assertTrue(report.lines().toList().contains("nio: on"), report);
        assertTrue(report.contains("no transport of Ringport's is on the class path"), report);
    }
}
