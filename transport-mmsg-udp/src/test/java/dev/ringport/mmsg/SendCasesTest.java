// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.mmsg;

import dev.ringport.testkit.linux.SendCasesContract;

class SendCasesTest extends SendCasesContract {
    SendCasesTest() {
        super(MmsgTransport.INSTANCE);
    }
}
