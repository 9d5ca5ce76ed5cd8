// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.uring.testing;

import dev.ringport.Transports;
import dev.ringport.uring.Uring;
import dev.ringport.uring.UringDatagramChannel;
import dev.ringport.uring.UringIoHandler;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.socket.DatagramPacket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** Makes loops, as many as asked for or as the system lets it, and prints what each gets until it is refused. */
public final class MakeLoops {
    private MakeLoops() {}

    private static final class Arrival extends SimpleChannelInboundHandler<DatagramPacket> {
        private final CompletableFuture<Integer> bytes;

        Arrival(CompletableFuture<Integer> bytes) {
            this.bytes = bytes;
        }

        @Override
        protected void channelRead0(ChannelHandlerContext ctx, DatagramPacket packet) {
            bytes.complete(packet.content().readableBytes());
        }
    }

    public static void main(String[] args) throws Exception {
        System.out.println("best: " + Transports.best().datagrams().name());
        System.out.println("cause: " + Uring.unavailabilityCause());
        int made = 0;
        try {
            for (; made < Integer.parseInt(args[0]); made++) {
                EventLoopGroup group = new MultiThreadIoEventLoopGroup(1, UringIoHandler.newFactory());
                CompletableFuture<Integer> bytes = new CompletableFuture<>();
                Channel channel = new Bootstrap().group(group)
                        .channel(UringDatagramChannel.class)
                        .handler(new Arrival(bytes))
                        .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                        .sync()
                        .channel();
                channel.writeAndFlush(new DatagramPacket(
                        Unpooled.directBuffer().writeInt(1), (InetSocketAddress) channel.localAddress())).sync();
                System.out.println("arrived: " + bytes.get(30, TimeUnit.SECONDS));
            }
        } catch (IllegalStateException | UnsupportedOperationException refused) {
            for (Throwable cause = refused; cause != null; cause = cause.getCause()) {
                System.out.println("refused: " + cause);
            }
        }
        System.out.println("loops: " + made);
        System.out.println("capabilities: " + Uring.capabilities());
        System.out.flush();
        Runtime.getRuntime().halt(0);
    }
}
