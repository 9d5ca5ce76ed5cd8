// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.examples.soak;

import dev.ringport.examples.soak.Burst.Way;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

class BurstPlanTest {
    private static final int BURSTS = 20_000;
    private static final int[] LONGEST = {1472, 1452};
    private static final long MAX_CHARGE = 200_000;

    private static BurstPlan plan(long maxCharge) {
        return new BurstPlan(new SplittableRandom(1), LONGEST, true, true, maxCharge);
    }

    @Test
    void equalSeedsMakeEqualBursts() {
        BurstPlan one = plan(MAX_CHARGE);
        BurstPlan other = plan(MAX_CHARGE);
        for (int i = 0; i < BURSTS; i++) {
            Burst burst = one.next(1000);
            Burst same = other.next(1000);
            assertEquals(burst.count(), same.count());
            assertEquals(burst.way(), same.way());
            assertEquals(burst.elsewhere(), same.elsewhere());
            for (int j = 0; j < burst.count(); j++) {
                assertEquals(burst.size(j), same.size(j));
                assertEquals(burst.flow(j), same.flow(j));
            }
        }
    }

    @Test
    void burstsKeepToTheirRules() {
        BurstPlan plan = plan(MAX_CHARGE);
        boolean[] started = new boolean[LONGEST.length];
        Set<Way> ways = new TreeSet<>();
        Set<Integer> sizes = new TreeSet<>();
        for (int i = 0; i < BURSTS; i++) {
            Burst burst = plan.next(1000);
            ways.add(burst.way());
            assertTrue(burst.count() > 0);
            assertTrue(burst.count() == 1 || burst.chargeOf(0) + burst.chargeOf(1) <= MAX_CHARGE);
            for (int j = 0; j < burst.count(); j++) {
                sizes.add(burst.size(j));
                assertTrue(burst.size(j) >= Wire.HEADER_BYTES || started[burst.flow(j)], "unnumbered first");
                if (burst.way() == Way.BY_HAND) {
                    boolean last = j == burst.count() - 1;
                    assertTrue(burst.size(j) == burst.size(0) || (last && burst.size(j) < burst.size(0)));
                    assertEquals(burst.flow(0), burst.flow(j));
                }
            }
            for (int j = 0; j < burst.count(); j++) {
                started[burst.flow(j)] = true;
            }
        }
        assertEquals(Set.of(Way.values()), ways);
        assertTrue(sizes.contains(0) && sizes.contains(1) && sizes.contains(35), "unnumbered sizes");
        assertTrue(sizes.contains(36) && sizes.contains(1200) && sizes.contains(1472), "numbered sizes");
        assertTrue(sizes.stream().anyMatch(size -> size > 8900), "fragmented sizes");
        assertTrue(sizes.stream().allMatch(size -> size <= Wire.MAX_BYTES));
    }

    @Test
    void noMoreThanAskedFor() {
        BurstPlan plan = plan(MAX_CHARGE);
        for (int i = 0; i < BURSTS; i++) {
            int most = 1 + i % 5;
            assertTrue(plan.next(most).count() <= most);
        }
    }

    @Test
    void aSmallWindowStillTakesTheLongest() {
        BurstPlan plan = plan(1);
        boolean fragmented = false;
        for (int i = 0; i < BURSTS; i++) {
            Burst burst = plan.next(1000);
            assertEquals(1, burst.count());
            fragmented |= burst.size(0) > LONGEST[0];
        }
        assertTrue(fragmented);
    }
}
