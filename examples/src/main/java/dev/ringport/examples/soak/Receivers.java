// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.examples.soak;

import dev.ringport.TransportProvider;
import dev.ringport.examples.EventLoops;
import dev.ringport.examples.LinuxChannels;
import dev.ringport.uring.UringChannelOption;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;

/** The receiving side: its channels, and what arrived on them. */
final class Receivers implements AutoCloseable {
    /** Half of what a receive buffer takes; what is sent and not acknowledged stays below. */
    private static final int MAX_BUFFER_BYTES = 4 << 20;
    private static final int MIN_WINDOW = 2 * Wire.charge(Wire.MAX_BYTES);

    private final EventLoops loops;
    private final SoakOptions options;
    private final Offloads offloads;
    private final TransportProvider transport;
    private final Faults faults;
    private final List<Channel> channels = new ArrayList<>();
    private final List<ReceiverHandler> handlers = new ArrayList<>();
    private KernelCounters before = KernelCounters.NONE;
    private KernelCounters counted = KernelCounters.NONE;

    Receivers(SoakOptions options, Offloads offloads, TransportProvider transport, Faults faults) {
        this.options = options;
        this.offloads = offloads;
        this.transport = transport;
        this.faults = faults;
        loops = new EventLoops("receiver", transport, options.threads());
    }

    /** Opens the channels. */
    void open(List<InetAddress> hosts) throws IOException, InterruptedException {
        before = KernelCounters.read(List.of());
        boolean hasOption = LinuxChannels.are(transport.datagramChannelClass());
        for (int i = 0; i < Peers.receivers(options.peers()); i++) {
            // Its allocator takes the longest ones; every other receiver says it by the option instead.
            Bootstrap bootstrap = loops.datagramBootstrap(Wire.MAX_BYTES);
            if (hasOption && i / hosts.size() % 2 == 1) {
                bootstrap = loops.datagramBootstrap(0)
                        .option(UringChannelOption.MAX_DATAGRAM_PAYLOAD_SIZE, Wire.MAX_BYTES);
            }
            offloads.set(bootstrap, transport.datagramChannelClass());
            ReceiverHandler handler = new ReceiverHandler(faults);
            bootstrap.handler(new ChannelInitializer<Channel>() {
                @Override
                protected void initChannel(Channel channel) {
                    channel.pipeline().addLast(handler);
                }
            });
            InetAddress host = hosts.get(i % hosts.size());
            channels.add(loops.opened(bootstrap.bind(host, 0), host));
            handlers.add(handler);
        }
    }

    List<InetSocketAddress> addresses() {
        return channels.stream().map(channel -> (InetSocketAddress) channel.localAddress()).toList();
    }

    /** How much charge a flow may have on its way. */
    int window() {
        int smallest = MAX_BUFFER_BYTES;
        for (Channel channel : channels) {
            smallest = Math.min(smallest, channel.config().getOption(ChannelOption.SO_RCVBUF));
        }
        return Math.max(MIN_WINDOW, smallest / Peers.flowsOfAReceiver(options.peers()));
    }

    /** All that arrived so far. */
    long datagrams() {
        return handlers.stream().mapToLong(ReceiverHandler::datagrams).sum();
    }

    /** Takes the kernel's counters, while the sockets are there. Once the senders are done. */
    void count() throws IOException {
        List<Integer> ports = new ArrayList<>();
        addresses().forEach(address -> ports.add(address.getPort()));
        counted = KernelCounters.read(ports).since(before);
    }

    /** A line for each channel and each loop, and the kernel's counters. After {@link #count()}. */
    void print(PrintStream out) {
        for (int i = 0; i < handlers.size(); i++) {
            Arrived arrived = arrivedOn(handlers.get(i));
            out.printf(
                    Locale.ROOT,
                    "receiver %d, %s, offloads %s: flows %d   numbered %,d   unnumbered %,d   bytes %,d   lost %,d%n",
                    i,
                    channels.get(i).localAddress(),
                    offloads.word(),
                    handlers.get(i).checker().flows().size(),
                    arrived.numbered,
                    arrived.unnumbered,
                    handlers.get(i).bytes(),
                    arrived.lost);
        }
        Set<String> counters = new LinkedHashSet<>();
        for (Channel channel : channels) {
            if (LinuxChannels.are(channel.getClass())) {
                counters.add(Objects.toString(LinuxChannels.counters(channel)));
            }
        }
        counters.forEach(line -> out.println("receiver loop: " + line));
        out.println("kernel: " + counted);
    }

    private static Arrived arrivedOn(ReceiverHandler handler) {
        return handler.checker().flows().stream()
                .map(flow -> new Arrived(flow.received(), flow.receivedUnnumbered(), flow.lost()))
                .reduce(Arrived.NOTHING, Arrived::plus);
    }

    /**
     * What arrived in all. After {@link #count()}. Flows without an end are faults.
     *
     * @param allSent whether the senders have sent the ends of their flows
     */
    Tally tally(boolean allSent) {
        for (ReceiverHandler handler : handlers) {
            for (FlowChecker flow : handler.checker().flows()) {
                if (allSent && !flow.hasEnded()) {
                    faults.add(Faults.Kind.UNFINISHED, flow.id(), flow.next(), "no end arrived");
                }
            }
        }
        Arrived all = handlers.stream().map(Receivers::arrivedOn).reduce(Arrived.NOTHING, Arrived::plus);
        long explained = counted.lost() * offloads.datagramsCountedAsOne();
        return new Tally(0, all.numbered + all.unnumbered, all.lost, explained, faults.count());
    }

    @Override
    public void close() {
        loops.close();
    }

    private record Arrived(long numbered, long unnumbered, long lost) {
        static final Arrived NOTHING = new Arrived(0, 0, 0);

        Arrived plus(Arrived other) {
            return new Arrived(numbered + other.numbered, unnumbered + other.unnumbered, lost + other.lost);
        }
    }
}
