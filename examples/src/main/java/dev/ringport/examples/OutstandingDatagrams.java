// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.examples;

/**
 * The datagrams that wait for their answer, at most a window of them. A sequence number holds its slot in the low bits
 * and how often the slot was used above them, so the second answer to a datagram, or one that comes after it was given
 * up, finds no match.
 */
final class OutstandingDatagrams {
    private final int slotCount;
    private final int[] sequences;
    private final long[] sentAt;
    private final boolean[] waiting;
    private final int[] free;
    private int freeCount;

    OutstandingDatagrams(int window) {
        slotCount = window == 1 ? 1 : Integer.highestOneBit(window - 1) << 1;
        sequences = new int[window];
        sentAt = new long[window];
        waiting = new boolean[window];
        free = new int[window];
        for (int slot = 0; slot < window; slot++) {
            sequences[slot] = slot;
            free[slot] = window - 1 - slot;
        }
        freeCount = window;
    }

    boolean isFull() {
        return freeCount == 0;
    }

    boolean isEmpty() {
        return freeCount == free.length;
    }

    /** Takes a slot for a datagram that leaves now, and tells its sequence number. */
    int begin(long now) {
        int slot = free[--freeCount];
        sentAt[slot] = now;
        waiting[slot] = true;
        return sequences[slot];
    }

    /** Whether this answers a datagram that waits; its slot is free then. */
    boolean end(int sequence, long stamp) {
        int slot = sequence & slotCount - 1;
        if (slot >= waiting.length || !waiting[slot] || sequences[slot] != sequence || sentAt[slot] != stamp) {
            return false;
        }
        release(slot);
        return true;
    }

    /** Gives up the datagrams that were sent longer ago than that, and tells how many. */
    int giveUp(long now, long nanos) {
        int count = 0;
        for (int slot = 0; slot < waiting.length; slot++) {
            if (waiting[slot] && now - sentAt[slot] > nanos) {
                release(slot);
                count++;
            }
        }
        return count;
    }

    private void release(int slot) {
        waiting[slot] = false;
        sequences[slot] += slotCount;
        free[freeCount++] = slot;
    }
}
