// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.iocp.selftest;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What the full self-test found, check by check. From any thread. */
public final class FullReport {
    /** What a check says of this system. */
    public enum Verdict {
        /** This system does what was expected of Windows. */
        AS_EXPECTED,
        /** It does something else. */
        DIFFERS,
        /** It refuses, or is known not to be like Windows here. */
        CANNOT,
        /** The check itself did not get to an answer. */
        FAILED;

        @Override
        public String toString() {
            return switch (this) {
                case AS_EXPECTED -> "as expected";
                case DIFFERS -> "differs";
                case CANNOT -> "this system cannot";
                case FAILED -> "failed to run";
            };
        }
    }

    /**
     * One check.
     *
     * @param functions what it is about, by the names that the README's table has
     * @param expected what the documents say of Windows, or what others saw there
     * @param seen what this system did
     */
    public record Finding(
            String name, List<String> functions, String expected, String seen, Verdict verdict, long millis) {
        /** Three lines, each with its end. */
        @Override
        public String toString() {
            return String.format(
                    Locale.ROOT, "%-18s  %s (%d ms)\n    expected: %s\n    seen:     %s\n", verdict, name, millis,
                    expected, seen);
        }
    }

    private final List<Finding> findings = new ArrayList<>();

    FullReport() {}

    synchronized void add(Finding finding) {
        findings.add(finding);
    }

    /** All findings so far. */
    public synchronized List<Finding> findings() {
        return List.copyOf(findings);
    }

    /** Whether any check ended so. */
    public synchronized boolean has(Verdict verdict) {
        return findings.stream().anyMatch(finding -> finding.verdict() == verdict);
    }

    /** The counts of the verdicts, in one line without an end. */
    public synchronized String summary() {
        List<String> counts = new ArrayList<>();
        for (Verdict verdict : Verdict.values()) {
            counts.add(findings.stream().filter(finding -> finding.verdict() == verdict).count() + " " + verdict);
        }
        return String.join(", ", counts);
    }

    /** All findings and the summary. */
    @Override
    public synchronized String toString() {
        StringBuilder text = new StringBuilder();
        findings.forEach(text::append);
        return text.append(summary()).append('\n').toString();
    }
}
