// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.uring;

import dev.ringport.datagram.CompletionDatagramChannel;
import dev.ringport.testkit.datagram.ChannelCloseContract;

class ChannelCloseTest extends ChannelCloseContract {
    ChannelCloseTest() {
        super(UringTransport.INSTANCE);
    }

    @Override
    protected void askAfterClose(CompletionDatagramChannel channel) {
        UringCounters _ = ((UringDatagramChannel) channel).counters();
    }
}
