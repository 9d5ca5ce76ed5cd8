// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.examples;

import java.util.List;

/**
 * What the arguments ask for.
 *
 * @param port 0 for one that the system picks
 * @param seconds 0 for until interrupted
 * @param rate datagrams or messages per second of all channels, 0 for as many as the window lets through
 * @param messages of each connection, 0 for as many as the time allows
 */
record EchoOptions(
        Protocol protocol,
        Mode mode,
        String transport,
        String host,
        int port,
        int size,
        int window,
        int clients,
        int seconds,
        int threads,
        int rate,
        int messages) {
    static final String USAGE = """
            usage: echo [udp | tcp] [demo | server | client] [option value]...
              udp       a datagram for each datagram (default)
              tcp       connections; what is sent comes back byte by byte
              demo      a server and a client in one process (default)
              server    sends back what it receives
              client    sends load to a server and measures round trips
            options:
              --transport NAME  uring, mmsg, iocp, epoll, netty-io_uring, kqueue, nio; auto takes the best there is (default auto)
              --host NAME       address to serve or to send to (default 127.0.0.1)
              --port N          0..65535, 0: any (default 9999; demo: any)
              --size BYTES      content of a datagram, 12..65507, or of a message, 12..1048576; server over UDP: \
            the longest it takes, not under 2048 (default 64)
              --window N        1..65536 datagrams or messages outstanding on each client channel (default 64)
              --clients N       1..10000 client channels (default 1)
              --seconds N       0..86400 to run (default 5; server: 0, until interrupted)
              --threads N       1..256 event loops on each side (default 1)
              --rate N          datagrams or messages per second of all client channels (default: no limit)
              --messages N      over TCP, 1..1000000000 on each client channel; with the last the run ends \
            (default: no limit)
            """;

    private static final List<String> NAMES = List.of(
            "--transport",
            "--host",
            "--port",
            "--size",
            "--window",
            "--clients",
            "--seconds",
            "--threads",
            "--rate",
            "--messages");
    private static final List<String> CLIENT_NAMES = List.of("--window", "--clients", "--rate", "--messages");
    private static final int LONGEST_DATAGRAM = 65_507;
    private static final int LONGEST_MESSAGE = 1 << 20;

    enum Protocol {
        UDP, TCP
    }

    enum Mode {
        DEMO, SERVER, CLIENT
    }

    static EchoOptions parse(List<String> words) throws UsageException {
        int next = 0;
        Protocol protocol = Protocol.UDP;
        if (!words.isEmpty() && (words.getFirst().equals("udp") || words.getFirst().equals("tcp"))) {
            protocol = words.getFirst().equals("tcp") ? Protocol.TCP : Protocol.UDP;
            next++;
        }
        Mode mode = Mode.DEMO;
        if (next < words.size() && !words.get(next).startsWith("-")) {
            mode = mode(words.get(next));
            next++;
        }
        Arguments given = Arguments.parse(words.subList(next, words.size()), NAMES);
        for (String name : CLIENT_NAMES) {
            if (mode == Mode.SERVER && given.has(name)) {
                throw new UsageException(name + " is an option of the client");
            }
        }
        boolean datagrams = protocol == Protocol.UDP;
        if (datagrams && given.has("--messages")) {
            throw new UsageException("--messages is an option of tcp");
        }
        return new EchoOptions(
                protocol,
                mode,
                given.transport(),
                given.text("--host", "127.0.0.1"),
                given.number("--port", mode == Mode.DEMO ? 0 : 9999, mode == Mode.CLIENT ? 1 : 0, 65_535),
                given.number(
                        "--size", 64, EchoClientHandler.HEADER_BYTES, datagrams ? LONGEST_DATAGRAM : LONGEST_MESSAGE),
                given.number("--window", 64, 1, 65_536),
                given.number("--clients", 1, 1, 10_000),
                given.number("--seconds", mode == Mode.SERVER ? 0 : 5, mode == Mode.SERVER ? 0 : 1, 86_400),
                given.number("--threads", 1, 1, 256),
                given.number("--rate", 0, 1, 100_000_000),
                given.number("--messages", 0, 1, 1_000_000_000));
    }

    private static Mode mode(String word) throws UsageException {
        return switch (word) {
            case "demo" -> Mode.DEMO;
            case "server" -> Mode.SERVER;
            case "client" -> Mode.CLIENT;
            default -> throw new UsageException("neither demo nor server nor client: " + word);
        };
    }
}
