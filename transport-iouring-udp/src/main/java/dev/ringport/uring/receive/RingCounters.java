// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.uring.receive;

import dev.ringport.linux.socket.DatagramCounters;

/** What one loop counts. Written by the loop alone; {@code UringCounters} says what each one means. */
public final class RingCounters extends DatagramCounters {
    public long enters;
    public long overflows;
    public long slotsExhausted;
}
