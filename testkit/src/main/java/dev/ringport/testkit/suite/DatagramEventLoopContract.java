// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.testkit.suite;

import dev.ringport.testkit.datagram.DatagramTransport;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.testsuite.transport.AbstractSingleThreadEventLoopTest;
import io.netty.util.concurrent.Future;
import java.net.InetAddress;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

import static org.junit.jupiter.api.Assertions.assertTrue;

/** Netty's test of an event loop for a transport that has no channels but datagram channels. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@ExtendWith(WithinLimits.class)
public abstract class DatagramEventLoopContract extends AbstractSingleThreadEventLoopTest {
    private final DatagramTransport<?, ?> transport;

    protected DatagramEventLoopContract(DatagramTransport<?, ?> transport) {
        this.transport = transport;
    }

    @Override
    protected EventLoopGroup newEventLoopGroup() {
        return new MultiThreadIoEventLoopGroup(1, transport.newHandlerFactory());
    }

    @Override
    protected Channel newChannel() {
        return transport.newChannel();
    }

    @Override
    protected Class<? extends ServerChannel> serverChannelClass() {
        throw new UnsupportedOperationException("the transport serves UDP");
    }

    @BeforeAll
    protected void endFirstLoop() throws InterruptedException {
        FirstLoop.end(newEventLoopGroup(), newChannel());
    }

    /** As Netty's own, with a datagram channel in place of a server channel. */
    @Test
    @Override
    @Timeout(value = 5000, unit = TimeUnit.MILLISECONDS)
    public void testShutdownGracefullyNoQuietPeriod() throws Exception {
        EventLoopGroup loop = newEventLoopGroup();
        new Bootstrap()
                .group(loop)
                .channel(transport.channelClass())
                .handler(new ChannelInboundHandlerAdapter())
                .bind(InetAddress.getLoopbackAddress(), 0)
                .sync();
        Future<?> shutdown = loop.shutdownGracefully(0, 1, TimeUnit.MINUTES);
        assertTrue(loop.awaitTermination(600, TimeUnit.MILLISECONDS));
        assertTrue(shutdown.syncUninterruptibly().isSuccess());
        assertTrue(loop.isShutdown());
        assertTrue(loop.isTerminated());
    }
}
