// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.examples;

import dev.ringport.TransportProvider;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** One channel a loop, all on one port; where channels cannot share a port, one channel on one loop. */
final class UdpEchoServer implements EchoServer {
    private final TransportProvider transport;
    private final EventLoops loops;
    private final int datagramBytes;
    private final int loopCount;
    private final List<Channel> channels = new ArrayList<>();
    private final List<UdpEchoServerHandler> handlers = new ArrayList<>();

    UdpEchoServer(TransportProvider transport, int threads, int datagramBytes) {
        this.transport = transport;
        this.datagramBytes = datagramBytes;
        loopCount = ExampleTransports.reusePort(transport).isPresent() ? threads : 1;
        loops = new EventLoops("server", transport, loopCount);
    }

    @Override
    public void bind(InetSocketAddress address) throws IOException, InterruptedException {
        Bootstrap bootstrap = loops.datagramBootstrap(datagramBytes);
        if (loopCount > 1) {
            bootstrap.option(ExampleTransports.reusePort(transport).orElseThrow(), true);
        }
        InetSocketAddress target = address;
        for (int i = 0; i < loopCount; i++) {
            UdpEchoServerHandler handler = new UdpEchoServerHandler();
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

    @Override
    public InetSocketAddress address() {
        return (InetSocketAddress) channels.getFirst().localAddress();
    }

    @Override
    public int loopCount() {
        return loopCount;
    }

    @Override
    public String unit() {
        return "";
    }

    @Override
    public String connections() {
        return "";
    }

    @Override
    public Traffic traffic() {
        return handlers.stream().map(UdpEchoServerHandler::traffic).reduce(Traffic.NONE, Traffic::plus);
    }

    @Override
    public List<Throwable> failures() {
        return handlers.stream()
                .map(UdpEchoServerHandler::firstFailure)
                .filter(Objects::nonNull)
                .toList();
    }

    @Override
    public List<String> loopCounters() {
        return channels.stream()
                .map(LinuxChannels::counters)
                .filter(Objects::nonNull)
                .toList();
    }

    @Override
    public void close() {
        loops.close();
    }
}
