// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.examples;

import java.util.concurrent.atomic.AtomicLong;

/** A count that one thread writes and others read. */
public final class OwnedCounter {
    private final AtomicLong value = new AtomicLong();

    public void add(long more) {
        value.setOpaque(value.getPlain() + more);
    }

    public long get() {
        return value.getOpaque();
    }
}
