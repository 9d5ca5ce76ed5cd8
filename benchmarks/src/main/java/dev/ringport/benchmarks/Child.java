// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.benchmarks;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A JVM that the runner started, and the runner's end of the line to it. It ends with its standard input, so none is
 * left behind whatever becomes of the runner.
 */
final class Child implements AutoCloseable {
    /** For all alike, so that no contender gets another collector or another kind of socket. */
    private static final List<String> JVM = List.of(
            "--enable-native-access=ALL-UNNAMED",
            "-XX:+UseSerialGC",
            "-Xms256m",
            "-Xmx512m",
            "-XX:ActiveProcessorCount=2",
            "-Djava.net.preferIPv4Stack=true",
            "-Dio.netty.leakDetection.level=disabled");
    private static final long ANSWER_SECONDS = 330;
    private static final long END_SECONDS = 5;
    private static final int LOG_LINES = 20;

    /** The process is gone, or does not answer: nothing more can be measured with it. */
    static final class LostException extends IOException {
        private static final long serialVersionUID = 1L;

        LostException(String message) {
            super(message);
        }
    }

    private final String name;
    private final Path log;
    private final Process process;
    private final Writer commands;
    /** Empty at the end. */
    private final LinkedBlockingQueue<Optional<String>> answers = new LinkedBlockingQueue<>();
    private @Nullable Message first;

    private Child(String name, Path log, Process process) {
        this.name = name;
        this.log = log;
        this.process = process;
        commands = process.outputWriter(StandardCharsets.UTF_8);
    }

    /**
     * Starts a JVM with the class path of this one.
     *
     * @param pin the words before the command
     * @param log takes what it prints
     */
    static Child start(String name, List<String> pin, Class<?> main, List<String> args, Path log) throws IOException {
        List<String> command = new ArrayList<>(pin);
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(JVM);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
        command.addAll(args);
        Process process = new ProcessBuilder(command).redirectError(log.toFile()).start();
        Child child = new Child(name, log, process);
        Thread.ofPlatform().daemon().name("answers of " + name).start(child::readAnswers);
        return child;
    }

    private void readAnswers() {
        try (BufferedReader in = new BufferedReader(
                new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                answers.add(Optional.of(line));
            }
        } catch (IOException closed) {
            // The end, as well.
        } finally {
            answers.add(Optional.empty());
        }
    }

    /** What it said when it was ready, or that it failed. */
    Message ready() throws IOException, InterruptedException {
        Message known = first;
        if (known == null) {
            known = next();
            first = known;
        }
        return known;
    }

    /** Sends a command and waits for the answer, which is not a failure. */
    Message ask(Message command) throws IOException, InterruptedException {
        ready();
        try {
            commands.write(command.encode());
            commands.write('\n');
            commands.flush();
        } catch (IOException gone) {
            throw lost("is gone");
        }
        Message answer = next();
        if (answer.word().equals(Message.FAILED)) {
            throw new IOException(name + ", " + command.word() + ": " + answer.text("cause"));
        }
        return answer;
    }

    private Message next() throws IOException, InterruptedException {
        Optional<String> line = answers.poll(ANSWER_SECONDS, TimeUnit.SECONDS);
        if (line == null) {
            throw lost("does not answer");
        }
        return Message.decode(line.orElseThrow(() -> lost("ended")));
    }

    private LostException lost(String how) {
        StringBuilder message = new StringBuilder("the process of ").append(name).append(' ').append(how);
        try {
            List<String> lines = Files.readAllLines(log);
            message.append("; the end of ").append(log).append(':');
            lines.subList(Math.max(0, lines.size() - LOG_LINES), lines.size())
                    .forEach(line -> message.append("\n  ").append(line));
        } catch (IOException unreadable) {
            message.append("; no log at ").append(log);
        }
        return new LostException(message.toString());
    }

    @Override
    public void close() {
        try {
            commands.close();
        } catch (IOException gone) {
            // It ended by itself.
        }
        try {
            if (process.waitFor(END_SECONDS, TimeUnit.SECONDS)) {
                return;
            }
        } catch (InterruptedException hurry) {
            Thread.currentThread().interrupt();
        }
        process.destroyForcibly();
    }
}
