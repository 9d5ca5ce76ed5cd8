// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.iocp;

import dev.ringport.datagram.CompletionDatagramChannel;
import dev.ringport.iocp.IocpCounters.Counter;
import dev.ringport.testkit.datagram.DatagramSizeContract;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

import static org.assertj.core.api.Assertions.assertThat;

@EnabledOnOs(OS.WINDOWS)
class DatagramSizeTest extends DatagramSizeContract {
    DatagramSizeTest() {
        super(IocpTransport.INSTANCE);
    }

    @Override
    protected void assertTruncated(CompletionDatagramChannel channel, boolean some) {
        assertThat(DatagramFaults.count((IocpDatagramChannel) channel, Counter.DATAGRAMS_TRUNCATED) > 0)
                .isEqualTo(some);
    }
}
