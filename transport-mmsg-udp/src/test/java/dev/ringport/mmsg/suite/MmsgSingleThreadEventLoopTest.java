// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.mmsg.suite;

import dev.ringport.mmsg.MmsgDatagramChannel;
import dev.ringport.mmsg.MmsgTransport;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.testsuite.transport.AbstractSingleThreadEventLoopTest;
import io.netty.util.concurrent.Future;
import java.net.InetAddress;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.junit.jupiter.api.Assertions.assertTrue;

class MmsgSingleThreadEventLoopTest extends AbstractSingleThreadEventLoopTest {
    @Override
    protected EventLoopGroup newEventLoopGroup() {
        return new MultiThreadIoEventLoopGroup(1, MmsgTransport.INSTANCE.newHandlerFactory());
    }

    /** Of the transport's own loops, which can move to another thread: how others' groups scale is theirs. */
    @Override
    protected EventLoopGroup newAutoScalingEventLoopGroup() {
        if (MmsgTransport.INSTANCE.host() != MmsgTransport.Host.OWN) {
            return null;
        }
        return new MultiThreadIoEventLoopGroup(SCALING_MAX_THREADS, (Executor) null, AUTO_SCALING_CHOOSER_FACTORY,
                MmsgTransport.INSTANCE.newHandlerFactory());
    }

    @Override
    protected Channel newChannel() {
        return new MmsgDatagramChannel();
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
                .channel(MmsgDatagramChannel.class)
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
