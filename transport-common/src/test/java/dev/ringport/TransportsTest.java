// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport;

import io.netty.channel.socket.nio.NioDatagramChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import java.util.List;
import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

/** The ladder where this module is alone. */
class TransportsTest {
    @Test
    void nioIsTheLastRungAndAlwaysThere() {
        List<TransportProvider> all = Transports.all();
        TransportProvider last = all.get(all.size() - 1);
        assertEquals("nio", last.name());
        assertNull(last.unavailabilityCause());
        assertEquals(NioDatagramChannel.class, last.datagramChannelClass());
        assertEquals(NioSocketChannel.class, last.socketChannelClass());
        assertEquals(NioServerSocketChannel.class, last.serverSocketChannelClass());
        assertNotNull(last.newHandlerFactory());
        assertEquals(0, last.rank());
    }

    @Test
    void withoutAnyOtherNioIsTheBestAndTheReportSaysSo() {
        assertEquals("nio", Transports.best().name());
        assertEquals("nio", Transports.bestForTcp().name());
        assertEquals("nio: on", Transports.report());
    }
}
