// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.examples;

import dev.ringport.ServerLoops;
import dev.ringport.ServerTransport;
import dev.ringport.Transports;
import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.socket.DatagramPacket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/** A server for datagrams and connections on what the ladder answers, and clients of both on the same loops. */
public final class WholeServer {
    /** Of each kind, one after the other. */
    private static final int ROUNDS = 100;
    private static final InetSocketAddress ANY = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);

    private WholeServer() {}

    /** Sends back what comes. */
    @ChannelHandler.Sharable
    @SuppressWarnings("FutureReturnValueIgnored")
    private static final class Echo extends ChannelInboundHandlerAdapter {
        @Override
        public void channelRead(ChannelHandlerContext ctx, Object message) {
            ctx.writeAndFlush(
                    message instanceof DatagramPacket packet
                            ? new DatagramPacket(packet.content(), packet.sender())
                            : message);
        }
    }

    /** Asks so many times; each question is a number, and the answer to it lets the next one go. */
    @SuppressWarnings("FutureReturnValueIgnored")
    private static final class Asking extends SimpleChannelInboundHandler<Object> {
        final CompletableFuture<Integer> answers = new CompletableFuture<>();
        private int asked;

        @Override
        public void channelActive(ChannelHandlerContext ctx) {
            ctx.writeAndFlush(Unpooled.copyInt(asked));
        }

        @Override
        protected void channelRead0(ChannelHandlerContext ctx, Object message) {
            ByteBuf content = message instanceof DatagramPacket packet ? packet.content() : (ByteBuf) message;
            int answer = content.readInt();
            if (answer != asked || content.isReadable()) {
                answers.completeExceptionally(new AssertionError("asked " + asked + ", answered " + answer));
            } else if (++asked == ROUNDS) {
                answers.complete(asked);
            } else {
                ctx.writeAndFlush(Unpooled.copyInt(asked));
            }
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
            answers.completeExceptionally(cause);
        }
    }

    /** Serves both and tells what carried them. */
    static List<String> serve(ServerTransport transport) throws Exception {
        List<String> lines = new ArrayList<>();
        try (ServerLoops loops = transport.newLoops(1)) {
            Echo echo = new Echo();
            Bootstrap datagrams = new Bootstrap().group(loops.datagrams()).channel(transport.datagramChannelClass());
            Channel server = datagrams.clone().handler(echo).bind(ANY).sync().channel();
            Asking asking = new Asking();
            Channel _ = datagrams.clone().handler(asking).connect(server.localAddress()).sync().channel();
            lines.add("datagrams: " + asking.answers.get() + " by " + type(server));
            Channel listener = new ServerBootstrap().group(loops.connections())
                    .channel(transport.serverSocketChannelClass())
                    .childHandler(echo)
                    .bind(ANY)
                    .sync()
                    .channel();
            Asking again = new Asking();
            Channel connection = new Bootstrap().group(loops.connections())
                    .channel(transport.socketChannelClass())
                    .handler(again)
                    .connect(listener.localAddress())
                    .sync()
                    .channel();
            lines.add(
                    "connections: " + again.answers.get() + " by " + type(listener) + " and "
                            + type(connection));
            boolean sameLoop = Set.of(server.eventLoop()).contains(listener.eventLoop());
            lines.add("same loop: " + sameLoop);
        }
        return lines;
    }

    private static String type(Channel channel) {
        return channel.getClass().getSimpleName();
    }

    /** Serves on {@code best} or on {@code bestOnOneLoop}; asks for each from several threads first. */
    public static void main(String[] args) throws Exception {
        try {
            List<CompletableFuture<ServerTransport>> askers = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                askers.add(CompletableFuture.supplyAsync(() -> choose(args[0])));
            }
            for (CompletableFuture<ServerTransport> asker : askers) {
                asker.handle((_, _) -> "").get();
            }
            ServerTransport transport = choose(args[0]);
            System.out.println("chosen: " + transport);
            serve(transport).forEach(System.out::println);
        } catch (IllegalArgumentException | UnsupportedOperationException refused) {
            System.out.println("refused: " + refused.getMessage());
            System.out.println("cause: " + refused.getCause());
        }
        System.out.println(Transports.report());
    }

    private static ServerTransport choose(String which) {
        return which.equals("best") ? Transports.best() : Transports.bestOnOneLoop();
    }
}
