// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.examples;

import dev.ringport.TransportProvider;
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

/** The side that sends load: so many connected channels, each with a window of datagrams. */
final class EchoClient implements AutoCloseable {
    private static final long END_SECONDS = 10;
    private static final int MAX_PENDING_BYTES = 64 << 20;
    private static final int BYTES_PER_MESSAGE = 512;

    private final EventLoops loops;
    private final List<Channel> channels = new ArrayList<>();
    private final List<EchoClientHandler> handlers = new ArrayList<>();

    EchoClient(TransportProvider transport, int threads) {
        loops = new EventLoops("client", transport, threads);
    }

    /** Opens the channels, which begin to send at once. */
    void connect(InetSocketAddress server, int clients, int size, int window, double rate)
            throws IOException, InterruptedException {
        long windowBytes = (long) window * (size + BYTES_PER_MESSAGE);
        int pendingBytes = (int) Math.min(windowBytes, MAX_PENDING_BYTES);
        Bootstrap bootstrap = loops.bootstrap(size)
                .option(
                        ChannelOption.WRITE_BUFFER_WATER_MARK,
                        new WriteBufferWaterMark(pendingBytes / 2, pendingBytes));
        for (int i = 0; i < clients; i++) {
            EchoClientHandler handler = new EchoClientHandler(size, window, rate / clients);
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

    /** Stops the load and waits until each datagram has its answer or is lost. */
    void stop() throws IOException, InterruptedException {
        List<CompletableFuture<Void>> ends = new ArrayList<>();
        for (int i = 0; i < channels.size(); i++) {
            ends.add(handlers.get(i).stop(channels.get(i)));
        }
        try {
            CompletableFuture.allOf(ends.toArray(CompletableFuture<?>[]::new)).get(END_SECONDS, TimeUnit.SECONDS);
        } catch (TimeoutException | ExecutionException stuck) {
            throw new IOException("the loops of the client do not answer", stuck);
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

    @Override
    public void close() {
        loops.close();
    }
}
