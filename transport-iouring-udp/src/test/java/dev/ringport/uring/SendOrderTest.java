// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.uring;

import dev.ringport.testkit.ManualLoop;
import dev.ringport.testkit.linux.SendOrderContract;
import dev.ringport.uring.testing.UringManualLoop;

class SendOrderTest extends SendOrderContract {
    SendOrderTest() {
        super(UringTransport.INSTANCE);
    }

    @Override
    protected ManualLoop<?, ?> newSmallLoop() {
        return new UringManualLoop(new UringIoHandlerConfig().submissionQueueEntries(8).completionQueueEntries(16));
    }
}
