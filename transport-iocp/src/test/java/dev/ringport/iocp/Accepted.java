// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.iocp;

import dev.ringport.testrules.UnseenFailures;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFactory;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.ServerChannel;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

import static org.assertj.core.api.Assertions.assertThat;

/** What a server's own pipeline hears, one line an event; its connections greet with one byte. */
final class Accepted extends ChannelInboundHandlerAdapter {
    static final String CONNECTION = "connection";
    static final String COMPLETE = "complete";
    static final int GREETING = 42;

    final BlockingQueue<String> events = new LinkedBlockingQueue<>();
    final BlockingQueue<Throwable> failures = new LinkedBlockingQueue<>();

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        events.add(CONNECTION);
        context.fireChannelRead(message);
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
        events.add(COMPLETE);
        context.fireChannelReadComplete();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        UnseenFailures.seen(cause);
        failures.add(cause);
        context.fireExceptionCaught(cause);
    }

    String next() throws InterruptedException {
        String event = events.poll(Tcp.SECONDS, TimeUnit.SECONDS);
        if (event == null) {
            throw new AssertionError("the server hears nothing");
        }
        return event;
    }

    ServerBootstrap server(Loops loops) {
        return server(loops, IocpServerSocketChannel::new);
    }

    ServerBootstrap server(Loops loops, ChannelFactory<ServerChannel> factory) {
        return new ServerBootstrap()
                .group(loops.group())
                .channelFactory(factory)
                .childHandler(new Greeter())
                .handler(this)
                .option(ChannelOption.SO_BACKLOG, 500);
    }

    @Sharable
    private static final class Greeter extends ChannelInboundHandlerAdapter {
        @Override
        public void channelActive(ChannelHandlerContext context) {
            Future<?> _ = context.writeAndFlush(Unpooled.wrappedBuffer(new byte[]{GREETING}))
                    .addListener(ChannelFutureListener.CLOSE_ON_FAILURE);
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            UnseenFailures.seen(cause);
            Future<?> _ = context.close();
        }
    }

    static List<Socket> clients(Channel server, int count) throws IOException {
        InetSocketAddress to = Tcp.address(server);
        List<Socket> clients = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            clients.add(Tcp.plainClient(to));
        }
        return clients;
    }

    /** Waits for the greeting of each, and closes them. */
    static void greeted(List<Socket> clients) throws IOException {
        for (Socket client : clients) {
            try (client) {
                assertThat(client.getInputStream().read()).isEqualTo(GREETING);
            }
        }
    }
}
