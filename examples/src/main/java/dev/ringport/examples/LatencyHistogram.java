// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.examples;

/**
 * Counts of durations in buckets that grow with the duration: each power of two has 64, so what is read back is at most
 * 1.6 % above what was recorded. Recording allocates nothing. Not thread-safe.
 */
final class LatencyHistogram {
    private static final int BUCKET_BITS = 6;
    private static final int BUCKETS_PER_POWER = 1 << BUCKET_BITS;

    private final long[] counts = new long[(Long.SIZE - BUCKET_BITS) << BUCKET_BITS];
    private long total;
    private long max;

    /** Counts one duration; a negative one counts as 0. */
    void record(long nanos) {
        long duration = Math.max(0, nanos);
        counts[bucket(duration)]++;
        total++;
        max = Math.max(max, duration);
    }

    void add(LatencyHistogram other) {
        for (int i = 0; i < counts.length; i++) {
            counts[i] += other.counts[i];
        }
        total += other.total;
        max = Math.max(max, other.max);
    }

    long total() {
        return total;
    }

    /** The longest duration, exactly. */
    long max() {
        return max;
    }

    /** The duration that so many percent of all do not exceed; 0 if nothing was recorded. */
    long percentile(double percent) {
        long wanted = Math.max(1, (long) Math.ceil(total * percent / 100));
        long seen = 0;
        for (int i = 0; i < counts.length; i++) {
            seen += counts[i];
            if (seen >= wanted) {
                return Math.min(last(i), max);
            }
        }
        return max;
    }

    private static int bucket(long duration) {
        if (duration < BUCKETS_PER_POWER) {
            return (int) duration;
        }
        int shift = Long.SIZE - 1 - Long.numberOfLeadingZeros(duration) - BUCKET_BITS;
        return (shift << BUCKET_BITS) + (int) (duration >>> shift);
    }

    /** The longest duration that falls into a bucket. */
    private static long last(int bucket) {
        if (bucket < BUCKETS_PER_POWER) {
            return bucket;
        }
        int shift = (bucket >>> BUCKET_BITS) - 1;
        long first = (long) (bucket - (shift << BUCKET_BITS)) << shift;
        return first + (1L << shift) - 1;
    }
}
