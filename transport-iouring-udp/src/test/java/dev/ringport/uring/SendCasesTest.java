// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.uring;

import dev.ringport.testkit.linux.SendCasesContract;

class SendCasesTest extends SendCasesContract {
    SendCasesTest() {
        super(UringTransport.INSTANCE);
    }
}
