// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.examples;

import dev.ringport.TransportProvider;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One listening channel, whose connections are spread over the loops. */
final class TcpEchoServer implements EchoServer {
    private static final int BACKLOG = 1024;

    private final EventLoops loops;
    private final int loopCount;
    private final TcpEchoCounters counters = new TcpEchoCounters();
    private @Nullable Channel channel;

    TcpEchoServer(TransportProvider transport, int threads) {
        loopCount = threads;
        loops = new EventLoops("server", transport, threads);
    }

    @Override
    public void bind(InetSocketAddress address) throws IOException, InterruptedException {
        channel = loops.opened(
                loops.serverBootstrap()
                        .option(ChannelOption.SO_BACKLOG, BACKLOG)
                        .childOption(ChannelOption.ALLOW_HALF_CLOSURE, true)
                        .childHandler(new ChannelInitializer<Channel>() {
                            @Override
                            protected void initChannel(Channel connection) {
                                connection.pipeline().addLast(new TcpEchoServerHandler(counters));
                            }
                        })
                        .bind(address),
                address);
    }

    @Override
    public InetSocketAddress address() {
        if (channel == null) {
            throw new IllegalStateException("not bound");
        }
        return (InetSocketAddress) channel.localAddress();
    }

    @Override
    public int loopCount() {
        return loopCount;
    }

    @Override
    public String unit() {
        return "bytes ";
    }

    @Override
    public Traffic traffic() {
        return counters.traffic();
    }

    @Override
    public String connections() {
        return counters.connections();
    }

    @Override
    public List<Throwable> failures() {
        return counters.failures();
    }

    @Override
    public List<String> loopCounters() {
        return List.of();
    }

    @Override
    public void close() {
        loops.close();
    }
}
