// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.examples.soak;

import java.io.PrintStream;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What one side, or both, can say at the end.
 *
 * @param sent datagrams that were written, numbered or not
 * @param received datagrams that arrived, each counted once
 * @param lost those that did not
 * @param explained how many may be lost by what the kernel has counted
 * @param faults all others
 */
record Tally(long sent, long received, long lost, long explained, long faults) {
    static final Tally NOTHING = new Tally(0, 0, 0, 0, 0);

    private static final Pattern LINE = Pattern.compile("tally: (\\d+) (\\d+) (\\d+) (\\d+) (\\d+)");

    Tally plus(Tally other) {
        return new Tally(
                sent + other.sent,
                received + other.received,
                lost + other.lost,
                explained + other.explained,
                faults + other.faults);
    }

    /** As a process tells it to the one that has started it. */
    String toLine() {
        return "tally: " + sent + " " + received + " " + lost + " " + explained + " " + faults;
    }

    static Optional<Tally> ofLine(String line) {
        Matcher matcher = LINE.matcher(line);
        return matcher.matches()
                ? Optional.of(new Tally(
                        Long.parseLong(matcher.group(1)),
                        Long.parseLong(matcher.group(2)),
                        Long.parseLong(matcher.group(3)),
                        Long.parseLong(matcher.group(4)),
                        Long.parseLong(matcher.group(5))))
                : Optional.empty();
    }

    /** Whether nothing is wrong. Not with the tally of one side. */
    boolean isGood() {
        return faults == 0 && sent > 0 && lost <= explained && sent == received + lost;
    }

    /** Prints whether all is right, with the reasons if not. Not with the tally of one side. */
    void printVerdict(PrintStream out, long wanted) {
        if (lost > explained) {
            out.printf(Locale.ROOT, "fault: lost %,d, of which the kernel's counters explain %,d%n", lost, explained);
        }
        if (sent != received + lost) {
            out.printf(
                    Locale.ROOT, "fault: sent %,d, but received %,d and lost %,d%n", sent, received, lost);
        }
        if (sent < wanted) {
            out.printf(Locale.ROOT, "fault: sent %,d of %,d%n", sent, wanted);
        }
        out.printf(
                Locale.ROOT,
                "verdict: %s   sent %,d   received %,d   lost %,d   other faults %,d%n",
                isGood() && sent >= wanted ? "good" : "BAD",
                sent,
                received,
                lost,
                faults);
    }
}
