// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.examples;

import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/** What all connections of a server have done, in bytes. */
final class TcpEchoCounters {
    final LongAdder accepted = new LongAdder();
    /** Those that ended before the peer had said that it sends no more: resets above all. */
    final LongAdder broken = new LongAdder();
    final LongAdder received = new LongAdder();
    final LongAdder sent = new LongAdder();
    final LongAdder lost = new LongAdder();
    private final AtomicReference<@Nullable Throwable> firstFailure = new AtomicReference<>();

    void failed(Throwable cause) {
        firstFailure.compareAndSet(null, cause);
    }

    Traffic traffic() {
        return new Traffic(sent.sum(), received.sum(), lost.sum());
    }

    String connections() {
        return "   connections " + accepted.sum() + "   broken " + broken.sum();
    }

    List<Throwable> failures() {
        Throwable failure = firstFailure.get();
        return failure == null ? List.of() : List.of(failure);
    }
}
