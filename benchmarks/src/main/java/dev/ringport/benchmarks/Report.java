// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.benchmarks;

import java.util.List;
import java.util.Locale;

/**
 * The table and the raw figures as text.
 *
 * @param machine one line
 * @param method one line
 * @param notes what a reader must know of these figures, a line each
 */
record Report(String machine, String method, List<Summary> summaries, List<String> notes) {
    static final String CSV_HEADER = "repetition,row,contender,unit,count,seconds,cpu_ns,softirq_ns,loop_allocated_bytes,"
            + "arrived,lost,failed,other_share";

    /** For the terminal, 100 columns at most. */
    String table() {
        StringBuilder table = new StringBuilder();
        line(table, machine);
        line(table, method);
        line(table, "");
        line(
                table,
                String.format(
                        Locale.ROOT,
                        "%-22s %16s %8s %15s %16s",
                        "medians",
                        "CPU time",
                        "ratio",
                        "rate",
                        "allocated"));
        Row row = null;
        for (Summary summary : summaries) {
            if (summary.row() != row) {
                row = summary.row();
                line(table, row.title() + " (" + row.id() + ")");
            }
            String unit = row == Row.QUIC ? "KiB" : "dgram";
            line(
                    table,
                    String.format(Locale.ROOT, "  %-20s %,7.0f ns/%-5s %8s %,13.0f/s %,8.1f B/%-5s",
                            summary.contender().title(),
                            summary.cpuNanos(),
                            unit,
                            summary.ratio().isPresent()
                                    ? String.format(Locale.ROOT, "%.2f", summary.ratio().getAsDouble())
                                    : "-",
                            summary.rate(),
                            summary.allocatedBytes(),
                            unit));
        }
        line(table, "");
        line(table, "ratio: CPU time to that of the best of the others in the same repetition, the median over the");
        line(table, "repetitions; below 1 is better than every other. What the figures mean: benchmarks/README.md");
        notes.forEach(note -> line(table, "note: " + note));
        return table.toString();
    }

    /** One line a run, after a line with the names of the columns. */
    static String csv(List<Measurement> runs) {
        StringBuilder csv = new StringBuilder();
        line(csv, CSV_HEADER);
        for (Measurement run : runs) {
            line(
                    csv,
                    String.format(Locale.ROOT, "%d,%s,%s,%s,%d,%.6f,%d,%d,%d,%d,%d,%d,%.3f",
                            run.repetition(),
                            run.row().id(),
                            run.contender().id(),
                            run.row().unit(),
                            run.count(),
                            run.seconds(),
                            run.cpuNanos(),
                            run.softirqNanos(),
                            run.allocatedBytes(),
                            run.arrived(),
                            run.lost(),
                            run.failed(),
                            run.otherShare()));
        }
        return csv.toString();
    }

    private static void line(StringBuilder to, String text) {
        to.append(text.stripTrailing()).append('\n');
    }
}
