// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.iocp.loop;

/** What one loop counts. Written by the loop alone; {@code IocpCounters} says what each one means. */
public final class LoopCounters {
    public long dequeues;
    public long packets;
    public long receiveCalls;
    public long zeroByteReceives;
    public long sendCalls;
    public long datagramsReceived;
    public long datagramsTruncated;
    public long datagramsDropped;
    public long datagramResets;
    public long datagramsSegmented;
    public long sendsDelayed;
    public long segmentationRefused;
    public long accepted;
    public long acceptsFailed;
}
