// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.iocp.unkind;

import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What a seed decides: for each kind, the answer to the n-th question. Threads that ask in another order make another run
 * of the same seed.
 */
final class Chances {
    private final long seed;
    private final Map<Unkindness, AtomicLong> asked = new EnumMap<>(Unkindness.class);
    private final Map<Unkindness, AtomicLong> taken = new EnumMap<>(Unkindness.class);

    Chances(long seed) {
        this.seed = seed;
        for (Unkindness kind : Unkindness.values()) {
            asked.put(kind, new AtomicLong());
            taken.put(kind, new AtomicLong());
        }
    }

    /** Whether it happens this time. */
    boolean take(Unkindness kind) {
        boolean takes = next(kind, kind.oneIn()) == 0;
        if (takes) {
            happened(kind);
        }
        return takes;
    }

    /** Whether it is so of a number: the same whenever it is asked. */
    boolean holds(Unkindness kind, int number) {
        return Long.remainderUnsigned(mix(seed, kind.name().hashCode(), number), kind.oneIn()) == 0;
    }

    /** Something happened that was not left to chance. */
    void happened(Unkindness kind) {
        taken.get(kind).incrementAndGet();
    }

    /** A number below the bound. */
    int next(Unkindness kind, int bound) {
        return (int) Long.remainderUnsigned(mix(seed, kind.name().hashCode(), asked.get(kind).getAndIncrement()),
                bound);
    }

    /** The finalizer of SplitMix64, which spreads neighbouring numbers. */
    private static long mix(long seed, long kind, long n) {
        long z = seed * 0x9E3779B97F4A7C15L + kind * 0xD1B54A32D192ED03L + n * 0x8CB92BA72F3D8DD7L;
        z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return (z ^ (z >>> 31)) >>> 1;
    }

    long count(Unkindness kind) {
        return taken.get(kind).get();
    }

    /** What happened that only a fault of the program brings about. */
    List<Unkindness> faults() {
        return Arrays.stream(Unkindness.values()).filter(kind -> kind.isFault() && count(kind) > 0).toList();
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder("seed " + seed + ":");
        taken.forEach((kind, count) -> text.append(' ').append(kind).append(' ').append(count));
        return text.toString();
    }
}
