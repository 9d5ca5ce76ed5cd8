// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.examples;

import dev.ringport.TransportProvider;
import dev.ringport.Transports;
import dev.ringport.examples.EchoOptions.Protocol;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

/** One run of the echo on a transport that is available. */
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

    /** Runs to the end and tells whether what came back is enough, as {@link Echo} says. */
    boolean run() throws IOException, InterruptedException {
        Class<?> channels = options.protocol() == Protocol.UDP
                ? transport.datagramChannelClass()
                : Objects.requireNonNull(transport.socketChannelClass());
        out.println("transport " + transport.name() + ": " + channels.getSimpleName());
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

    private EchoServer newServer() {
        return options.protocol() == Protocol.UDP
                ? new UdpEchoServer(transport, options.threads(), options.size())
                : new TcpEchoServer(transport, options.threads());
    }

    private boolean demo() throws IOException, InterruptedException {
        try (EchoServer server = newServer()) {
            server.bind(address());
            printServer(server);
            boolean cameBack = load(server.address());
            printServed(server);
            return cameBack;
        }
    }

    private boolean serve() throws IOException, InterruptedException {
        try (EchoServer server = newServer()) {
            server.bind(address());
            printServer(server);
            watch(server.unit(), server::traffic, new CompletableFuture<>());
            printServed(server);
            return server.traffic().sent() > 0;
        }
    }

    private boolean load(InetSocketAddress server) throws IOException, InterruptedException {
        try (EchoClient client = new EchoClient(transport, options)) {
            client.connect(server);
            out.println(
                    "client: channels " + options.clients() + ", bytes " + options.size() + ", outstanding on each "
                            + options.window());
            long start = System.nanoTime();
            watch("", client::traffic, client.ended());
            client.stop();
            long nanos = System.nanoTime() - start;
            printRoundTrips(client.roundTrips());
            Traffic total = client.traffic();
            out.println("total: " + total + "   unexpected " + client.unexpected());
            printContent(total.received() * options.size(), nanos);
            printFailures("client", client.failures());
            return client.succeeded();
        }
    }

    /** Prints a line a second, until the time is over or nothing more can come. An interrupt ends it early as well. */
    private void watch(String unit, Supplier<Traffic> traffic, CompletableFuture<?> ended) {
        long start = System.nanoTime();
        long before = start;
        Traffic last = traffic.get();
        for (int second = 1; options.seconds() == 0 || second <= options.seconds(); second++) {
            try {
                ended.get(start + second * SECOND - System.nanoTime(), TimeUnit.NANOSECONDS);
                return;
            } catch (InterruptedException asked) {
                out.println("interrupted");
                return;
            } catch (TimeoutException passed) {
                long now = System.nanoTime();
                Traffic present = traffic.get();
                out.println(String.format(Locale.ROOT, "%4d s   ", second) + unit + present.since(last, now - before));
                last = present;
                before = now;
            } catch (ExecutionException impossible) {
                throw new IllegalStateException(impossible);
            }
        }
    }

    private void printServer(EchoServer server) {
        InetSocketAddress address = server.address();
        out.println(
                "server: " + address.getAddress().getHostAddress() + " port " + address.getPort() + ", event loops "
                        + server.loopCount());
    }

    private void printServed(EchoServer server) {
        out.println("served: " + server.unit() + server.traffic() + server.connections());
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

    private void printContent(long bytes, long nanos) {
        out.println(
                String.format(
                        Locale.ROOT, "content: %,d bytes came back, %,.1f MB/s", bytes, 1e3 * bytes / nanos));
    }

    private void printFailures(String side, List<Throwable> failures) {
        if (!failures.isEmpty()) {
            out.println("first failure of the " + side + ": " + failures.getFirst());
        }
    }
}
