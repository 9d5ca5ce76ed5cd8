// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.uring.ring;

import dev.ringport.testkit.CapturedLog;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class EnterRefusalsTest {
    private static final String LINE = "the kernel refuses the loop's entries";
    private static final int EBADF = 9;

    private long now;

    @Test
    void aRefusalIsToldAtOnceAndThenOnceAMinute() {
        EnterRefusals refusals = new EnterRefusals(() -> now);
        try (CapturedLog log = CapturedLog.capture()) {
            for (int second = 0; second < 60; second++) {
                now = TimeUnit.SECONDS.toNanos(second);
                refusals.refused(EBADF);
                refusals.accepted();
            }
            assertThat(log.lines(LINE)).hasSize(1);
            assertThat(log.lines(LINE).getFirst())
                    .contains("1 time(s)", "io_uring_enter failed: EBADF: Bad file descriptor (errno 9)");
            now = EnterRefusals.LOG_NANOS;
            refusals.refused(EBADF);
            assertThat(log.lines(LINE)).hasSize(2);
            assertThat(log.lines(LINE).getLast()).contains("60 time(s)");
        }
    }

    @Test
    void restsDoubleUpToABoundAndStartAnewWhenAnEnterIsAccepted() {
        EnterRefusals refusals = new EnterRefusals(() -> now);
        assertThat(refusals.isRestDue()).isFalse();
        List<Long> millis = new ArrayList<>();
        for (int i = 0; i < 9; i++) {
            refusals.refused(EBADF);
            refusals.refused(EBADF);
            assertThat(refusals.isRestDue()).isTrue();
            millis.add(TimeUnit.NANOSECONDS.toMillis(refusals.nextRestNanos()));
            assertThat(refusals.isRestDue()).isFalse();
        }
        assertThat(millis).containsExactly(1L, 2L, 4L, 8L, 16L, 32L, 64L, 100L, 100L);
        assertThat(refusals.any()).isTrue();
        refusals.accepted();
        assertThat(refusals.any()).isFalse();
        refusals.refused(EBADF);
        assertThat(refusals.nextRestNanos()).isEqualTo(EnterRefusals.FIRST_REST_NANOS);
    }
}
