// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.examples.soak;

/** Datagrams that one thread writes one after the other. */
final class Burst {
    /** How they are written. */
    enum Way {
        /** Written, then flushed together. */
        TOGETHER,
        /** Flushed one by one. */
        EACH,
        /** In one SegmentedDatagramPacket: all of one flow and one size, but for the last, which may be shorter. */
        BY_HAND
    }

    private final Way way;
    private final boolean elsewhere;
    private final boolean withoutPromises;
    private final int[] flows;
    private final int[] sizes;

    /**
     * A burst.
     *
     * @param elsewhere whether a thread that is no event loop writes them
     * @param withoutPromises whether they are written with the void promise
     * @param flows for each datagram which of the sender's flows it is of
     * @param sizes for each datagram its bytes
     */
    Burst(Way way, boolean elsewhere, boolean withoutPromises, int[] flows, int[] sizes) {
        this.way = way;
        this.elsewhere = elsewhere;
        this.withoutPromises = withoutPromises;
        this.flows = flows;
        this.sizes = sizes;
    }

    Way way() {
        return way;
    }

    boolean elsewhere() {
        return elsewhere;
    }

    boolean withoutPromises() {
        return withoutPromises;
    }

    int count() {
        return sizes.length;
    }

    int flow(int index) {
        return flows[index];
    }

    int size(int index) {
        return sizes[index];
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
