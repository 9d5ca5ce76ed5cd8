// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.examples;

import dev.ringport.TransportProvider;
import io.netty.channel.ChannelException;
import java.io.IOException;
import java.io.PrintStream;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * A UDP echo server and a client that loads it, on io_uring or on one of Netty's transports. Without arguments both run
 * in this process for five seconds. Exit code: 0 if a datagram came back, 1 if none did or something failed, 2 for
 * wrong arguments, 3 if the transport is not available.
 */
public final class UdpEcho {
    static final int CAME_BACK = 0;
    static final int FAILED = 1;
    static final int USAGE = 2;
    static final int UNAVAILABLE = 3;

    private static final int STOP_SECONDS = 15;
    private static final List<String> HELP = List.of("--help", "-h");

    private UdpEcho() {}

    public static void main(String[] args) {
        Thread main = Thread.currentThread();
        CountDownLatch ended = new CountDownLatch(1);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(main, ended), "echo-stop"));
        int code = run(args, System.out, System.err);
        ended.countDown();
        System.exit(code);
    }

    /** On Ctrl-C: the run ends early and prints its totals. */
    private static void stop(Thread main, CountDownLatch ended) {
        main.interrupt();
        try {
            if (!ended.await(STOP_SECONDS, TimeUnit.SECONDS)) {
                System.err.println("the run did not end");
            }
        } catch (InterruptedException hurry) {
            Thread.currentThread().interrupt();
        }
    }

    static int run(String[] args, PrintStream out, PrintStream err) {
        if (args.length > 0 && HELP.contains(args[args.length - 1])) {
            out.print(EchoOptions.USAGE);
            return CAME_BACK;
        }
        EchoOptions options;
        try {
            options = EchoOptions.parse(args);
        } catch (UsageException wrong) {
            err.println(wrong.getMessage());
            err.print(EchoOptions.USAGE);
            return USAGE;
        }
        Optional<TransportProvider> transport = EchoTransports.named(options.transport());
        if (transport.isEmpty()) {
            err.println("transport " + options.transport() + " is not available: its artifact is not there");
            return UNAVAILABLE;
        }
        Throwable cause = transport.get().unavailabilityCause();
        if (cause != null) {
            err.println("transport " + options.transport() + " is not available: " + describe(cause));
            return UNAVAILABLE;
        }
        return run(options, transport.get(), out, err);
    }

    private static int run(EchoOptions options, TransportProvider transport, PrintStream out, PrintStream err) {
        try {
            return new EchoRun(options, transport, out).run() ? CAME_BACK : FAILED;
        } catch (IOException | IllegalStateException | ChannelException failed) {
            err.println(describe(failed));
            return FAILED;
        } catch (InterruptedException hurry) {
            err.println("interrupted before the end");
            return FAILED;
        }
    }

    /** The message in one line, or what was thrown if it has none. */
    private static String describe(Throwable thrown) {
        String message = thrown.getMessage();
        return message == null ? thrown.toString() : message.lines().findFirst().orElse("");
    }
}
