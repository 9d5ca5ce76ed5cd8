// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.examples.soak;

import dev.ringport.TransportProvider;
import dev.ringport.examples.EventLoops;
import dev.ringport.examples.LinuxChannels;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadFactory;
import java.util.stream.Stream;

/** The sending side: its channels and the threads that write to them. */
final class Senders implements AutoCloseable {
    private static final int THREADS_ELSEWHERE = 2;
    private static final int LOW_WATER_BYTES = 64 << 10;
    private static final int HIGH_WATER_BYTES = 256 << 10;
    private static final int DEFAULT_SEND_BUFFER_BYTES = 212_992;

    private final EventLoops loops;
    private final SoakOptions options;
    private final Offloads offloads;
    private final TransportProvider transport;
    private final Faults faults;
    private final ExecutorService elsewhere;
    private final List<Channel> channels = new ArrayList<>();
    private final List<SenderHandler> handlers = new ArrayList<>();

    Senders(SoakOptions options, Offloads offloads, TransportProvider transport, Faults faults) {
        this.options = options;
        this.offloads = offloads;
        this.transport = transport;
        this.faults = faults;
        loops = new EventLoops("sender", transport, options.threads());
        ThreadFactory daemons = new DefaultThreadFactory("example-writer", true);
        elsewhere = Executors.newFixedThreadPool(THREADS_ELSEWHERE, daemons);
    }

    /**
     * Opens the channels and begins to send.
     *
     * @param count datagrams of all channels
     * @param window the charge that a flow may have on its way
     * @param seed of this round
     */
    void start(List<InetSocketAddress> receivers, long count, int window, long seed)
            throws IOException, InterruptedException {
        for (int i = 0; i < options.peers(); i++) {
            long own = count / options.peers() + (i < count % options.peers() ? 1 : 0);
            open(i, Peers.targetsOf(i, receivers), own, window, new SplittableRandom(seed * 1_000_003 + i));
        }
        for (int i = 0; i < channels.size(); i++) {
            ChannelHandlerContext context = channels.get(i).pipeline().context(handlers.get(i));
            SenderHandler handler = handlers.get(i);
            context.executor().execute(() -> handler.start(context));
        }
    }

    private void open(int sender, List<InetSocketAddress> targets, long count, int window, SplittableRandom random)
            throws IOException, InterruptedException {
        boolean connected = Peers.isConnected(sender);
        List<OutgoingFlow> flows = new ArrayList<>();
        int[] longest = new int[targets.size()];
        for (InetSocketAddress target : targets) {
            longest[flows.size()] = Peers.longestUnfragmented(target);
            flows.add(new OutgoingFlow(2 * sender + flows.size(), connected ? null : target, window));
        }
        // Of Netty's own transports NIO takes no such packets, and none of them sends empty ones.
        boolean byHand = LinuxChannels.are(transport.datagramChannelClass()) && !connected;
        boolean empties = transport.datagramChannelClass().getName().startsWith("dev.ringport.");
        BurstPlan plan = new BurstPlan(random, longest, byHand, empties, window / 2);
        SenderHandler handler = new SenderHandler(flows, plan, count, elsewhere, faults);
        Bootstrap bootstrap = loops.datagramBootstrap(Wire.HEADER_BYTES)
                .option(
                        ChannelOption.WRITE_BUFFER_WATER_MARK,
                        new WriteBufferWaterMark(LOW_WATER_BYTES, HIGH_WATER_BYTES))
                .handler(new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        channel.pipeline().addLast(handler);
                    }
                });
        if (sender % 3 == 1) {
            bootstrap.option(ChannelOption.SO_SNDBUF, DEFAULT_SEND_BUFFER_BYTES);
        }
        offloads.set(bootstrap, transport.datagramChannelClass());
        InetSocketAddress target = targets.getFirst();
        InetSocketAddress local = new InetSocketAddress(Peers.sourceFor(target), 0);
        channels.add(
                loops.opened(connected ? bootstrap.connect(target, local) : bootstrap.bind(local), target));
        handlers.add(handler);
    }

    /** Done when the receivers know the ends of all flows. */
    CompletableFuture<Void> ended() {
        return CompletableFuture.allOf(
                handlers.stream().map(SenderHandler::ended).toArray(CompletableFuture<?>[]::new));
    }

    /** Datagrams written so far. */
    long sent() {
        return flows().mapToLong(OutgoingFlow::sent).sum();
    }

    /** What grows as long as anything arrives: sequences acknowledged and flows ended. */
    long progress() {
        return flows().mapToLong(flow -> flow.acknowledgedSequence() + (flow.hasEnded() ? 1 : 0)).sum();
    }

    private Stream<OutgoingFlow> flows() {
        return handlers.stream().flatMap(handler -> handler.flows().stream());
    }

    /** Takes what was not done for a fault, flow by flow. */
    void giveUp(String why) {
        flows().filter(flow -> !flow.hasEnded()).forEach(
                flow -> faults.add(
                        Faults.Kind.UNFINISHED, flow.id(), flow.acknowledgedSequence(),
                        why + "; sent to it " + flow.sent()));
    }

    /** A line for each loop. */
    void print(PrintStream out) {
        Set<String> counters = new LinkedHashSet<>();
        for (Channel channel : channels) {
            if (LinuxChannels.are(channel.getClass())) {
                counters.add(Objects.toString(LinuxChannels.counters(channel)));
            }
        }
        counters.forEach(line -> out.println("sender loop: " + line));
    }

    @Override
    public void close() {
        elsewhere.shutdownNow();
        loops.close();
    }
}
