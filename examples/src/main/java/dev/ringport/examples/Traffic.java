// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.examples;

import java.util.Locale;

/** What one side has sent, received and lost so far. */
record Traffic(long sent, long received, long lost) {
    static final Traffic NONE = new Traffic(0, 0, 0);

    Traffic plus(Traffic other) {
        return new Traffic(sent + other.sent, received + other.received, lost + other.lost);
    }

    /** The datagrams per second since an earlier time. */
    String since(Traffic earlier, long nanos) {
        return String.format(
                Locale.ROOT,
                "sent %,9.0f/s   received %,9.0f/s   lost %,d",
                perSecond(sent - earlier.sent, nanos),
                perSecond(received - earlier.received, nanos),
                lost - earlier.lost);
    }

    @Override
    public String toString() {
        return String.format(
                Locale.ROOT,
                "sent %,d   received %,d   lost %,d (%.3f %%)",
                sent,
                received,
                lost,
                sent == 0 ? 0.0 : 100.0 * lost / sent);
    }

    private static double perSecond(long count, long nanos) {
        return 1e9 * count / nanos;
    }
}
