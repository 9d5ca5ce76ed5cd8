// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.examples.soak;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/** A process of a round. What it says is printed with its name in front. */
final class SoakProcess implements AutoCloseable {
    private static final String END = "";

    private final String name;
    private final Process process;
    private final PrintWriter input;
    private final PrintStream out;
    private final BlockingQueue<String> lines = new LinkedBlockingQueue<>();

    SoakProcess(String name, List<String> command, PrintStream out) throws IOException {
        this.name = name;
        this.out = out;
        process = new ProcessBuilder(command).redirectErrorStream(true).start();
        input = new PrintWriter(process.getOutputStream(), true, StandardCharsets.UTF_8);
        Thread.ofPlatform().daemon().name("example-" + name + "-output").start(this::read);
    }

    private void read() {
        try (BufferedReader reader = process.inputReader(StandardCharsets.UTF_8)) {
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                if (!line.isEmpty()) {
                    lines.add(line);
                }
            }
        } catch (IOException | UncheckedIOException closed) {
            // It is being ended.
        } finally {
            lines.add(END);
        }
    }

    long pid() {
        return process.pid();
    }

    void tell(String line) {
        input.println(line);
    }

    /** Waits for a line that begins so. Prints those before it. */
    String await(String start, long seconds) throws IOException, InterruptedException {
        return await(line -> line.startsWith(start), start, seconds);
    }

    /** Waits for its tally. Prints the lines before it. */
    Tally awaitTally(long seconds) throws IOException, InterruptedException {
        return Tally.ofLine(await(line -> Tally.ofLine(line).isPresent(), "tally", seconds)).orElseThrow();
    }

    private String await(Predicate<String> wanted, String what, long seconds)
            throws IOException, InterruptedException {
        while (true) {
            String line = lines.poll(seconds, TimeUnit.SECONDS);
            if (line == null) {
                throw new IOException("the " + name + " says nothing for " + seconds + " s; awaited: " + what);
            }
            if (line.equals(END)) {
                throw new IOException("the " + name + " has ended before its " + what.strip());
            }
            if (wanted.test(line)) {
                return line;
            }
            out.println(name + ": " + line);
        }
    }

    @Override
    public void close() {
        input.close();
        process.destroy();
        try {
            if (!process.waitFor(5, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException hurry) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
