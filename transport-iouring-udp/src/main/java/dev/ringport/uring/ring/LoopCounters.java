// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.uring.ring;

/** What one loop counts. Written by the loop alone; {@code UringCounters} says what each one means. */
public final class LoopCounters {
    public long enters;
    public long overflows;
    public long received;
    public long slotsExhausted;
    public long truncated;
    public long dropped;
    public long errorsDropped;
    public long sends;
    public long segmented;
    public long sendsDelayed;
    public long segmentationRefused;
}
