// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.iocp;

import dev.ringport.testkit.Udp;
import dev.ringport.testkit.datagram.MulticastMembershipContract;
import io.netty.channel.ChannelFuture;
import io.netty.channel.socket.SocketProtocolFamily;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.NetworkInterface;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

@EnabledOnOs(OS.WINDOWS)
@SuppressWarnings("JUnitMethodInvoked") // the contract's own case, where its condition holds
class MulticastMembershipTest extends MulticastMembershipContract {
    MulticastMembershipTest() {
        super(IocpTransport.INSTANCE);
    }

    /** As with NIO. */
    @Override
    protected void expectRedundant(ChannelFuture change, String what) {
        Udp.await(change);
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

    @Test
    void aGroupJoinedWithoutAnInterfaceIsNotJoinedOnTheLoopbackIfThereIsAnother() throws IOException {
        InetAddress group = InetAddress.ofLiteral("239.1.2.3");
        boolean another = false;
        for (NetworkInterface each : NetworkInterface.networkInterfaces().toList()) {
            another |= each.isUp() && each.supportsMulticast() && !each.isLoopback()
                    && each.inetAddresses().anyMatch(Inet4Address.class::isInstance);
        }
        assumeTrue(another, "there is no other");
        IocpDatagramChannel channel = new IocpDatagramChannel(SocketProtocolFamily.INET);
        try {
            assertThat(channel.memberships().defaultInterface(group).isLoopback()).isFalse();
        } finally {
            channel.unsafe().closeForcibly();
        }
    }
}
