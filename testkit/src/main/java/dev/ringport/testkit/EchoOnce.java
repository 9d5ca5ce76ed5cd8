// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.testkit;

import dev.ringport.ServerLoops;
import dev.ringport.ServerTransport;
import dev.ringport.Transports;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.socket.DatagramChannel;
import io.netty.channel.socket.DatagramPacket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** Sends one datagram to an echo server, both by the best transport, and prints what came back and the transport's module. */
public final class EchoOnce {
    private EchoOnce() {}

    @SuppressWarnings("FutureReturnValueIgnored")
    private static final class Echo extends SimpleChannelInboundHandler<DatagramPacket> {
        @Override
        protected void channelRead0(ChannelHandlerContext ctx, DatagramPacket packet) {
            ctx.writeAndFlush(new DatagramPacket(packet.content().retain(), packet.sender()));
        }
    }

    private static final class Answer extends SimpleChannelInboundHandler<DatagramPacket> {
        private final CompletableFuture<String> answer;

        Answer(CompletableFuture<String> answer) {
            this.answer = answer;
        }

        @Override
        protected void channelRead0(ChannelHandlerContext ctx, DatagramPacket packet) {
            answer.complete(packet.content().toString(StandardCharsets.UTF_8));
        }
    }

    public static void main(String[] args) throws Exception {
        ServerTransport transport = Transports.best();
        Class<? extends DatagramChannel> type = transport.datagramChannelClass();
        try (ServerLoops loops = transport.newLoops(1)) {
            InetSocketAddress any = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
            Bootstrap bootstrap = new Bootstrap().group(loops.datagrams()).channel(type);
            Channel server = bootstrap.clone().handler(new Echo()).bind(any).sync().channel();
            CompletableFuture<String> answer = new CompletableFuture<>();
            Channel client = bootstrap.clone().handler(new Answer(answer)).bind(any).sync().channel();
            client.writeAndFlush(
                    new DatagramPacket(
                            Unpooled.copiedBuffer(args[0], StandardCharsets.UTF_8),
                            (InetSocketAddress) server.localAddress()))
                    .sync();
            System.out.println("answer: " + answer.get(10, TimeUnit.SECONDS));
            System.out.println("constructor: " + type.getConstructor());
            System.out.println("from: " + type.getModule());
        }
    }
}
