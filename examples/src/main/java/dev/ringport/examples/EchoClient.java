// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.examples;

import dev.ringport.TransportProvider;
import dev.ringport.examples.EchoOptions.Protocol;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.WriteBufferWaterMark;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** The side that sends load: so many connected channels, each with a window of datagrams or messages. */
final class EchoClient implements AutoCloseable {
    private static final long END_SECONDS = 10;
    private static final int MAX_PENDING_BYTES = 64 << 20;
    private static final int BYTES_PER_MESSAGE = 512;

    private final EchoOptions options;
    private final EventLoops loops;
    private final List<Channel> channels = new ArrayList<>();
    private final List<EchoClientHandler> handlers = new ArrayList<>();

    EchoClient(TransportProvider transport, EchoOptions options) {
        this.options = options;
        loops = new EventLoops("client", transport, options.threads());
    }

    /** Opens the channels, which begin to send at once. */
    void connect(InetSocketAddress server) throws IOException, InterruptedException {
        long windowBytes = (long) options.window() * (options.size() + BYTES_PER_MESSAGE);
        int pendingBytes = (int) Math.min(windowBytes, MAX_PENDING_BYTES);
        Bootstrap bootstrap = options.protocol() == Protocol.UDP
                ? loops.datagramBootstrap(options.size())
                : loops.connectionBootstrap();
        bootstrap.option(
                ChannelOption.WRITE_BUFFER_WATER_MARK,
                new WriteBufferWaterMark(pendingBytes / 2, pendingBytes));
        for (int i = 0; i < options.clients(); i++) {
            EchoClientHandler handler = newHandler();
            bootstrap.handler(new ChannelInitializer<Channel>() {
                @Override
                protected void initChannel(Channel channel) {
                    channel.pipeline().addLast(handler);
                }
            });
            channels.add(loops.opened(bootstrap.connect(server), server));
            handlers.add(handler);
        }
    }

    private EchoClientHandler newHandler() {
        double rate = (double) options.rate() / options.clients();
        return options.protocol() == Protocol.UDP
                ? new UdpEchoClientHandler(options.size(), options.window(), rate)
                : new TcpEchoClientHandler(options.size(), options.window(), rate, options.messages());
    }

    /** Done once no channel can send or receive more. */
    CompletableFuture<Void> ended() {
        return CompletableFuture.allOf(
                handlers.stream().map(EchoClientHandler::ended).toArray(CompletableFuture<?>[]::new));
    }

    /** Stops the load and waits until each message has its answer or is lost. */
    void stop() throws IOException, InterruptedException {
        for (int i = 0; i < channels.size(); i++) {
            handlers.get(i).stop(channels.get(i));
        }
        try {
            ended().get(END_SECONDS, TimeUnit.SECONDS);
        } catch (TimeoutException | ExecutionException stuck) {
            throw new IOException("the answers that are outstanding do not come", stuck);
        }
    }

    Traffic traffic() {
        return handlers.stream().map(EchoClientHandler::traffic).reduce(Traffic.NONE, Traffic::plus);
    }

    long unexpected() {
        return handlers.stream().mapToLong(EchoClientHandler::unexpected).sum();
    }

    /** Of all channels. Not before {@link #stop()}. */
    LatencyHistogram roundTrips() {
        LatencyHistogram all = new LatencyHistogram();
        handlers.forEach(handler -> all.add(handler.roundTrips()));
        return all;
    }

    /** What failed first on the channels where something did. */
    List<Throwable> failures() {
        return handlers.stream()
                .map(EchoClientHandler::firstFailure)
                .filter(Objects::nonNull)
                .toList();
    }

    /** Whether a datagram came back, or all that was to be sent over TCP. Not before {@link #stop()}. */
    boolean succeeded() {
        Traffic total = traffic();
        if (options.protocol() == Protocol.UDP) {
            return total.received() > 0;
        }
        long wanted = (long) options.messages() * options.clients();
        return total.sent() > 0 && total.sent() >= wanted && total.received() == total.sent() && failures().isEmpty();
    }

    @Override
    public void close() {
        loops.close();
    }
}
