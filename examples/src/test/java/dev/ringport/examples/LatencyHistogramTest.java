// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.examples;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

class LatencyHistogramTest {
    private static final double[] PERCENTS = {0, 1, 25, 50, 90, 99, 99.9, 99.99, 100};

    @Test
    void percentilesAreWithinTwoPercentOfTheSortedValues() {
        Random random = new Random(7);
        long[] values = random.longs(100_000, 0, 40)
                .map(bits -> random.nextLong(1L << bits))
                .toArray();
        LatencyHistogram histogram = new LatencyHistogram();
        Arrays.stream(values).forEach(histogram::record);
        Arrays.sort(values);
        for (double percent : PERCENTS) {
            int rank = Math.max(1, (int) Math.ceil(values.length * percent / 100));
            long exact = values[rank - 1];
            long read = histogram.percentile(percent);
            assertTrue(read >= exact && read <= exact * 1.02, percent + ": " + read + " for " + exact);
        }
        assertEquals(values[values.length - 1], histogram.max());
        assertEquals(values.length, histogram.total());
    }

    @Test
    void smallDurationsAreExact() {
        LatencyHistogram histogram = new LatencyHistogram();
        for (int value = 1; value <= 100; value++) {
            histogram.record(value);
        }
        assertEquals(50, histogram.percentile(50));
        assertEquals(90, histogram.percentile(90));
        assertEquals(100, histogram.percentile(100));
    }

    @Test
    void edges() {
        LatencyHistogram histogram = new LatencyHistogram();
        assertEquals(0, histogram.percentile(99));
        histogram.record(-5);
        assertEquals(0, histogram.percentile(100));
        histogram.record(Long.MAX_VALUE);
        assertEquals(Long.MAX_VALUE, histogram.percentile(100));
        assertEquals(0, histogram.percentile(50));
    }

    @Test
    void sumOfTwo() {
        LatencyHistogram one = new LatencyHistogram();
        LatencyHistogram other = new LatencyHistogram();
        one.record(10);
        other.record(20);
        other.record(30);
        one.add(other);
        assertEquals(3, one.total());
        assertEquals(20, one.percentile(50));
        assertEquals(30, one.max());
    }
}
