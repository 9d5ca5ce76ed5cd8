// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.iocp.loop;

import io.netty.channel.EventLoop;
import io.netty.util.internal.logging.InternalLogger;
import io.netty.util.internal.logging.InternalLoggerFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Looks once a second for connections of one loop whose posted receive has had no data since the last look, and lets
 * them wait with a receive of no bytes instead: an idle connection then pins no memory. On the loop only.
 */
public final class IdleReads {
    private static final InternalLogger LOGGER = InternalLoggerFactory.getInstance(IdleReads.class);
    private static final long PERIOD_MILLIS = 1_000;

    /** A connection with its receive. */
    public abstract static class Reader {
        private int place = -1;

        /** Called once a period. */
        protected abstract void lookForIdleness();
    }

    private final List<Reader> readers = new ArrayList<>();
    private @Nullable Future<?> sweep;

    /** Looks at this one from now on. */
    public void add(Reader reader, EventLoop loop) {
        reader.place = readers.size();
        readers.add(reader);
        if (sweep == null) {
            sweep = loop.scheduleWithFixedDelay(this::sweep, PERIOD_MILLIS, PERIOD_MILLIS, TimeUnit.MILLISECONDS);
        }
    }

    /** No longer looks at this one. */
    public void remove(Reader reader) {
        int place = reader.place;
        if (place < 0) {
            return;
        }
        // The last one takes its place: a loop has many, and they go in any order.
        Reader last = readers.removeLast();
        if (place < readers.size()) {
            readers.set(place, last);
            last.place = place;
        }
        reader.place = -1;
        if (readers.isEmpty()) {
            stop();
        }
    }

    private void sweep() {
        for (int i = readers.size() - 1; i >= 0; i--) {
            if (i < readers.size()) {
                look(readers.get(i));
            }
        }
    }

    /** What one throws must not end the looks for all. */
    private static void look(Reader reader) {
        try {
            reader.lookForIdleness();
        } catch (Throwable failed) {
            LOGGER.warn("{}: looking for idleness failed", reader, failed);
        }
    }

    void stop() {
        Future<?> running = sweep;
        sweep = null;
        if (running != null) {
            running.cancel(false);
        }
    }
}
