// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.benchmarks;

import java.io.File;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.OptionalInt;
import java.util.TreeSet;

/**
 * The processors that server and load are pinned to.
 *
 * @param server empty where nothing is pinned
 * @param load another one than the server's, of another core if there is one
 */
record Processors(OptionalInt server, OptionalInt load, String description) {
    private static final Path PROC = Path.of("/proc");

    /** Chooses among those that this process may use. */
    static Processors choose() throws IOException {
        TreeSet<Integer> allowed = parse(status("Cpus_allowed_list"));
        if (allowed.size() < 2) {
            return unpinned("one processor for server and load together: rates and ratios mean little");
        }
        if (Arrays.stream(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator, -1))
                .noneMatch(folder -> Files.isExecutable(Path.of(folder, "taskset")))) {
            return unpinned("no taskset on the PATH: server and load are not pinned");
        }
        int server = allowed.removeLast();
        TreeSet<Integer> otherCores = new TreeSet<>(allowed);
        otherCores.removeAll(siblings(server));
        int load = otherCores.isEmpty() ? allowed.getLast() : otherCores.getLast();
        return new Processors(
                OptionalInt.of(server),
                OptionalInt.of(load),
                "server on cpu " + server + ", load on cpu " + load
                        + (otherCores.isEmpty() ? ", two threads of one core" : ""));
    }

    private static Processors unpinned(String why) {
        return new Processors(OptionalInt.empty(), OptionalInt.empty(), why);
    }

    /** The words before a command that pin it. */
    static List<String> pinned(OptionalInt to) {
        return to.isEmpty() ? List.of() : List.of("taskset", "-c", Integer.toString(to.getAsInt()));
    }

    /** A list such as {@code 0-3,8}. */
    static TreeSet<Integer> parse(String list) {
        TreeSet<Integer> numbers = new TreeSet<>();
        for (String part : list.strip().split(",", -1)) {
            if (!part.isEmpty()) {
                String[] ends = part.split("-", -1);
                for (int i = Integer.parseInt(ends[0]); i <= Integer.parseInt(ends[ends.length - 1]); i++) {
                    numbers.add(i);
                }
            }
        }
        return numbers;
    }

    private static TreeSet<Integer> siblings(int of) throws IOException {
        Path list = Path.of("/sys/devices/system/cpu/cpu" + of + "/topology/thread_siblings_list");
        return Files.isReadable(list) ? parse(Files.readString(list)) : new TreeSet<>();
    }

    private static String status(String name) throws IOException {
        for (String line : Files.readAllLines(PROC.resolve("self/status"))) {
            if (line.startsWith(name + ":")) {
                return line.substring(name.length() + 1);
            }
        }
        throw new IOException("no " + name + " in /proc/self/status");
    }

    /**
     * The server's processor at one moment.
     *
     * @param busy ticks that it worked, for whom it may be
     * @param all ticks in all
     * @param softirqNanos CPU time of the kernel's thread for its deferred network work; 0 where it cannot be seen
     */
    record Load(long busy, long all, long softirqNanos) {
        Load since(Load earlier) {
            return new Load(busy - earlier.busy, all - earlier.all, softirqNanos - earlier.softirqNanos);
        }
    }

    /** Finds the kernel's thread; a container may hide it. */
    static List<Path> softirqThread(OptionalInt processor) throws IOException {
        List<Path> found = new ArrayList<>();
        if (processor.isPresent()) {
            String name = "ksoftirqd/" + processor.getAsInt();
            try (DirectoryStream<Path> processes = Files.newDirectoryStream(PROC, "[0-9]*")) {
                for (Path process : processes) {
                    if (name.equals(firstLine(process.resolve("comm")))) {
                        found.add(process.resolve("schedstat"));
                    }
                }
            }
        }
        return found;
    }

    private static String firstLine(Path file) {
        try {
            return Files.readString(file).strip();
        } catch (IOException gone) {
            return "";
        }
    }

    /** Reads the server's processor; all zero if nothing is pinned. */
    Load read(List<Path> softirqThread) throws IOException {
        if (server.isEmpty()) {
            return new Load(0, 0, 0);
        }
        long softirq = 0;
        for (Path schedstat : softirqThread) {
            String line = firstLine(schedstat);
            softirq += line.isEmpty() ? 0 : Long.parseLong(line.substring(0, line.indexOf(' ')));
        }
        String name = String.format(Locale.ROOT, "cpu%d ", server.getAsInt());
        for (String line : Files.readAllLines(PROC.resolve("stat"))) {
            if (line.startsWith(name)) {
                // user nice system idle iowait irq softirq steal; what a guest takes is in user already
                long[] ticks = Arrays.stream(line.substring(name.length()).strip().split(" ", -1))
                        .limit(8)
                        .mapToLong(Long::parseLong)
                        .toArray();
                long all = Arrays.stream(ticks).sum();
                return new Load(all - ticks[3] - ticks[4], all, softirq);
            }
        }
        throw new IOException("no " + name + "in /proc/stat");
    }
}
