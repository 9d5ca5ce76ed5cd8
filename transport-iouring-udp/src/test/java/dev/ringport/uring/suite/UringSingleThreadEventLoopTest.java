// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.uring.suite;

import dev.ringport.uring.UringDatagramChannel;
import dev.ringport.uring.UringIoHandler;
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
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.junit.jupiter.api.Assertions.assertTrue;

class UringSingleThreadEventLoopTest extends AbstractSingleThreadEventLoopTest {
    @Override
    protected EventLoopGroup newEventLoopGroup() {
        return new MultiThreadIoEventLoopGroup(1, UringIoHandler.newFactory());
    }

    /** A ring has one thread for life, so loops do not scale. */
    @Override
    protected EventLoopGroup newAutoScalingEventLoopGroup() {
        return null;
    }

    @Override
    protected Channel newChannel() {
        return new UringDatagramChannel();
    }

    @Override
    protected Class<? extends ServerChannel> serverChannelClass() {
        throw new UnsupportedOperationException("the transport serves UDP");
    }

    /** As Netty's own, with a datagram channel in place of a server channel. */
    @Test
    @Override
    @Timeout(value = 5000, unit = TimeUnit.MILLISECONDS)
    public void testShutdownGracefullyNoQuietPeriod() throws Exception {
        EventLoopGroup loop = newEventLoopGroup();
        new Bootstrap()
                .group(loop)
                .channel(UringDatagramChannel.class)
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
