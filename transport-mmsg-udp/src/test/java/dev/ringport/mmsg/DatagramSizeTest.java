// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.mmsg;

import dev.ringport.datagram.CompletionDatagramChannel;
import dev.ringport.mmsg.MmsgCounters.Counter;
import dev.ringport.mmsg.testing.MmsgUdp;
import dev.ringport.testkit.datagram.DatagramSizeContract;

import static org.assertj.core.api.Assertions.assertThat;

class DatagramSizeTest extends DatagramSizeContract {
    DatagramSizeTest() {
        super(MmsgTransport.INSTANCE);
    }

    @Override
    protected void assertTruncated(CompletionDatagramChannel channel, boolean some) {
        assertThat(MmsgUdp.count((MmsgDatagramChannel) channel, Counter.TRUNCATED) > 0).isEqualTo(some);
    }
}
