// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.testkit.suite;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.opentest4j.TestAbortedException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@ExtendWith(WithinLimits.class)
class WithinLimitsTest {
    private int tries;
    private int inner;

    private @Nullable Void failsBelow(int passing) {
        assertThat(++inner).isGreaterThanOrEqualTo(passing);
        return null;
    }

    @Test
    void theLastTryCountsToo() {
        assertThat(++tries).isEqualTo(WithinLimits.TRIES);
    }

    @Test
    void aTestThatPassesIsNotTriedAgain() throws Throwable {
        inner = 0;
        WithinLimits.inTries("test", () -> failsBelow(1), () -> failsBelow(1));

        assertThat(inner).isEqualTo(1);
    }

    @Test
    void aTestThatFailsEachTimeFails() {
        inner = 0;
        assertThatThrownBy(() -> WithinLimits.inTries("test", () -> failsBelow(9), () -> failsBelow(9)))
                .isInstanceOf(AssertionError.class)
                .satisfies(last -> assertThat(last.getSuppressed()).hasSize(1));
        assertThat(inner).isEqualTo(WithinLimits.TRIES);
    }

    @Test
    void aTestThatIsAbortedIsNotTriedAgain() {
        assertThatThrownBy(() -> WithinLimits.inTries("test", () -> {
            throw new TestAbortedException("not here");
        }, () -> {
            throw new AssertionError("tried again");
        })).isInstanceOf(TestAbortedException.class);
    }
}
