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

/** What the programs share: exit codes, the transport by its name, and an end on Ctrl-C that still prints totals. */
public abstract class Program {
    /** The run did what it was for. */
    public static final int DONE = 0;
    /** It did not, or something failed. */
    public static final int FAILED = 1;
    /** The arguments are wrong. */
    public static final int USAGE = 2;
    /** The transport is not available, or lacks what the run needs. */
    public static final int UNAVAILABLE = 3;

    private static final int STOP_SECONDS = 15;
    private static final List<String> HELP = List.of("--help", "-h");

    /**
     * A run as the arguments ask for it.
     *
     * @param transport the name of the transport
     */
    public record Run(String transport, boolean needsTcp, Body body) {}

    /** What a run does. */
    public interface Body {
        /** Runs until done or until the thread is interrupted, and tells whether it did what it was for. */
        boolean run(TransportProvider transport, PrintStream out) throws IOException, InterruptedException;
    }

    protected Program() {}

    protected abstract String usage();

    protected abstract Run parse(List<String> words) throws UsageException;

    /** Runs and ends the JVM with the exit code. */
    protected final void execute(String[] args) {
        Thread main = Thread.currentThread();
        CountDownLatch ended = new CountDownLatch(1);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(main, ended), "example-stop"));
        int code;
        try {
            code = run(List.of(args), System.out, System.err);
        } finally {
            ended.countDown();
        }
        System.exit(code);
    }

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

    /** Runs and tells the exit code. */
    public final int run(List<String> words, PrintStream out, PrintStream err) {
        if (!words.isEmpty() && HELP.contains(words.getLast())) {
            out.print(usage());
            return DONE;
        }
        Run run;
        try {
            run = parse(words);
        } catch (UsageException wrong) {
            err.println(wrong.getMessage());
            err.print(usage());
            return USAGE;
        }
        String name = run.transport();
        Optional<TransportProvider> transport = ExampleTransports.named(name, run.needsTcp());
        if (transport.isEmpty()) {
            err.println("transport " + name + " is not available: its artifact is not there");
            return UNAVAILABLE;
        }
        Throwable cause = transport.get().unavailabilityCause();
        if (cause != null) {
            err.println("transport " + name + " is not available: " + describe(cause));
            return UNAVAILABLE;
        }
        if (run.needsTcp() && transport.get().serverSocketChannelClass() == null) {
            err.println("transport " + name + " has no TCP");
            return UNAVAILABLE;
        }
        return run(run, transport.get(), out, err);
    }

    private static int run(Run run, TransportProvider transport, PrintStream out, PrintStream err) {
        try {
            return run.body().run(transport, out) ? DONE : FAILED;
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
