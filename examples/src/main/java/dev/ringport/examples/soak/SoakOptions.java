// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.examples.soak;

import dev.ringport.examples.Arguments;
import dev.ringport.examples.UsageException;
import java.util.ArrayList;
import java.util.List;

/**
 * What the arguments ask for.
 *
 * @param datagrams to send in all, at least
 * @param peers sending channels
 * @param threads event loops on each side
 * @param rounds of the offloads, one after the other
 * @param round the number of a child's round
 * @param window of a flow, for the child that sends
 * @param addresses hosts, or hosts with ports, for a child
 */
record SoakOptions(
        Part part,
        boolean veth,
        String transport,
        int datagrams,
        int peers,
        int threads,
        int seed,
        List<Offloads> rounds,
        int round,
        int window,
        String addresses) {
    static final String USAGE = """
            usage: soak [option value]...
              sends numbered datagrams with checksums and looks at each that arrives
            options:
              --datagrams N     1..2000000000 (default 100000000)
              --transport NAME  uring, mmsg, iocp, epoll, netty-io_uring, kqueue, nio; auto takes the best there is (default auto)
              --peers N         1..1000 sending channels (default 8)
              --threads N       1..64 event loops on each side (default 2)
              --seed N          0..2147483647 of sizes and patterns of writes (default: another each time)
              --offloads on | off | alternate   segmentation and receive offload, on both sides; alternate: in turns, \
            5000000 datagrams each, at least two (default alternate)
              --veth            between two network namespaces over a veth pair with an MTU of 1500; as root
            """;

    private static final List<String> NAMES = List.of(
            "--datagrams",
            "--transport",
            "--peers",
            "--threads",
            "--seed",
            "--offloads",
            // Of the processes that --veth starts.
            "--round",
            "--window",
            "--addresses");
    private static final int DATAGRAMS_A_ROUND = 5_000_000;

    /** Which part this process has. */
    enum Part {
        WHOLE, SENDER, RECEIVER
    }

    static SoakOptions parse(List<String> words) throws UsageException {
        Part part = Part.WHOLE;
        if (!words.isEmpty()) {
            part = switch (words.getFirst()) {
                case "sender" -> Part.SENDER;
                case "receiver" -> Part.RECEIVER;
                default -> Part.WHOLE;
            };
        }
        Arguments given = Arguments.parse(
                part == Part.WHOLE ? words : words.subList(1, words.size()), NAMES, List.of("--veth"));
        int datagrams = given.number("--datagrams", 100_000_000, 1, 2_000_000_000);
        return new SoakOptions(
                part,
                given.has("--veth"),
                given.transport(),
                datagrams,
                given.number("--peers", 8, 1, 1000),
                given.number("--threads", 2, 1, 64),
                given.number("--seed", (int) (System.nanoTime() >>> 10) & Integer.MAX_VALUE, 0, Integer.MAX_VALUE),
                rounds(given.text("--offloads", "alternate"), datagrams),
                given.number("--round", 0, 0, Integer.MAX_VALUE),
                given.number("--window", 0, 1, Integer.MAX_VALUE),
                given.text("--addresses", ""));
    }

    private static List<Offloads> rounds(String offloads, int datagrams) throws UsageException {
        return switch (offloads) {
            case "on" -> List.of(Offloads.ON);
            case "off" -> List.of(Offloads.OFF);
            case "alternate" -> {
                List<Offloads> rounds = new ArrayList<>();
                for (int i = 0; i < Math.max(2, datagrams / DATAGRAMS_A_ROUND); i++) {
                    rounds.add(i % 2 == 0 ? Offloads.ON : Offloads.OFF);
                }
                yield rounds;
            }
            default -> throw new UsageException("--offloads must be on, off or alternate, not " + offloads);
        };
    }

    /** How many datagrams a round sends. */
    int datagramsOf(int ofRound) {
        int each = datagrams / rounds.size();
        return ofRound == 0 ? datagrams - each * (rounds.size() - 1) : each;
    }

    /** The words for the process that has a part of a round. */
    List<String> wordsFor(Part child, int ofRound, String transportName) {
        return List.of(
                child == Part.SENDER ? "sender" : "receiver",
                "--transport", transportName,
                "--datagrams", Integer.toString(datagramsOf(ofRound)),
                "--peers", Integer.toString(peers),
                "--threads", Integer.toString(threads),
                "--seed", Integer.toString(seed),
                "--offloads", rounds.get(ofRound).word(),
                "--round", Integer.toString(ofRound));
    }
}
