// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.mmsg.engine;

import dev.ringport.linux.socket.DatagramCounters;

/** What one loop counts. Written by the loop alone; {@code MmsgCounters} says what each one means. */
public final class MmsgLoopCounters extends DatagramCounters {
    public long waits;
    public long receiveCalls;
    public long sendCalls;
}
