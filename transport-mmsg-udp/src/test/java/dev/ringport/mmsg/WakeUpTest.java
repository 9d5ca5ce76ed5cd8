// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.mmsg;

import dev.ringport.testkit.datagram.WakeUpContract;
import org.junit.jupiter.api.BeforeAll;

class WakeUpTest extends WakeUpContract {
    /** What others' handlers do is theirs. */
    @BeforeAll
    static void needsOwnLoop() {
        MmsgTransport.assumeOwnLoop();
    }

    WakeUpTest() {
        super(MmsgTransport.INSTANCE);
    }
}
