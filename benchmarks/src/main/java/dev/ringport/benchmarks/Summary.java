// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.benchmarks;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalDouble;
import java.util.function.ToDoubleFunction;

/**
 * A row's runs of one contender in short.
 *
 * @param cpuNanos the median of the runs' CPU time a unit
 * @param ratio the median, over the repetitions, of this contender's CPU time to that of the best of the others in the
 *     same repetition; empty if there was no repetition with another
 * @param rate the median of the units a second
 * @param allocatedBytes the median of the bytes a unit
 */
record Summary(
        Row row,
        Contender contender,
        double cpuNanos,
        OptionalDouble ratio,
        double rate,
        double allocatedBytes) {
    /** In the order of rows and contenders; what was not measured is left out. */
    static List<Summary> of(List<Measurement> runs, List<Row> rows, List<Contender> contenders) {
        List<Summary> summaries = new ArrayList<>();
        for (Row row : rows) {
            List<Measurement> ofRow = runs.stream().filter(run -> run.row() == row).toList();
            for (Contender contender : contenders) {
                List<Measurement> own = ofRow.stream().filter(run -> run.contender() == contender).toList();
                if (!own.isEmpty()) {
                    summaries.add(
                            new Summary(
                                    row,
                                    contender,
                                    median(own, Measurement::cpuNanosPerUnit),
                                    ratio(ofRow, own),
                                    median(own, Measurement::unitsPerSecond),
                                    median(own, Measurement::allocatedPerUnit)));
                }
            }
        }
        return summaries;
    }

    private static double median(List<Measurement> runs, ToDoubleFunction<Measurement> figure) {
        return median(runs.stream().mapToDouble(figure).toArray());
    }

    private static OptionalDouble ratio(List<Measurement> ofRow, List<Measurement> own) {
        List<Double> ratios = new ArrayList<>();
        for (Measurement run : own) {
            ofRow.stream()
                    .filter(other -> other.repetition() == run.repetition() && other.contender() != run.contender())
                    .mapToDouble(Measurement::cpuNanosPerUnit)
                    .min()
                    .ifPresent(best -> ratios.add(run.cpuNanosPerUnit() / best));
        }
        return ratios.isEmpty()
                ? OptionalDouble.empty()
                : OptionalDouble.of(median(ratios.stream().mapToDouble(Double::doubleValue).toArray()));
    }

    /** The middle one, or the mean of the two in the middle. */
    static double median(double[] figures) {
        if (figures.length == 0) {
            throw new IllegalArgumentException("no figures");
        }
        double[] sorted = figures.clone();
        Arrays.sort(sorted);
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }
}
