// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.benchmarks;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What the arguments ask for.
 *
 * @param contenders in the order of their turns
 * @param repetitions how often each row is measured for each contender
 * @param seconds how long one such run is measured
 * @param warmUpSeconds how long each row is run for each contender before the first repetition
 * @param quicMebibytes what a run of the QUIC row carries
 */
record BenchOptions(
        List<Row> rows,
        List<Contender> contenders,
        int repetitions,
        double seconds,
        double warmUpSeconds,
        int quicMebibytes,
        Path out) {
    static final String USAGE = """
            usage: bench [option value]...
                   bench jmh [argument of JMH]...
              Runs Ringport and Netty's transports in turn on this machine: CPU time and allocated bytes a datagram, rates.
            options:
              --rows A,B,...        of %s
                                    (default: all)
              --contenders A,B,...  of %s (default: all that this machine can run)
              --repetitions N       1..1000 of each row for each contender (default 5)
              --seconds S           0.05..600 that one run is measured, a decimal (default 1)
              --warm-up S           0.05..600 that each row runs for each contender before all, a decimal (default 2)
              --quic-mib N          1..65536 MiB in the stream of one run of the row quic (default 64)
              --out FOLDER          for figures.csv, table.txt, chart.svg and the logs of the servers
                                    (default benchmarks/results, in the project's folder)
              --help                this text
            exit code: 0 measured, 1 a run failed, 2 wrong arguments, 3 this machine cannot run it
            """.formatted(String.join(",", Row.ids()), String.join(",", Contender.ids()));

    private static final List<String> NAMES = List
            .of("--rows", "--contenders", "--repetitions", "--seconds", "--warm-up", "--quic-mib", "--out");

    /** The first line of the usage. */
    static String usageLine() {
        return USAGE.lines().findFirst().orElseThrow();
    }

    static BenchOptions parse(List<String> words, Path defaultOut) throws UsageException {
        Map<String, String> given = new HashMap<>();
        for (int i = 0; i < words.size(); i += 2) {
            String name = words.get(i);
            if (!NAMES.contains(name)) {
                throw new UsageException("unknown option " + name);
            }
            if (i + 1 == words.size()) {
                throw new UsageException(name + " needs a value");
            }
            if (given.put(name, words.get(i + 1)) != null) {
                throw new UsageException(name + " is given twice");
            }
        }
        return new BenchOptions(
                list("--rows", given.get("--rows"), Row::named, List.of(Row.values())),
                list("--contenders", given.get("--contenders"), Contender::named, List.of(Contender.values())),
                (int) number("--repetitions", given.get("--repetitions"), 5, 1, 1000, true),
                number("--seconds", given.get("--seconds"), 1, 0.05, 600, false),
                number("--warm-up", given.get("--warm-up"), 2, 0.05, 600, false),
                (int) number("--quic-mib", given.get("--quic-mib"), 64, 1, 65_536, true),
                path(given.get("--out"), defaultOut));
    }

    private static <T> List<T> list(
            String name, @Nullable String text, Function<String, Optional<T>> named, List<T> all)
            throws UsageException {
        if (text == null) {
            return all;
        }
        LinkedHashSet<T> found = new LinkedHashSet<>();
        for (String word : text.split(",", -1)) {
            T one = named.apply(word).orElseThrow(() -> new UsageException(name + " knows no " + quoted(word)));
            if (!found.add(one)) {
                throw new UsageException(name + " names " + word + " twice");
            }
        }
        return new ArrayList<>(found);
    }

    private static double number(
            String name, @Nullable String text, double fallback, double min, double max, boolean whole)
            throws UsageException {
        if (text == null) {
            return fallback;
        }
        try {
            double value = whole ? Integer.parseInt(text) : Double.parseDouble(text);
            if (value >= min && value <= max) {
                return value;
            }
        } catch (NumberFormatException noNumber) {
            // Reported below, as a number out of range is.
        }
        String range = whole ? (int) min + " to " + (int) max : String.format(Locale.ROOT, "%s to %.0f", min, max);
        throw new UsageException(name + " must be a number from " + range + ", not " + quoted(text));
    }

    private static Path path(@Nullable String text, Path fallback) throws UsageException {
        if (text == null) {
            return fallback;
        }
        try {
            if (!text.isEmpty()) {
                return Path.of(text);
            }
        } catch (InvalidPathException invalid) {
            // Reported below.
        }
        throw new UsageException("--out must name a folder, not " + quoted(text));
    }

    private static String quoted(String word) {
        return "\"" + word + "\"";
    }
}
