// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.mmsg;

import dev.ringport.datagram.CompletionDatagramChannel;
import dev.ringport.testkit.linux.ReceiveErrorContract;

class ReceiveErrorTest extends ReceiveErrorContract {
    ReceiveErrorTest() {
        super(MmsgTransport.INSTANCE);
    }

    @Override
    protected long calls(CompletionDatagramChannel channel) {
        return ((MmsgDatagramChannel) channel).counters().get(MmsgCounters.Counter.RECEIVE_CALLS);
    }
}
