// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.examples;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What the arguments ask for.
 *
 * @param port 0 for one that the system picks
 * @param seconds 0 for until interrupted
 * @param rate datagrams per second of all channels, 0 for as many as the window lets through
 */
record EchoOptions(
        Mode mode,
        String transport,
        String host,
        int port,
        int size,
        int window,
        int clients,
        int seconds,
        int threads,
        int rate) {
    static final String USAGE = """
            usage: echo [demo | server | client] [option value]...
              demo      a server and a client in one process (default)
              server    answers each datagram with its content
              client    sends load to a server and measures round trips
            options:
              --transport uring | nio | epoll | auto   auto takes the best there is (default auto)
              --host NAME       address to serve or to send to (default 127.0.0.1)
              --port N          0..65535, 0: any (default 9999; demo: any)
              --size BYTES      12..65507, content of a datagram; server: the longest it takes, not under 2048 \
            (default 64)
              --window N        1..65536 datagrams outstanding on each client channel (default 64)
              --clients N       1..10000 client channels (default 1)
              --seconds N       0..86400 to run (default 5; server: 0, until interrupted)
              --threads N       1..256 event loops on each side (default 1)
              --rate N          datagrams per second of all client channels (default: no limit)
            """;

    private static final List<String> TRANSPORTS = List.of("uring", "nio", "epoll", "auto");
    private static final List<String> NAMES = List.of(
            "--transport",
            "--host",
            "--port",
            "--size",
            "--window",
            "--clients",
            "--seconds",
            "--threads",
            "--rate");
    private static final List<String> CLIENT_NAMES = List.of("--window", "--clients", "--rate");

    enum Mode {
        DEMO, SERVER, CLIENT
    }

    static EchoOptions parse(String[] args) throws UsageException {
        boolean modeGiven = args.length > 0 && !args[0].startsWith("-");
        Mode mode = modeGiven ? mode(args[0]) : Mode.DEMO;
        Map<String, String> given = new HashMap<>();
        for (int i = modeGiven ? 1 : 0; i < args.length; i += 2) {
            String name = args[i];
            if (!NAMES.contains(name)) {
                throw new UsageException("unknown option " + name);
            }
            if (mode == Mode.SERVER && CLIENT_NAMES.contains(name)) {
                throw new UsageException(name + " is an option of the client");
            }
            if (i + 1 == args.length) {
                throw new UsageException(name + " needs a value");
            }
            if (given.put(name, args[i + 1]) != null) {
                throw new UsageException(name + " is given twice");
            }
        }
        String transport = given.getOrDefault("--transport", "auto");
        if (!TRANSPORTS.contains(transport)) {
            throw new UsageException("unknown transport " + transport);
        }
        return new EchoOptions(
                mode,
                transport,
                given.getOrDefault("--host", "127.0.0.1"),
                number(given, "--port", mode == Mode.DEMO ? 0 : 9999, mode == Mode.CLIENT ? 1 : 0, 65_535),
                number(given, "--size", 64, EchoClientHandler.HEADER_BYTES, 65_507),
                number(given, "--window", 64, 1, 65_536),
                number(given, "--clients", 1, 1, 10_000),
                number(given, "--seconds", mode == Mode.SERVER ? 0 : 5, mode == Mode.SERVER ? 0 : 1, 86_400),
                number(given, "--threads", 1, 1, 256),
                number(given, "--rate", 0, 1, 100_000_000));
    }

    private static Mode mode(String word) throws UsageException {
        return switch (word) {
            case "demo" -> Mode.DEMO;
            case "server" -> Mode.SERVER;
            case "client" -> Mode.CLIENT;
            default -> throw new UsageException("neither demo nor server nor client: " + word);
        };
    }

    private static int number(Map<String, String> given, String name, int fallback, int min, int max)
            throws UsageException {
        String text = given.get(name);
        if (text == null) {
            return fallback;
        }
        try {
            int value = Integer.parseInt(text);
            if (value >= min && value <= max) {
                return value;
            }
        } catch (NumberFormatException noNumber) {
            // Reported below, as a number out of range is.
        }
        throw new UsageException(name + " must be a number from " + min + " to " + max + ", not " + text);
    }
}
