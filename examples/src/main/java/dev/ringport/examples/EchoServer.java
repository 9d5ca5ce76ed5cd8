// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.examples;

import dev.ringport.TransportProvider;
import dev.ringport.uring.UringCounters;
import dev.ringport.uring.UringDatagramChannel;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The side that answers: one channel a loop, all on one port. */
final class EchoServer implements AutoCloseable {
    private final TransportProvider transport;
    private final EventLoops loops;
    private final int threads;
    private final List<Channel> channels = new ArrayList<>();
    private final List<EchoServerHandler> handlers = new ArrayList<>();

    EchoServer(TransportProvider transport, int threads) {
        this.transport = transport;
        this.threads = threads;
        loops = new EventLoops("server", transport, threads);
    }

    void bind(InetSocketAddress address, int datagramBytes) throws IOException, InterruptedException {
        Bootstrap bootstrap = loops.bootstrap(datagramBytes);
        if (threads > 1) {
            bootstrap.option(EchoTransports.reusePort(transport), true);
        }
        InetSocketAddress target = address;
        for (int i = 0; i < threads; i++) {
            EchoServerHandler handler = new EchoServerHandler();
            bootstrap.handler(new ChannelInitializer<Channel>() {
                @Override
                protected void initChannel(Channel channel) {
                    channel.pipeline().addLast(handler);
                }
            });
            Channel channel = loops.opened(bootstrap.bind(target), target);
            handlers.add(handler);
            channels.add(channel);
            target = (InetSocketAddress) channel.localAddress();
        }
    }

    InetSocketAddress address() {
        return (InetSocketAddress) channels.getFirst().localAddress();
    }

    Traffic traffic() {
        return handlers.stream().map(EchoServerHandler::traffic).reduce(Traffic.NONE, Traffic::plus);
    }

    /** What failed first on the channels where something did. */
    List<Throwable> failures() {
        return handlers.stream()
                .map(EchoServerHandler::firstFailure)
                .filter(Objects::nonNull)
                .toList();
    }

    /** What the loops have counted, if the transport counts. */
    List<String> loopCounters() {
        return channels.stream()
                .map(EchoServer::counters)
                .filter(Objects::nonNull)
                .map(UringCounters::toString)
                .toList();
    }

    private static @Nullable UringCounters counters(Channel channel) {
        return channel instanceof UringDatagramChannel datagramChannel ? datagramChannel.counters() : null;
    }

    @Override
    public void close() {
        loops.close();
    }
}
