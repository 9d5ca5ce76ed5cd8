// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.examples.soak;

import java.io.File;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A round between two network namespaces with a process in each: a shell that makes the namespace's end of a veth pair
 * and then becomes the JVM, so that the namespaces end with the processes, however those end.
 */
final class VethRound {
    /** What a receiver says when its channels are open: the window and the addresses follow. */
    static final String LISTENING = "listening ";

    private static final String ENTERED = "entered";
    private static final String READY = "ready";
    private static final String STOP = "stop";
    private static final int MTU = 1500;
    private static final long START_SECONDS = 60;
    private static final long END_SECONDS = 60;
    /** Longer than a sender takes to see that it stalls. */
    private static final long SILENCE_SECONDS = 90;
    private static final String SENDER_INET = "10.123.0.1";
    private static final String SENDER_INET6 = "fd00:123::1";
    private static final String RECEIVER_INET = "10.123.0.2";
    private static final String RECEIVER_INET6 = "fd00:123::2";

    /** The first word that is read is the process id of the receiver. */
    private static final String MAKE_PAIR = """
            read -r receiver
            ip link add v0 mtu %d type veth peer name v1 mtu %d netns "$receiver"
            """.formatted(MTU, MTU);
    private static final String AWAIT_PAIR = """
            read -r made
            """;
    private final SoakOptions options;
    private final int round;
    private final String transport;
    private final PrintStream out;

    VethRound(SoakOptions options, int round, String transport, PrintStream out) {
        this.options = options;
        this.round = round;
        this.transport = transport;
        this.out = out;
    }

    /** Why this process cannot make such namespaces; empty if it can. */
    static Optional<String> obstacle() throws InterruptedException {
        try {
            Process probe = new ProcessBuilder(
                    "unshare", "-n", "sh", "-c", "ip link add v0 type veth peer name v1 && ip link set lo up")
                    .redirectErrorStream(true)
                    .start();
            String said = new String(probe.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return probe.waitFor() == 0
                    ? Optional.empty()
                    : Optional.of("no network namespaces: " + said.strip() + "; run as root with iproute2 installed");
        } catch (IOException noProgram) {
            return Optional.of("no network namespaces: " + noProgram.getMessage());
        }
    }

    /** In the receiver: waits for the parent. True if it says that the senders are done, false if it is gone. */
    static boolean awaitStop() throws IOException {
        byte[] word = System.in.readNBytes(STOP.length());
        return word.length == STOP.length();
    }

    Tally run() throws IOException, InterruptedException {
        Optional<String> obstacle = obstacle();
        if (obstacle.isPresent()) {
            throw new IOException(obstacle.get());
        }
        String offload = options.rounds().get(round).word();
        try (
                SoakProcess receiver = start(
                        SoakOptions.Part.RECEIVER, AWAIT_PAIR, RECEIVER_INET, RECEIVER_INET6, "v1", offload);
                SoakProcess sender = start(
                        SoakOptions.Part.SENDER, MAKE_PAIR, SENDER_INET, SENDER_INET6, "v0", offload)) {
            receiver.await(ENTERED, START_SECONDS);
            sender.await(ENTERED, START_SECONDS);
            sender.tell(Long.toString(receiver.pid()));
            sender.await(READY, START_SECONDS);
            receiver.tell("made");
            receiver.await(READY, START_SECONDS);
            receiver.tell("--addresses " + RECEIVER_INET + "," + RECEIVER_INET6);
            String[] listening = receiver.await(LISTENING, START_SECONDS).split(" ", -1);
            sender.tell("--window " + listening[1] + " --addresses " + listening[2]);
            Tally sent = sender.awaitTally(SILENCE_SECONDS);
            receiver.tell(STOP);
            Tally received = receiver.awaitTally(END_SECONDS);
            return sent.plus(received);
        }
    }

    private SoakProcess start(
            SoakOptions.Part part, String pair, String inet, String inet6, String device, String offload)
            throws IOException {
        // Without ethtool, a limit of one segment makes the stack cut trains up before the device as well.
        String setUp = """
                ip link set lo up
                ip addr add %1$s/24 dev %3$s
                ip -6 addr add %2$s/64 dev %3$s nodad || true
                if command -v ethtool >&2; then
                    ethtool -K %3$s tx-udp-segmentation %4$s gro %4$s
                elif [ %4$s = off ]; then
                    ip link set dev %3$s gso_max_segs 1
                fi >&2
                ip link set %3$s up
                echo ready
                read -r rest
                exec "$@" $rest
                """.formatted(inet, inet6, device, offload);
        String script = "set -eu\necho " + ENTERED + "\n" + pair + setUp;
        List<String> words = new ArrayList<>(List.of("unshare", "-n", "sh", "-c", script, "sh"));
        words.addAll(java());
        words.addAll(options.wordsFor(part, round, transport));
        return new SoakProcess(part == SoakOptions.Part.SENDER ? "sender" : "receiver", words, out);
    }

    /** This JVM's Java, with its class path. */
    private static List<String> java() throws IOException {
        String classPath = System.getProperty("java.class.path", "");
        if (Stream.of(classPath.split(File.pathSeparator, -1)).noneMatch(entry -> Files.exists(Path.of(entry)))) {
            throw new IOException("processes of their own need the examples on the class path");
        }
        List<String> words = new ArrayList<>();
        words.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        words.add("--enable-native-access=ALL-UNNAMED");
        String leaks = System.getProperty("io.netty.leakDetection.level");
        if (leaks != null) {
            words.add("-Dio.netty.leakDetection.level=" + leaks);
        }
        words.addAll(List.of("-cp", classPath, Soak.class.getName()));
        return words;
    }

}
