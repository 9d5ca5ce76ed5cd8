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
import java.net.InetAddress;

/** Netty's test of an event loop for a transport that has no channels but datagram channels. */
public abstract class DatagramEventLoopContract extends EventLoopContract {
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

    @Override
    protected void bindChannel(EventLoopGroup group) throws InterruptedException {
        new Bootstrap()
                .group(group)
                .channel(transport.channelClass())
                .handler(new ChannelInboundHandlerAdapter())
                .bind(InetAddress.getLoopbackAddress(), 0)
                .sync();
    }
}
