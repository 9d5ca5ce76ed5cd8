// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.examples.soak;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What went wrong: how often, and the first ones in full. From any thread. */
final class Faults {
    /** Where no flow or no sequence is known. */
    static final int NONE = -1;

    private static final int LISTED = 20;

    /** Kinds of faults. */
    enum Kind {
        /** The checksum is wrong, or the content of a datagram without one. */
        CORRUPT,
        /** The content is whole and has another length than the one it was sent with. */
        LENGTH,
        /** Arrived before. */
        DUPLICATE,
        /** Arrived after a later one. */
        OUT_OF_ORDER,
        /** Did not arrive, and the kernel counts no loss that explains it. */
        LOST,
        /** Came from another address than the flow's, or from one that is nobody's. */
        STRANGER,
        /** The content of a packet changed while the pipeline held it. */
        CHANGED,
        /** A promise failed. */
        NOT_SENT,
        /** A pipeline caught an exception. */
        EXCEPTION,
        /** The flow did not come to its end. */
        UNFINISHED
    }

    private final Map<Kind, Long> counts = new EnumMap<>(Kind.class);
    private final List<String> first = new ArrayList<>();

    /**
     * Adds one.
     *
     * @param flow or {@link #NONE}
     * @param sequence or {@link #NONE}
     */
    synchronized void add(Kind kind, int flow, long sequence, String what) {
        counts.merge(kind, 1L, Long::sum);
        if (first.size() < LISTED) {
            StringBuilder line = new StringBuilder(word(kind));
            if (flow != NONE) {
                line.append(", flow ").append(flow);
            }
            if (sequence != NONE) {
                line.append(", sequence ").append(sequence);
            }
            first.add(line.append(": ").append(what).toString());
        }
    }

    synchronized long count() {
        return counts.values().stream().mapToLong(Long::longValue).sum();
    }

    synchronized long count(Kind kind) {
        return counts.getOrDefault(kind, 0L);
    }

    /** The first ones, a line each, then how many of each kind there were. */
    synchronized List<String> lines() {
        List<String> lines = new ArrayList<>();
        first.forEach(line -> lines.add("fault: " + line));
        counts.forEach((kind, count) -> lines.add("faults, " + word(kind) + ": " + count));
        return lines;
    }

    private static String word(Kind kind) {
        return kind.name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }
}
