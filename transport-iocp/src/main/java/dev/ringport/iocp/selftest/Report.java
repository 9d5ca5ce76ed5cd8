// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.iocp.selftest;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What the steps found, in their order. From any thread: the one that reads it may not wait for the one that writes. */
public final class Report {
    private static final int NAME_WIDTH = 66;

    /** How a step ended. */
    public enum Outcome {
        /** As it should. */
        OK,
        /** This system lacks it, and the transport can do without. */
        ABSENT,
        /** Not as it should. */
        FAILED
    }

    /**
     * One step.
     *
     * @param name the functions that it calls
     * @param detail what was found, or the call that failed with its number and name
     */
    public record Step(String name, Outcome outcome, long micros, String detail) {
        @Override
        public String toString() {
            String line = String.format(
                    Locale.ROOT, "%-6s  %-" + NAME_WIDTH + "s %8d us  %s", outcome.name().toLowerCase(Locale.ROOT),
                    name, micros, detail);
            return line.stripTrailing();
        }
    }

    private String title;
    private final List<Step> steps = new ArrayList<>();
    private String current = "the start";
    private boolean ended;

    /**
     * @param title the first line
     */
    public Report(String title) {
        this.title = title;
    }

    /** Another first line, now that more is known. */
    synchronized void title(String better) {
        if (!ended) {
            title = better;
        }
    }

    /** What comes later is not taken in: whoever asked has the report. */
    synchronized void end() {
        ended = true;
    }

    synchronized void begin(String name) {
        current = name;
    }

    synchronized void add(String name, Outcome outcome, long micros, String detail) {
        if (!ended) {
            steps.add(new Step(name, outcome, micros, detail));
        }
    }

    /** The step that began last. */
    synchronized String current() {
        return current;
    }

    /** All steps so far. */
    public synchronized List<Step> steps() {
        return List.copyOf(steps);
    }

    /** Whether no step failed. */
    public synchronized boolean isClean() {
        return steps.stream().noneMatch(step -> step.outcome() == Outcome.FAILED);
    }

    /** A line for the system, one for each step, and one that sums up. */
    @Override
    public synchronized String toString() {
        StringBuilder text = new StringBuilder(title).append('\n');
        steps.forEach(step -> text.append(step).append('\n'));
        for (Outcome outcome : Outcome.values()) {
            long count = steps.stream().filter(step -> step.outcome() == outcome).count();
            text.append(count).append(' ').append(outcome.name().toLowerCase(Locale.ROOT)).append(", ");
        }
        return text.delete(text.length() - 2, text.length()).append('\n').toString();
    }
}
