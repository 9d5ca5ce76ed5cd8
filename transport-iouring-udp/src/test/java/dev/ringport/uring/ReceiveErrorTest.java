// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.uring;

import dev.ringport.datagram.CompletionDatagramChannel;
import dev.ringport.testkit.linux.ReceiveErrorContract;

class ReceiveErrorTest extends ReceiveErrorContract {
    ReceiveErrorTest() {
        super(UringTransport.INSTANCE);
    }

    @Override
    protected long calls(CompletionDatagramChannel channel) {
        return ((UringDatagramChannel) channel).counters().get(UringCounters.Counter.ENTERS);
    }
}
