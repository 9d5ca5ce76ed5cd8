// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.loop;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

@Timeout(value = 30, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class WakeUpGateTest {
    private final WakeUpGate gate = new WakeUpGate();
    private final AtomicInteger calls = new AtomicInteger();

    private boolean wake() {
        calls.incrementAndGet();
        return true;
    }

    private boolean fail() {
        calls.incrementAndGet();
        return false;
    }

    private static boolean fallFromTheCall() {
        throw new IllegalStateException("on purpose");
    }

    @Test
    void oneCallWakesALoopThatSleeps() {
        assertTrue(gate.fallAsleep());
        gate.wakeUp(this::wake);
        gate.wakeUp(this::wake);
        assertEquals(1, calls.get());
    }

    @Test
    void aWakeUpWhileAwakeCostsNoCallAndKeepsTheLoopAwakeOnce() {
        gate.wakeUp(this::wake);
        gate.wakeUp(this::wake);
        assertEquals(0, calls.get());
        assertFalse(gate.fallAsleep());
        assertTrue(gate.fallAsleep());
    }

    @Test
    void whenTheCallFailsTheNextWakerMakesItAgain() {
        assertTrue(gate.fallAsleep());
        gate.wakeUp(this::fail);
        gate.wakeUp(this::fail);
        gate.wakeUp(this::wake);
        gate.wakeUp(this::wake);
        assertEquals(3, calls.get());
    }

    @Test
    void aCallThatFailsWhenTheLoopIsAwakeAgainLosesNoWakeUp() {
        assertTrue(gate.fallAsleep());
        BooleanSupplier slow = () -> {
            // Meanwhile the loop's wait runs out, and somebody else wants it awake.
            gate.awake();
            gate.wakeUp(this::wake);
            return false;
        };
        gate.wakeUp(slow);
        assertEquals(0, calls.get());
        assertFalse(gate.fallAsleep());
    }

    @Test
    void aCallThatThrowsLeavesTheGate() {
        assertTrue(gate.fallAsleep());
        assertThrows(IllegalStateException.class, () -> gate.wakeUp(WakeUpGateTest::fallFromTheCall));
        gate.wakeUp(this::wake);
        assertEquals(1, calls.get());
        // Waits for those inside.
        gate.close();
    }

    @Test
    void noCallIsMadeOnceClosed() {
        assertTrue(gate.fallAsleep());
        gate.close();
        gate.wakeUp(this::wake);
        assertEquals(0, calls.get());
    }
}
