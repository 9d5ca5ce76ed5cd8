// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.examples;

import dev.ringport.TransportProvider;
import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

/** The event loops of one side, and how its channels are opened. */
public final class EventLoops implements AutoCloseable {
    private static final int SOCKET_BUFFER_BYTES = 4 << 20;
    private static final int MIN_RECEIVE_BYTES = 2048;
    private static final int SHUTDOWN_SECONDS = 5;

    private final String name;
    private final TransportProvider transport;
    private final EventLoopGroup group;

    public EventLoops(String name, TransportProvider transport, int threads) {
        this.name = name;
        this.transport = transport;
        group = new MultiThreadIoEventLoopGroup(
                threads, new DefaultThreadFactory("example-" + name, true), transport.newHandlerFactory());
    }

    /** A bootstrap of UDP channels on these loops that take datagrams of the given size. */
    public Bootstrap datagramBootstrap(int datagramBytes) {
        return new Bootstrap()
                .group(group)
                .channel(transport.datagramChannelClass())
                .option(ChannelOption.SO_RCVBUF, SOCKET_BUFFER_BYTES)
                .option(ChannelOption.SO_SNDBUF, SOCKET_BUFFER_BYTES)
                .option(
                        ChannelOption.RECVBUF_ALLOCATOR,
                        new FixedRecvByteBufAllocator(Math.max(datagramBytes, MIN_RECEIVE_BYTES)));
    }

    /** A bootstrap of TCP connections on these loops. Only for a transport that has TCP. */
    Bootstrap connectionBootstrap() {
        return new Bootstrap()
                .group(group)
                .channel(Objects.requireNonNull(transport.socketChannelClass()));
    }

    /** A bootstrap of TCP servers whose connections are spread over these loops. Only for a transport that has TCP. */
    public ServerBootstrap serverBootstrap() {
        return new ServerBootstrap()
                .group(group)
                .channel(Objects.requireNonNull(transport.serverSocketChannelClass()));
    }

    /** The channel of a bind or connect, once that is done. */
    public Channel opened(ChannelFuture opening, Object address) throws IOException, InterruptedException {
        if (!opening.await().isSuccess()) {
            throw new IOException("the " + name + " cannot use " + address + ": " + opening.cause(), opening.cause());
        }
        return opening.channel();
    }

    @Override
    public void close() {
        try {
            if (!group.shutdownGracefully(0, SHUTDOWN_SECONDS, TimeUnit.SECONDS)
                    .await(2 * SHUTDOWN_SECONDS, TimeUnit.SECONDS)) {
                throw new IllegalStateException("the loops of the " + name + " do not end");
            }
        } catch (InterruptedException hurry) {
            Thread.currentThread().interrupt();
        }
    }
}
