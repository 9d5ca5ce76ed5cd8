// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.benchmarks;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.List;

/** What {@code ./bench} runs: {@link BenchOptions#USAGE}. */
final class Bench {
    /** Every run went well. */
    static final int DONE = 0;
    /** A run, or all, failed. */
    static final int FAILED = 1;
    /** The arguments are wrong. */
    static final int USAGE = 2;
    /** Not on this system. */
    static final int UNAVAILABLE = 3;

    /** Names the folder for the figures if no option does. */
    private static final String OUT_PROPERTY = "ringport.bench.out";

    private Bench() {}

    public static void main(String[] args) throws IOException {
        List<String> words = List.of(args);
        if (!words.isEmpty() && words.getFirst().equals("jmh")) {
            org.openjdk.jmh.Main.main(words.subList(1, words.size()).toArray(String[]::new));
            return;
        }
        System.exit(run(words, System.out, System.err));
    }

    /** Runs and tells the exit code. */
    static int run(List<String> words, PrintStream out, PrintStream err) {
        if (words.contains("--help") || words.contains("-h")) {
            out.print(BenchOptions.USAGE);
            return DONE;
        }
        BenchOptions options;
        try {
            options = BenchOptions.parse(words, Path.of(System.getProperty(OUT_PROPERTY, "benchmarks/results")));
        } catch (UsageException wrong) {
            err.println(wrong.getMessage());
            err.println(BenchOptions.usageLine() + "; --help shows all");
            return USAGE;
        }
        if (!Machine.isLinux()) {
            err.println("the bench needs Linux: its load is made of Linux's calls");
            return UNAVAILABLE;
        }
        try (BenchRun run = new BenchRun(options, out)) {
            return run.contenders().isEmpty() ? UNAVAILABLE : run.run() ? DONE : FAILED;
        } catch (IOException failed) {
            err.println(failed.getMessage());
            return FAILED;
        } catch (InterruptedException hurry) {
            err.println("interrupted before the end");
            return FAILED;
        }
    }
}
