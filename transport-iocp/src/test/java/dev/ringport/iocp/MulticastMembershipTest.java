// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.iocp;

import dev.ringport.testkit.datagram.MulticastMembershipContract;
import io.netty.channel.socket.SocketProtocolFamily;
import java.io.IOException;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@EnabledOnOs(OS.WINDOWS)
@SuppressWarnings("JUnitMethodInvoked") // the contract's own case, where its condition holds
class MulticastMembershipTest extends MulticastMembershipContract {
    MulticastMembershipTest() {
        super(IocpTransport.INSTANCE);
    }

    @Override
    @ParameterizedTest
    @CsvSource({"INET, 10.123.0.1, 10.123.0.99", "INET6, 10.123.0.1, 10.123.0.99", "INET6, , fe80::99"})
    protected void aGroupJoinedWithASourceIsHeardFromThatSourceAlone(
            SocketProtocolFamily family, String source, String stranger) throws IOException {
        Wine.cannot("hands ip_mreq_source to Linux as it is, whose members have another order, and knows no MCAST_*");
        super.aGroupJoinedWithASourceIsHeardFromThatSourceAlone(family, source, stranger);
    }

    @Override
    @ParameterizedTest
    @CsvSource({"INET, 10.123.0.1", "INET6, 10.123.0.1", "INET6, "})
    protected void aBlockedSourceIsNotHeard(SocketProtocolFamily family, String source) throws IOException {
        if (source == null) {
            Wine.cannot("knows no MCAST_BLOCK_SOURCE");
        }
        super.aBlockedSourceIsNotHeard(family, source);
    }
}
