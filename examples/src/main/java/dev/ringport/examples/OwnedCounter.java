// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.examples;

import java.util.concurrent.atomic.AtomicLong;

/** A count that one thread writes and others read. */
final class OwnedCounter {
    private final AtomicLong value = new AtomicLong();

    void add(long more) {
        value.setOpaque(value.getPlain() + more);
    }

    long get() {
        return value.getOpaque();
    }
}
