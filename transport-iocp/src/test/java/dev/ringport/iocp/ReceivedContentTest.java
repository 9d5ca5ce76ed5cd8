// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.iocp;

import dev.ringport.datagram.CompletionDatagramChannel;
import dev.ringport.iocp.IocpCounters.Counter;
import dev.ringport.testkit.datagram.ReceivedContentContract;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

import static org.assertj.core.api.Assertions.assertThat;

@EnabledOnOs(OS.WINDOWS)
@SuppressWarnings("JUnitMethodInvoked") // the contract's own case, where its condition holds
class ReceivedContentTest extends ReceivedContentContract {
    ReceivedContentTest() {
        super(IocpTransport.INSTANCE);
    }

    @Override
    protected void assertAllReceived(CompletionDatagramChannel channel, int datagrams) {
        IocpDatagramChannel counted = (IocpDatagramChannel) channel;
        assertThat(DatagramFaults.count(counted, Counter.DATAGRAMS_RECEIVED)).isEqualTo(datagrams);
        assertThat(DatagramFaults.count(counted, Counter.DATAGRAMS_DROPPED)).isZero();
    }

    @Override
    @Test
    protected void manyPeersOnOneChannelAreToldApart() {
        Wine.cannot("sends from 127.0.0.1 what is bound to another address of the loopback");
        super.manyPeersOnOneChannelAreToldApart();
    }
}
