// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.examples;

import dev.ringport.TransportProvider;
import dev.ringport.Transports;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** One run of the example on a transport that is available. */
final class EchoRun {
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

    private final EchoOptions options;
    private final TransportProvider transport;
    private final PrintStream out;

    EchoRun(EchoOptions options, TransportProvider transport, PrintStream out) {
        this.options = options;
        this.transport = transport;
        this.out = out;
    }

    /** Runs to the end and tells whether a datagram came back. */
    boolean run() throws IOException, InterruptedException {
        out.println(
                "transport " + transport.name() + ": "
                        + transport.datagramChannelClass().getSimpleName());
        Transports.report().lines().forEach(line -> out.println("  " + line));
        return switch (options.mode()) {
            case DEMO -> demo();
            case SERVER -> serve();
            case CLIENT -> load(address());
        };
    }

    private InetSocketAddress address() throws IOException {
        InetSocketAddress address = new InetSocketAddress(options.host(), options.port());
        if (address.isUnresolved()) {
            throw new IOException("no address is known for " + options.host());
        }
        return address;
    }

    private boolean demo() throws IOException, InterruptedException {
        try (EchoServer server = new EchoServer(transport, options.threads())) {
            server.bind(address(), options.size());
            printServer(server);
            boolean cameBack = load(server.address());
            printServed(server);
            return cameBack;
        }
    }

    private boolean serve() throws IOException, InterruptedException {
        try (EchoServer server = new EchoServer(transport, options.threads())) {
            server.bind(address(), options.size());
            printServer(server);
            watch(server::traffic);
            printServed(server);
            return server.traffic().sent() > 0;
        }
    }

    private boolean load(InetSocketAddress server) throws IOException, InterruptedException {
        try (EchoClient client = new EchoClient(transport, options.threads())) {
            client.connect(server, options.clients(), options.size(), options.window(), options.rate());
            out.println(
                    "client: channels " + options.clients() + ", bytes " + options.size() + ", outstanding on each "
                            + options.window());
            watch(client::traffic);
            client.stop();
            printRoundTrips(client.roundTrips());
            Traffic total = client.traffic();
            out.println("total: " + total + "   unexpected " + client.unexpected());
            printFailures("client", client.failures());
            return total.received() > 0;
        }
    }

    /** Prints a line a second. An interrupt ends it early, and the run goes on to its totals. */
    private void watch(Supplier<Traffic> traffic) {
        long start = System.nanoTime();
        long before = start;
        Traffic last = traffic.get();
        for (int second = 1; options.seconds() == 0 || second <= options.seconds(); second++) {
            try {
                TimeUnit.NANOSECONDS.sleep(start + second * SECOND - System.nanoTime());
            } catch (InterruptedException asked) {
                out.println("interrupted");
                return;
            }
            long now = System.nanoTime();
            Traffic present = traffic.get();
            out.println(String.format(Locale.ROOT, "%4d s   ", second) + present.since(last, now - before));
            last = present;
            before = now;
        }
    }

    private void printServer(EchoServer server) {
        InetSocketAddress address = server.address();
        out.println(
                "server: " + address.getAddress().getHostAddress() + " port " + address.getPort() + ", event loops "
                        + options.threads());
    }

    private void printServed(EchoServer server) {
        out.println("served: " + server.traffic());
        printFailures("server", server.failures());
        server.loopCounters().forEach(line -> out.println("server loop: " + line));
    }

    private void printRoundTrips(LatencyHistogram roundTrips) {
        if (roundTrips.total() == 0) {
            out.println("round trips: none");
            return;
        }
        out.println(
                String.format(
                        Locale.ROOT,
                        "round trips in microseconds: p50 %.1f   p90 %.1f   p99 %.1f   p99.9 %.1f   max %.1f",
                        roundTrips.percentile(50) / 1e3,
                        roundTrips.percentile(90) / 1e3,
                        roundTrips.percentile(99) / 1e3,
                        roundTrips.percentile(99.9) / 1e3,
                        roundTrips.max() / 1e3));
    }

    private void printFailures(String side, List<Throwable> failures) {
        if (!failures.isEmpty()) {
            out.println("first failure of the " + side + ": " + failures.getFirst());
        }
    }
}
