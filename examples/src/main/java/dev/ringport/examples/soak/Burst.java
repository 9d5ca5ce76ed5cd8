// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.examples.soak;

/**
 * Datagrams that one thread writes one after the other.
 *
 * @param elsewhere whether a thread that is no event loop writes them
 * @param withoutPromises whether they are written with the void promise
 * @param flows for each datagram which of the sender's flows it is of
 * @param sizes for each datagram its bytes
 */
record Burst(Way way, boolean elsewhere, boolean withoutPromises, int[] flows, int[] sizes) {
    /** How they are written. */
    enum Way {
        /** Written, then flushed together. */
        TOGETHER,
        /** Flushed one by one. */
        EACH,
        /** In one SegmentedDatagramPacket: all of one flow and one size, but for the last, which may be shorter. */
        BY_HAND
    }

    int count() {
        return sizes.length;
    }

    /** What those of one flow cost. */
    long chargeOf(int flow) {
        long charge = 0;
        for (int i = 0; i < sizes.length; i++) {
            charge += flows[i] == flow ? Wire.charge(sizes[i]) : 0;
        }
        return charge;
    }
}
