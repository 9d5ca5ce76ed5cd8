// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.examples.soak;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Map;

import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * What the kernel has counted of datagrams that did not arrive, from {@code /proc/net} of this process's network
 * namespace. Empty on systems without it.
 */
final class KernelCounters {
    static final KernelCounters NONE = new KernelCounters(Map.of());

    private static final Path DIRECTORY = Path.of("/proc/net");
    private static final Pattern BLANKS = Pattern.compile("\\s+");
    private static final String SOCKETS = "drops of the receivers' sockets";
    private static final String DEVICES = "drops of devices";

    /** Loopback and the ends of the veth pair: others lose datagrams that are not the soak's. */
    private static final List<String> OWN_DEVICES = List.of("lo", "v0", "v1");

    /** Counters of the namespace: shown, since they count others' datagrams as well. */
    private static final List<String> SHOWN = List.of(
            "Udp InErrors", "Udp RcvbufErrors", "Udp SndbufErrors", "Udp MemErrors", "Udp6InErrors",
            "Udp6RcvbufErrors", "Udp6SndbufErrors", "Ip InDiscards", "Ip OutDiscards", "Ip6InDiscards",
            "Ip6OutDiscards", "Ip FragFails", "Ip6FragFails");

    /** Each of these is a datagram that no socket has got. */
    private static final List<String> LOSSES = List.of(
            SOCKETS, DEVICES, "Udp InCsumErrors", "Udp6InCsumErrors", "Udp MemErrors", "Udp6MemErrors",
            "Ip InDiscards", "Ip OutDiscards", "Ip6InDiscards", "Ip6OutDiscards", "Ip ReasmFails", "Ip6ReasmFails");

    private final Map<String, Long> values;

    private KernelCounters(Map<String, Long> values) {
        this.values = values;
    }

    /**
     * The present values.
     *
     * @param ports of sockets of this process's, whose own drops count
     */
    static KernelCounters read(Collection<Integer> ports) throws IOException {
        Map<String, Long> values = new TreeMap<>();
        readPairsOfLines(linesOf("snmp"), values);
        for (String line : linesOf("snmp6")) {
            String[] words = BLANKS.split(line, -1);
            values.put(words[0], Long.valueOf(words[1]));
        }
        values.put(DEVICES, dropsOfDevices(linesOf("dev")));
        values.put(SOCKETS, dropsOfSockets(linesOf("udp"), ports) + dropsOfSockets(linesOf("udp6"), ports));
        return new KernelCounters(values);
    }

    private static List<String> linesOf(String file) throws IOException {
        try {
            return Files.readAllLines(DIRECTORY.resolve(file));
        } catch (NoSuchFileException absent) {
            return List.of();
        }
    }

    /** Names in one line, values in the next, both with the protocol in front. */
    static void readPairsOfLines(List<String> lines, Map<String, Long> values) {
        for (int i = 0; i + 1 < lines.size(); i += 2) {
            String[] names = BLANKS.split(lines.get(i), -1);
            String[] numbers = BLANKS.split(lines.get(i + 1), -1);
            for (int j = 1; j < names.length; j++) {
                values.put(names[0].replace(':', ' ') + names[j], Long.valueOf(numbers[j]));
            }
        }
    }

    /** Both ways: the fourth number of the eight for each way. */
    static long dropsOfDevices(List<String> lines) {
        long drops = 0;
        for (String line : lines) {
            int colon = line.indexOf(':');
            if (colon > 0 && OWN_DEVICES.contains(line.substring(0, colon).strip())) {
                String[] numbers = BLANKS.split(line.substring(colon + 1).strip(), -1);
                drops += Long.parseLong(numbers[3]) + Long.parseLong(numbers[11]);
            }
        }
        return drops;
    }

    /** The port, in hexadecimal digits, ends the second word; the last word is the count. */
    static long dropsOfSockets(List<String> lines, Collection<Integer> ports) {
        long drops = 0;
        for (String line : lines.subList(Math.min(1, lines.size()), lines.size())) {
            String[] words = BLANKS.split(line.strip(), -1);
            if (ports.contains(Integer.parseInt(words[1].substring(words[1].indexOf(':') + 1), 16))) {
                drops += Long.parseLong(words[words.length - 1]);
            }
        }
        return drops;
    }

    KernelCounters since(KernelCounters earlier) {
        Map<String, Long> grown = new TreeMap<>();
        values.forEach((name, value) -> grown.put(name, value - earlier.values.getOrDefault(name, 0L)));
        return new KernelCounters(grown);
    }

    /** Datagrams that may not have arrived where they should. */
    long lost() {
        return LOSSES.stream().mapToLong(name -> values.getOrDefault(name, 0L)).sum();
    }

    /** The counters of losses, where any were counted. */
    @Override
    public String toString() {
        String shown = values.entrySet().stream()
                .filter(entry -> entry.getValue() != 0)
                .filter(entry -> SHOWN.contains(entry.getKey()) || LOSSES.contains(entry.getKey()))
                .map(entry -> entry.getKey() + " " + entry.getValue())
                .collect(Collectors.joining(", "));
        return shown.isEmpty() ? "counts no loss" : shown;
    }
}
