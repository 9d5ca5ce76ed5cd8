// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.testkit;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.util.ResourceLeakDetector;
import io.netty.util.ResourceLeakDetector.Level;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Watches for buffers that became garbage without being released: each that is made until the watch ends. What others
 * leaked before does not count.
 */
public final class Leaks implements AutoCloseable {
    private static final int COLLECTIONS = 4;

    private final List<String> reports = new CopyOnWriteArrayList<>();
    private final Level before = ResourceLeakDetector.getLevel();

    private Leaks() {
        ResourceLeakDetector.setLevel(Level.PARANOID);
        collect();
        ByteBufUtil.setLeakListener((resourceType, records) -> reports.add(resourceType + ": " + records));
    }

    public static Leaks watch() {
        return new Leaks();
    }

    private static void collect() {
        for (int i = 0; i < COLLECTIONS; i++) {
            System.gc();
            // A report is made when the next buffer is tracked.
            for (int k = 0; k < 16; k++) {
                ByteBuf probe = PooledByteBufAllocator.DEFAULT.directBuffer(64);
                probe.release();
            }
        }
    }

    /** Collects garbage and answers what was reported. */
    public List<String> reports() {
        collect();
        return reports;
    }

    /** Fails if a buffer was leaked. */
    public void assertNone() {
        assertThat(reports()).as("leaked buffers").isEmpty();
    }

    @Override
    public void close() {
        ByteBufUtil.setLeakListener(null);
        ResourceLeakDetector.setLevel(before);
    }
}
