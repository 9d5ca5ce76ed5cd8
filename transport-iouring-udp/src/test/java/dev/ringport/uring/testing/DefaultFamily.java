// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.uring.testing;

import dev.ringport.uring.UringDatagramChannel;
import dev.ringport.uring.UringIoHandler;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import java.net.InetSocketAddress;
import java.nio.channels.DatagramChannel;
import java.util.concurrent.TimeUnit;

/** Prints the family of the JDK's default datagram socket and of this transport's. */
public final class DefaultFamily {
    private DefaultFamily() {}

    private static String family(Object bound) {
        return ((InetSocketAddress) bound).getAddress().getClass().getSimpleName();
    }

    public static void main(String[] args) throws Exception {
        try (DatagramChannel jdk = DatagramChannel.open()) {
            System.out.println("jdk: " + family(jdk.bind(new InetSocketAddress(0)).getLocalAddress()));
        }
        EventLoopGroup group = new MultiThreadIoEventLoopGroup(1, UringIoHandler.newFactory());
        System.out.println("uring: " + family(new Bootstrap().group(group)
                .channel(UringDatagramChannel.class)
                .handler(new ChannelInboundHandlerAdapter())
                .bind(0)
                .sync()
                .channel()
                .localAddress()));
        group.shutdownGracefully(0, 10, TimeUnit.SECONDS).sync();
    }
}
