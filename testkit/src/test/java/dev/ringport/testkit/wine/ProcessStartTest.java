// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.testkit.wine;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class ProcessStartTest {
    private static final String INTERNAL_ERROR = "Cannot run program \"java\": CreateProcess error=1359, Internal error";

    private static final String STARTED = "started";

    private static ProcessStart.Start<String> failing(Deque<String> messages) {
        return () -> {
            if (!messages.isEmpty()) {
                throw new IOException(messages.remove());
            }
            return STARTED;
        };
    }

    @Test
    void aProcessThatWineDidNotStartIsStartedAgain() throws IOException {
        Deque<String> messages = new ArrayDeque<>(List.of(INTERNAL_ERROR, INTERNAL_ERROR));

        assertThat(ProcessStart.of(failing(messages))).isSameAs(STARTED);
        assertThat(messages).isEmpty();
    }

    @Test
    void anotherErrorIsThrownAtOnce() {
        Deque<String> messages = new ArrayDeque<>(List.of("CreateProcess error=2, File not found", "never"));

        assertThatThrownBy(() -> ProcessStart.of(failing(messages))).isInstanceOf(IOException.class)
                .hasMessageContaining("error=2,");
        assertThat(messages).containsExactly("never");
    }

    @Test
    void aMachineThatStartsNoneIsTold() {
        Deque<String> messages = new ArrayDeque<>();
        for (int i = 0; i < ProcessStart.TRIES; i++) {
            messages.add(INTERNAL_ERROR);
        }
        messages.add("never");

        assertThatThrownBy(() -> ProcessStart.of(failing(messages))).isInstanceOf(IOException.class)
                .hasMessage(INTERNAL_ERROR)
                .satisfies(last -> assertThat(last.getSuppressed()).hasSize(1));
        assertThat(messages).containsExactly("never");
    }

    @Test
    void theErrorIsFoundInWhatAChildPrinted() {
        assertThat(ProcessStart.failedIn("failed to run  an exclusive port\n  " + INTERNAL_ERROR + "\n")).isTrue();
        assertThat(ProcessStart.failedIn("CreateProcess error=13590")).isFalse();
    }
}
