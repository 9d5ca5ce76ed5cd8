// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.examples.soak;

import java.util.Arrays;
import java.util.SplittableRandom;

/** Makes a sender's bursts up. Equal seeds make equal bursts. */
final class BurstPlan {
    private static final int MAX_RUN = 64;
    private static final int MAX_BY_HAND_BYTES = 60_000;
    private static final int MAX_SMALL = 64;

    private final SplittableRandom random;
    private final int[] longestUnfragmented;
    private final boolean byHand;
    private final boolean empties;
    private final long maxCharge;
    private final boolean[] started;

    private int[] flows = new int[0];
    private int[] sizes = new int[0];
    private int count;
    private int room;
    private long charge;

    /**
     * A plan for a sender.
     *
     * @param longestUnfragmented of each of its flows
     * @param byHand whether it may write SegmentedDatagramPackets
     * @param empties whether it may write empty datagrams
     * @param maxCharge of a burst of more than one datagram
     */
    BurstPlan(SplittableRandom random, int[] longestUnfragmented, boolean byHand, boolean empties, long maxCharge) {
        this.random = random;
        this.longestUnfragmented = longestUnfragmented.clone();
        this.byHand = byHand;
        this.empties = empties;
        this.maxCharge = maxCharge;
        started = new boolean[longestUnfragmented.length];
    }

    /** The next burst, of one datagram at least and no more than asked for. */
    Burst next(long atMost) {
        room = (int) Math.min(atMost, 4 * MAX_RUN);
        flows = new int[room];
        sizes = new int[room];
        count = 0;
        charge = 0;
        int flow = random.nextInt(started.length);
        boolean elsewhere = chance(20);
        boolean withoutPromises = chance(25);
        Burst.Way way = Burst.Way.TOGETHER;
        if (byHand && chance(10)) {
            way = Burst.Way.BY_HAND;
            train(flow, MAX_BY_HAND_BYTES);
        } else {
            way = chance(20) ? Burst.Way.EACH : Burst.Way.TOGETHER;
            for (int runs = random.nextInt(1, 4); runs > 0; runs--) {
                run(flow);
                if (chance(40)) {
                    flow = random.nextInt(started.length);
                }
            }
            if (chance(10)) {
                mixFlows();
            }
        }
        for (int i = 0; i < count; i++) {
            started[flows[i]] = true;
        }
        return new Burst(way, elsewhere, withoutPromises, Arrays.copyOf(flows, count), Arrays.copyOf(sizes, count));
    }

    private boolean chance(int percent) {
        return random.nextInt(100) < percent;
    }

    private boolean add(int flow, int size) {
        long more = Wire.charge(size);
        if (count == room || (count > 0 && charge + more > maxCharge)) {
            return false;
        }
        flows[count] = flow;
        sizes[count++] = size;
        charge += more;
        return true;
    }

    private void run(int flow) {
        int kind = random.nextInt(100);
        int longest = longestUnfragmented[flow];
        if (kind < 45) {
            train(flow, Integer.MAX_VALUE);
        } else if (kind < 70) {
            several(flow, 16, Wire.HEADER_BYTES, longest);
        } else if (kind < 85) {
            several(flow, 32, Wire.HEADER_BYTES, MAX_SMALL);
        } else if (kind < 93) {
            several(flow, 1, Wire.HEADER_BYTES, longest);
        } else if (kind < 97) {
            fragmented(flow, longest);
        } else {
            unnumbered(flow);
        }
    }

    /** Equal sizes, and often a shorter one at the end. */
    private void train(int flow, int maxBytes) {
        int size = switch (random.nextInt(5)) {
            case 0 -> random.nextInt(Wire.HEADER_BYTES, MAX_SMALL + 1);
            case 1 -> random.nextInt(100, 600);
            case 2 -> 1200;
            case 3 -> longestUnfragmented[flow];
            default -> random.nextInt(Wire.HEADER_BYTES, longestUnfragmented[flow] + 1);
        };
        int length = Math.min(random.nextInt(2, MAX_RUN), maxBytes / size);
        for (int i = 0; i < length; i++) {
            if (!add(flow, size)) {
                return;
            }
        }
        if (chance(50)) {
            add(flow, random.nextInt(Wire.HEADER_BYTES, size + 1));
        }
    }

    private void several(int flow, int most, int shortest, int longest) {
        for (int i = random.nextInt(most); i >= 0; i--) {
            add(flow, random.nextInt(shortest, longest + 1));
        }
    }

    /** Up to three that do not fit the MTU, of one size or of several. */
    private void fragmented(int flow, int longest) {
        int size = random.nextInt(longest + 1, Wire.MAX_BYTES + 1);
        boolean equal = chance(50);
        for (int i = random.nextInt(3); i >= 0; i--) {
            add(flow, equal ? size : random.nextInt(longest + 1, Wire.MAX_BYTES + 1));
        }
    }

    /**
     * A few empty or very short ones, each before one with a number. Not in a flow's first burst: nobody would know yet
     * whose they are.
     */
    private void unnumbered(int flow) {
        for (int i = random.nextInt(4); i >= 0; i--) {
            int size = chance(50) && empties ? 0 : random.nextInt(1, Wire.HEADER_BYTES);
            if (started[flow] && count + 2 <= room && charge + 2L * Wire.charge(MAX_SMALL) <= maxCharge) {
                add(flow, size);
            }
            add(flow, random.nextInt(Wire.HEADER_BYTES, MAX_SMALL + 1));
        }
    }

    /** Lets the flows take turns. The sizes stay where they are, so unnumbered ones keep out of it. */
    private void mixFlows() {
        for (int i = 0; i < count; i++) {
            if (sizes[i] < Wire.HEADER_BYTES) {
                return;
            }
        }
        for (int i = 0; i < count; i++) {
            flows[i] = random.nextInt(started.length);
        }
    }
}
