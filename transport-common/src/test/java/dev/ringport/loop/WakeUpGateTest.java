// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.loop;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

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
        assertThat(gate.fallAsleep()).isTrue();
        gate.wakeUp(this::wake);
        gate.wakeUp(this::wake);
        assertThat(calls).hasValue(1);
    }

    @Test
    void aWakeUpWhileAwakeCostsNoCallAndKeepsTheLoopAwakeOnce() {
        gate.wakeUp(this::wake);
        gate.wakeUp(this::wake);
        assertThat(calls).hasValue(0);
        assertThat(gate.fallAsleep()).isFalse();
        assertThat(gate.fallAsleep()).isTrue();
    }

    @Test
    void whenTheCallFailsTheNextWakerMakesItAgain() {
        assertThat(gate.fallAsleep()).isTrue();
        gate.wakeUp(this::fail);
        gate.wakeUp(this::fail);
        gate.wakeUp(this::wake);
        gate.wakeUp(this::wake);
        assertThat(calls).hasValue(3);
    }

    @Test
    void aCallThatFailsWhenTheLoopIsAwakeAgainLosesNoWakeUp() {
        assertThat(gate.fallAsleep()).isTrue();
        BooleanSupplier slow = () -> {
            // Meanwhile the loop's wait runs out, and somebody else wants it awake.
            gate.awake();
            gate.wakeUp(this::wake);
            return false;
        };
        gate.wakeUp(slow);
        assertThat(calls).hasValue(0);
        assertThat(gate.fallAsleep()).isFalse();
    }

    @Test
    void aCallThatThrowsLeavesTheGate() {
        assertThat(gate.fallAsleep()).isTrue();
        assertThatThrownBy(() -> gate.wakeUp(WakeUpGateTest::fallFromTheCall)).hasMessage("on purpose");
        gate.wakeUp(this::wake);
        assertThat(calls).hasValue(1);
        // Waits for those inside.
        gate.close();
    }

    @Test
    void noCallIsMadeOnceClosed() {
        assertThat(gate.fallAsleep()).isTrue();
        gate.close();
        gate.wakeUp(this::wake);
        assertThat(calls).hasValue(0);
    }
}
