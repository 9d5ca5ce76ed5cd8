// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.uring;

import dev.ringport.datagram.CompletionDatagramChannel;
import dev.ringport.testkit.datagram.DatagramSizeContract;
import dev.ringport.testkit.linux.LinuxCounter;

import static org.assertj.core.api.Assertions.assertThat;

class DatagramSizeTest extends DatagramSizeContract {
    DatagramSizeTest() {
        super(UringTransport.INSTANCE);
    }

    @Override
    protected void assertTruncated(CompletionDatagramChannel channel, boolean some) {
        assertThat(UringTransport.INSTANCE.count(channel, LinuxCounter.TRUNCATED) > 0).isEqualTo(some);
    }
}
