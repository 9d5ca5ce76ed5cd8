// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.testkit;

import io.netty.util.internal.logging.InternalLogger;
import io.netty.util.internal.logging.InternalLoggerFactory;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** Tests that want no warning would pass where none is seen. */
class CapturedLogTest {
    private static final InternalLogger LOGGER = InternalLoggerFactory.getInstance(CapturedLogTest.class);

    @Test
    void aWarningIsSeenWhileTheLogIsCapturedAndNotBefore() {
        LOGGER.warn("one");
        try (CapturedLog log = CapturedLog.capture()) {
            LOGGER.warn("two");
            assertThat(log.lines("WARN")).singleElement().asString().contains("two");
        }
    }
}
