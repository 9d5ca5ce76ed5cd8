// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.benchmarks;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The summaries as an SVG: a bar a contender in a group a row. Bars compare within their group alone. */
final class Chart {
    private static final int WIDTH = 860;
    private static final int LEFT = 150;
    private static final int LONGEST = 430;
    private static final int TOP = 62;
    private static final int TITLE = 22;
    private static final int BAR = 15;
    private static final int STEP = 19;
    private static final int GAP = 12;
    private static final int FOOT = 30;

    private Chart() {}

    /** The machine stands below the bars. */
    static String svg(List<Summary> summaries, String machine) {
        List<String> lines = new ArrayList<>();
        int y = TOP;
        Row row = null;
        double longest = 1;
        for (Summary summary : summaries) {
            if (summary.row() != row) {
                y += row == null ? 0 : GAP;
                row = summary.row();
                longest = longest(summaries, row);
                y += TITLE;
                lines.add(text("row", 20, y - 7, "start", row.title()));
            }
            double length = Math.max(1, LONGEST * summary.cpuNanos() / longest);
            lines.add(text("name", LEFT - 8, y + 12, "end", summary.contender().title()));
            lines.add(
                    String.format(
                            Locale.ROOT,
                            "<rect class=\"%s\" x=\"%d\" y=\"%d\" width=\"%.1f\" height=\"%d\"/>",
                            summary.contender().id(),
                            LEFT,
                            y,
                            length,
                            BAR));
            lines.add(text("figure", LEFT + length + 8, y + 12, "start", figure(summary)));
            y += STEP;
        }
        int height = y + FOOT;
        lines.add(text("small", 20, height - 12, "start", machine));
        lines.add(0, head(height));
        lines.add("</svg>");
        return String.join("\n", lines) + "\n";
    }

    private static String head(int height) {
        return """
                <svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" viewBox="0 0 %d %d" \
                font-family="system-ui, sans-serif" font-size="12">
                <title>CPU time of Netty's UDP transports</title>
                <style>
                .ground { fill: #ffffff } .heading { font-size: 17px; font-weight: 600; fill: #1f2328 }
                .row { font-weight: 600; fill: #1f2328 } .name, .figure { fill: #1f2328 } .small { fill: #59636e }
                .ringport { fill: #1f6feb } .mmsg { fill: #54aeff } .nio { fill: #8c959f } .epoll { fill: #bf8700 } .io_uring { fill: #8250df }
                </style>
                <rect class="ground" width="%d" height="%d"/>
                %s
                %s""".formatted(
                WIDTH,
                height,
                WIDTH,
                height,
                WIDTH,
                height,
                text("heading", 20, 28, "start", "CPU time a datagram: shorter is better"),
                text(
                        "small",
                        20,
                        48,
                        "start",
                        "Medians; bars compare within a row only. In brackets: ratio to the best of the others in the same repetition."));
    }

    private static double longest(List<Summary> summaries, Row row) {
        return summaries.stream()
                .filter(summary -> summary.row() == row)
                .mapToDouble(Summary::cpuNanos)
                .max()
                .orElseThrow();
    }

    private static String figure(Summary summary) {
        String ratio = summary.ratio().isPresent()
                ? String.format(Locale.ROOT, " (%.2f)", summary.ratio().getAsDouble())
                : "";
        return String.format(Locale.ROOT, "%,.0f ns", summary.cpuNanos())
                + (summary.row().kind() == Row.Kind.QUIC ? " a KiB" : "") + ratio
                + String.format(Locale.ROOT, ", %s/s", rate(summary));
    }

    private static String rate(Summary summary) {
        return summary.row().kind() == Row.Kind.QUIC
                ? String.format(Locale.ROOT, "%,.0f MiB", summary.rate() / 1024)
                : String.format(Locale.ROOT, "%,.0f k", summary.rate() / 1000);
    }

    private static String text(String kind, double x, double y, String anchor, String content) {
        return String.format(
                Locale.ROOT,
                "<text class=\"%s\" x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\">%s</text>",
                kind,
                x,
                y,
                anchor,
                content.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;"));
    }
}
