// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package consumer;

import dev.ringport.ServerLoops;
import dev.ringport.ServerTransport;
import dev.ringport.Transports;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.socket.DatagramPacket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** Sends a datagram to an echo server over loopback, both by the best transport, and prints which channels it passed. */
public final class Echo {
    private Echo() {}

    private static final class Server extends SimpleChannelInboundHandler<DatagramPacket> {
        @Override
        protected void channelRead0(ChannelHandlerContext ctx, DatagramPacket packet) {
            System.out.println("server: " + ctx.channel().getClass().getName());
            ctx.writeAndFlush(new DatagramPacket(packet.content().retain(), packet.sender()));
        }
    }

    private static final class Client extends SimpleChannelInboundHandler<DatagramPacket> {
        private final CompletableFuture<String> answer = new CompletableFuture<>();

        @Override
        protected void channelRead0(ChannelHandlerContext ctx, DatagramPacket packet) {
            System.out.println("client: " + ctx.channel().getClass().getName());
            answer.complete(packet.content().toString(StandardCharsets.UTF_8));
        }
    }

    public static void main(String[] args) throws Exception {
        System.out.println(Transports.report());
        ServerTransport transport = Transports.best();
        try (ServerLoops loops = transport.newLoops(1)) {
            InetSocketAddress any = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
            Bootstrap bootstrap = new Bootstrap().group(loops.datagrams()).channel(transport.datagramChannelClass());
            Channel server = bootstrap.clone().handler(new Server()).bind(any).sync().channel();
            Client client = new Client();
            bootstrap.clone().handler(client).bind(any).sync().channel()
                    .writeAndFlush(
                            new DatagramPacket(
                                    Unpooled.copiedBuffer("ping", StandardCharsets.UTF_8),
                                    (InetSocketAddress) server.localAddress()))
                    .sync();
            System.out.println("answer: " + client.answer.get(10, TimeUnit.SECONDS));
        }
    }
}
