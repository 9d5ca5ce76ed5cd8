// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.examples.soak;

import dev.ringport.TransportProvider;
import dev.ringport.Transports;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.util.List;
import java.util.Locale;

/** One run of the soak on a transport that is available: the whole of it, or a child's part of a round. */
final class SoakRun {
    private static final String LOOPBACK_INET = "127.0.0.1";
    private static final String LOOPBACK_INET6 = "::1";

    private final SoakOptions options;
    private final TransportProvider transport;
    private final PrintStream out;

    SoakRun(SoakOptions options, TransportProvider transport, PrintStream out) {
        this.options = options;
        this.transport = transport;
        this.out = out;
    }

    /** Runs to the end and tells whether all is right. */
    boolean run() throws IOException, InterruptedException {
        return switch (options.part()) {
            case WHOLE -> whole();
            case RECEIVER -> receive();
            case SENDER -> send();
        };
    }

    private boolean whole() throws IOException, InterruptedException {
        out.println("transport " + transport.name() + ": " + transport.datagramChannelClass().getSimpleName());
        Transports.report().lines().forEach(line -> out.println("  " + line));
        out.printf(
                Locale.ROOT,
                "soak: %s   datagrams %,d   rounds %d   seed %d   senders %d   receivers %d%n",
                options.veth() ? "two network namespaces, MTU 1500" : "loopback",
                options.datagrams(),
                options.rounds().size(),
                options.seed(),
                options.peers(),
                Peers.receivers(options.peers()));
        Tally all = Tally.NOTHING;
        for (int round = 0; round < options.rounds().size(); round++) {
            Tally tally = options.veth()
                    ? new VethRound(options, round, transport.name(), out).run()
                    : loopback(round);
            all = all.plus(tally);
            if (!tally.isGood()) {
                break;
            }
        }
        all.printVerdict(out, options.datagrams());
        return all.isGood() && all.sent() >= options.datagrams();
    }

    private Tally loopback(int round) throws IOException, InterruptedException {
        Faults faults = new Faults();
        Offloads offloads = options.rounds().get(round);
        List<InetAddress> hosts = List.of(
                InetAddress.ofLiteral(LOOPBACK_INET), InetAddress.ofLiteral(LOOPBACK_INET6));
        try (Receivers receivers = new Receivers(options, offloads, transport, faults)) {
            receivers.open(Peers.usable(hosts));
            long sent;
            boolean ended;
            try (Senders senders = new Senders(options, offloads, transport, faults)) {
                senders.start(receivers.addresses(), options.datagramsOf(round), receivers.window(), seed(round));
                ended = Watch.awaitEnd(senders, faults, out);
                sent = senders.sent();
                senders.print(out);
            }
            receivers.count();
            receivers.print(out);
            Tally tally = receivers.tally(ended).plus(new Tally(sent, 0, 0, 0, 0));
            faults.lines().forEach(out::println);
            return tally;
        }
    }

    private boolean receive() throws IOException, InterruptedException {
        Faults faults = new Faults();
        Offloads offloads = options.rounds().getFirst();
        try (Receivers receivers = new Receivers(options, offloads, transport, faults)) {
            List<InetAddress> hosts = List.of(options.addresses().split(",", -1)).stream()
                    .map(InetAddress::ofLiteral)
                    .toList();
            receivers.open(Peers.usable(hosts));
            out.println(VethRound.LISTENING + receivers.window() + " " + Peers.print(receivers.addresses()));
            boolean ended = VethRound.awaitStop();
            receivers.count();
            receivers.print(out);
            return end(receivers.tally(ended), faults);
        }
    }

    private boolean send() throws IOException, InterruptedException {
        Faults faults = new Faults();
        KernelCounters before = KernelCounters.read(List.of());
        long sent;
        try (Senders senders = new Senders(options, options.rounds().getFirst(), transport, faults)) {
            senders.start(
                    Peers.parse(options.addresses()), options.datagrams(), options.window(), seed(options.round()));
            Watch.awaitEnd(senders, faults, out);
            sent = senders.sent();
            senders.print(out);
        }
        KernelCounters counted = KernelCounters.read(List.of()).since(before);
        out.println("kernel: " + counted);
        long explained = counted.lost() * options.rounds().getFirst().datagramsCountedAsOne();
        return end(new Tally(sent, 0, 0, explained, faults.count()), faults);
    }

    private boolean end(Tally tally, Faults faults) {
        faults.lines().forEach(out::println);
        out.println(tally.toLine());
        return tally.faults() == 0;
    }

    private long seed(int round) {
        return options.seed() * 1_000L + round;
    }
}
