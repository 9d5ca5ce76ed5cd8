// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.iocp;

import dev.ringport.testkit.Udp;
import dev.ringport.testkit.Udp.Peer;
import dev.ringport.testkit.Udp.Recorder;
import io.netty.channel.ChannelFuture;
import io.netty.channel.DefaultAddressedEnvelope;
import io.netty.channel.socket.DatagramPacket;
import io.netty.channel.socket.SocketProtocolFamily;
import io.netty.channel.unix.SegmentedDatagramPacket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.nio.channels.AlreadyConnectedException;
import java.nio.channels.ClosedChannelException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;

/** Where Windows says one thing and NIO another, channels do as NIO. */
@EnabledOnOs(OS.WINDOWS)
@Timeout(60)
class DatagramAsNioTest {
    private static final InetAddress GROUP = InetAddress.ofLiteral("239.1.1.1");
    private static final InetAddress OTHER_GROUP = InetAddress.ofLiteral("239.1.1.2");
    private static final InetAddress SOURCE = InetAddress.ofLiteral("192.0.2.1");

    @AutoClose
    private final DatagramFaults faults = new DatagramFaults();

    private static NetworkInterface loopback() throws Exception {
        return NetworkInterface.getByInetAddress(Udp.INET.getAddress());
    }

    /** Counts changes of memberships instead of making them. */
    private ConcurrentLinkedQueue<Integer> memberships() {
        ConcurrentLinkedQueue<Integer> changes = new ConcurrentLinkedQueue<>();
        faults.calls.on("setsockopt", (real, arguments) -> {
            int size = (int) arguments[5];
            // ip_mreq, ip_mreq_source.
            if ((int) arguments[2] != 0 || (size != 8 && size != 12)) {
                return real.call();
            }
            changes.add((int) arguments[3]);
            return 0;
        });
        return changes;
    }

    @ParameterizedTest
    @EnumSource(value = SocketProtocolFamily.class, names = {"INET", "INET6"})
    void aGroupIsJoinedOnceAndLeftOnceHoweverOftenItIsAskedFor(SocketProtocolFamily family) throws Exception {
        IocpDatagramChannel channel = faults.udp.bind(
                family, Udp.at(family == SocketProtocolFamily.INET ? "0.0.0.0" : "::", 0), new Recorder());
        InetSocketAddress group = new InetSocketAddress(GROUP, 0);
        Udp.await(channel.leaveGroup(group, loopback()));
        for (int i = 0; i < 3; i++) {
            Udp.await(channel.joinGroup(group, loopback()));
            Udp.await(channel.joinGroup(group, loopback()));
            Udp.await(channel.joinGroup(GROUP, loopback(), null));
            Udp.await(channel.leaveGroup(new InetSocketAddress(OTHER_GROUP, 0), loopback()));
            Udp.await(channel.leaveGroup(group, loopback()));
            Udp.await(channel.leaveGroup(group, loopback()));
        }
        Udp.await(channel.joinGroup(group, loopback()));
        Udp.await(channel.close());
        assertThat(Udp.failure(channel.joinGroup(group, loopback()))).isInstanceOf(ClosedChannelException.class);
        assertThat(Udp.failure(channel.leaveGroup(group, loopback()))).isInstanceOf(ClosedChannelException.class);
    }

    @Test
    void sourcesAreJoinedLeftAndBlockedOnce() throws Exception {
        ConcurrentLinkedQueue<Integer> changes = memberships();
        IocpDatagramChannel channel = faults.bind();
        // Nothing is joined.
        Udp.await(channel.block(GROUP, loopback(), SOURCE));
        Udp.await(channel.leaveGroup(GROUP, loopback(), SOURCE));
        assertThat(changes).isEmpty();
        Udp.await(channel.joinGroup(GROUP, loopback(), SOURCE));
        Udp.await(channel.joinGroup(GROUP, loopback(), SOURCE));
        // IP_ADD_SOURCE_MEMBERSHIP
        assertThat(changes).containsExactly(15);
        assertThat(Udp.failure(channel.joinGroup(GROUP, loopback(), null))).isInstanceOf(IllegalStateException.class);
        assertThat(Udp.failure(channel.block(GROUP, loopback(), SOURCE))).isInstanceOf(IllegalStateException.class);
        Udp.await(channel.leaveGroup(GROUP, loopback(), null));
        Udp.await(channel.leaveGroup(GROUP, loopback(), SOURCE));
        Udp.await(channel.leaveGroup(GROUP, loopback(), SOURCE));
        // IP_DROP_SOURCE_MEMBERSHIP
        assertThat(changes).containsExactly(15, 16);
        Udp.await(channel.joinGroup(GROUP, loopback(), null));
        assertThat(Udp.failure(channel.joinGroup(GROUP, loopback(), SOURCE)))
                .isInstanceOf(IllegalStateException.class);
        Udp.await(channel.block(GROUP, loopback(), SOURCE));
        Udp.await(channel.block(GROUP, loopback(), SOURCE));
        // IP_ADD_MEMBERSHIP, IP_BLOCK_SOURCE
        assertThat(changes).containsExactly(15, 16, 12, 17);
        Udp.await(channel.leaveGroup(GROUP, loopback(), null));
        Udp.await(channel.joinGroup(GROUP, loopback(), null));
        Udp.await(channel.block(GROUP, loopback(), SOURCE));
        assertThat(changes).containsExactly(15, 16, 12, 17, 13, 12, 17);
    }

    @Test
    void aMembershipIsOfOneInterface() throws Exception {
        ConcurrentLinkedQueue<Integer> changes = memberships();
        IocpDatagramChannel channel = faults.bind();
        NetworkInterface other = null;
        for (NetworkInterface each : NetworkInterface.networkInterfaces().toList()) {
            other = each.getIndex() == loopback().getIndex() ? other : each;
        }
        Udp.await(channel.joinGroup(GROUP, loopback(), null));
        if (other != null) {
            Udp.await(channel.leaveGroup(GROUP, other, null));
            Udp.await(channel.joinGroup(GROUP, other, null));
            Udp.await(channel.leaveGroup(GROUP, other, null));
            assertThat(changes).containsExactly(12, 12, 13);
        }
        Udp.await(channel.leaveGroup(GROUP, loopback(), null));
        assertThat(changes.size()).isEqualTo(other == null ? 2 : 4);
    }

    @ParameterizedTest
    @EnumSource(value = SocketProtocolFamily.class, names = {"INET", "INET6"})
    void aConnectedChannelSendsToItsPeerAlone(SocketProtocolFamily family) {
        Peer peer = faults.udp.peer();
        Peer stranger = faults.udp.peer();
        IocpDatagramChannel channel = faults.udp.opened(
                faults.udp.bootstrap(family, faults.received).connect(peer.address(), Udp.INET));
        List<ChannelFuture> writes = new ArrayList<>();
        writes.add(channel.write(Udp.direct(Udp.numbered(0, 20))));
        ChannelFuture packet = channel.write(
                new DatagramPacket(Udp.direct(Udp.numbered(9, 20)), stranger.address()));
        writes.add(channel.write(new DatagramPacket(Udp.direct(Udp.numbered(1, 20)), peer.address())));
        ChannelFuture envelope = channel.write(
                new DefaultAddressedEnvelope<>(Udp.direct(Udp.numbered(9, 20)), stranger.address()));
        writes.add(channel.write(
                new DefaultAddressedEnvelope<>(Udp.direct(Udp.numbered(2, 20)), peer.address())));
        ChannelFuture segmented = channel.write(
                new SegmentedDatagramPacket(Udp.direct(Udp.numbered(9, 20)), 10, stranger.address()));
        ChannelFuture otherPort = channel.write(new DatagramPacket(
                Udp.direct(Udp.numbered(9, 20)), new InetSocketAddress(peer.address().getAddress(), 9)));
        writes.add(channel.write(Udp.direct(Udp.numbered(3, 20))));
        channel.flush();
        writes.forEach(Udp::await);
        for (ChannelFuture refused : List.of(packet, envelope, segmented, otherPort)) {
            assertThat(Udp.failure(refused)).isInstanceOf(AlreadyConnectedException.class);
        }
        for (int i = 0; i < 4; i++) {
            assertThat(peer.receive().content()).isEqualTo(Udp.numbered(i, 20));
        }
        assertThat(channel.isActive()).isTrue();
        Udp.await(channel.disconnect());
        Udp.await(channel.writeAndFlush(new DatagramPacket(Udp.direct(Udp.numbered(4, 20)), stranger.address())));
        assertThat(stranger.receive().content()).isEqualTo(Udp.numbered(4, 20));
        assertThat(stranger.isIdle()).isTrue();
    }
}
