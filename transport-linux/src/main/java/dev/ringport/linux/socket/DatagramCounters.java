// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.linux.socket;

/** What one loop counts of its datagrams. Written by the loop alone; the transports' counters say what each one means. */
public class DatagramCounters {
    public long received;
    public long coalesced;
    public long truncated;
    public long dropped;
    public long errorsDropped;
    public long sends;
    public long segmented;
    public long sendsDelayed;
    public long segmentationRefused;
}
