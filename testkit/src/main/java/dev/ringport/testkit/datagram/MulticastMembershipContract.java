// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.testkit.datagram;

import dev.ringport.datagram.CompletionDatagramChannel;
import dev.ringport.testkit.NetworkNamespace;
import dev.ringport.testkit.Udp;
import dev.ringport.testkit.Udp.Peer;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.DatagramPacket;
import io.netty.channel.socket.SocketProtocolFamily;
import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.StandardSocketOptions;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.UnsupportedAddressTypeException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;

/** Groups joined, left and blocked, with and without a source. */
public abstract class MulticastMembershipContract extends UdpContract {
    protected MulticastMembershipContract(DatagramTransport<?, ?> transport) {
        super(transport);
    }

    private static final InetAddress GROUP = InetAddress.ofLiteral("239.7.7.7");
    private static final InetAddress GROUP6 = InetAddress.ofLiteral("ff02::7777");
    private static final byte[] MULTICAST = {1};
    private static final byte[] UNICAST = {2, 2};

    private NetworkInterface v0;

    @BeforeEach
    protected void findInterface() throws IOException {
        v0 = NetworkNamespace.multicastInterface();
    }

    private CompletionDatagramChannel channel(SocketProtocolFamily family) {
        return udp.bind(
                udp.bootstrap(family, received).option(ChannelOption.IP_MULTICAST_IF, v0), new InetSocketAddress(0));
    }

    private Peer sender(InetAddress local) throws IOException {
        Peer peer = udp.peer(new InetSocketAddress(local, 0));
        peer.channel().setOption(StandardSocketOptions.IP_MULTICAST_IF, v0);
        peer.channel().setOption(StandardSocketOptions.IP_MULTICAST_LOOP, true);
        return peer;
    }

    private InetAddress linkLocal() {
        return v0.inetAddresses().filter(a -> a instanceof Inet6Address).findFirst().orElseThrow();
    }

    /** The unicast datagram behind the multicast one comes in any case and tells when to look. */
    private void expect(CompletionDatagramChannel channel, Peer from, InetAddress group, boolean heard) {
        int port = channel.localAddress().getPort();
        from.send(MULTICAST, new InetSocketAddress(group, port));
        from.send(UNICAST, new InetSocketAddress(from.address().getAddress(), port));
        if (heard) {
            assertThat(received.takeBytes()).isEqualTo(MULTICAST);
        }
        assertThat(received.takeBytes()).isEqualTo(UNICAST);
    }

    @ParameterizedTest
    @EnumSource(value = SocketProtocolFamily.class, names = {"INET", "INET6"})
    protected void joinsAndLeavesAnInetGroup(SocketProtocolFamily family) throws IOException {
        CompletionDatagramChannel channel = channel(family);
        Peer from = sender(NetworkNamespace.ADDRESS);
        expect(channel, from, GROUP, false);
        Udp.await(channel.joinGroup(new InetSocketAddress(GROUP, 0), v0));
        expect(channel, from, GROUP, true);
        expectRedundant(channel.joinGroup(GROUP, v0, null), "join");
        expect(channel, from, GROUP, true);
        Udp.await(channel.leaveGroup(new InetSocketAddress(GROUP, 0), v0));
        expect(channel, from, GROUP, false);
        Udp.await(channel.joinGroup(GROUP));
        expect(channel, from, GROUP, true);
        Udp.await(channel.leaveGroup(GROUP));
        expect(channel, from, GROUP, false);
        expectRedundant(channel.leaveGroup(GROUP), "leave");
    }

    /** What a second join comes to, or a leave of what is not joined: Linux refuses both. */
    protected void expectRedundant(ChannelFuture change, String what) {
        assertThat(Udp.failure(change).getMessage()).containsIgnoringCase(what);
    }

    @Test
    protected void joinsAndLeavesAnInet6Group() throws IOException {
        CompletionDatagramChannel channel = channel(SocketProtocolFamily.INET6);
        Peer from = sender(linkLocal());
        expect(channel, from, GROUP6, false);
        Udp.await(channel.joinGroup(new InetSocketAddress(GROUP6, 0), v0));
        expect(channel, from, GROUP6, true);
        Udp.await(channel.leaveGroup(new InetSocketAddress(GROUP6, 0), v0));
        expect(channel, from, GROUP6, false);
    }

    @ParameterizedTest
    @CsvSource({"INET, 10.123.0.1, 10.123.0.99", "INET6, 10.123.0.1, 10.123.0.99", "INET6, , fe80::99"})
    protected void aGroupJoinedWithASourceIsHeardFromThatSourceAlone(
            SocketProtocolFamily family, String source, String stranger) throws IOException {
        InetAddress from = source == null ? linkLocal() : InetAddress.ofLiteral(source);
        InetAddress group = source == null ? GROUP6 : GROUP;
        CompletionDatagramChannel channel = channel(family);
        Peer peer = sender(from);
        Udp.await(channel.joinGroup(group, v0, InetAddress.ofLiteral(stranger)));
        expect(channel, peer, group, false);
        Udp.await(channel.joinGroup(group, v0, from));
        expect(channel, peer, group, true);
        Udp.await(channel.leaveGroup(group, v0, from));
        expect(channel, peer, group, false);
    }

    @ParameterizedTest
    @CsvSource({"INET, 10.123.0.1", "INET6, 10.123.0.1", "INET6, "})
    protected void aBlockedSourceIsNotHeard(SocketProtocolFamily family, String source) throws IOException {
        InetAddress from = source == null ? linkLocal() : InetAddress.ofLiteral(source);
        InetAddress group = source == null ? GROUP6 : GROUP;
        CompletionDatagramChannel channel = channel(family);
        Peer peer = sender(from);
        Udp.await(channel.joinGroup(group, v0, null));
        expect(channel, peer, group, true);
        Udp.await(channel.block(group, v0, from));
        expect(channel, peer, group, false);
    }

    @Test
    protected void whatDoesNotFitTogetherFailsOnItsPromise() {
        CompletionDatagramChannel inet = channel(SocketProtocolFamily.INET);
        assertThat(Udp.failure(inet.joinGroup(GROUP6, v0, null))).isInstanceOf(UnsupportedAddressTypeException.class);
        CompletionDatagramChannel inet6 = channel(SocketProtocolFamily.INET6);
        assertThat(Udp.failure(inet6.joinGroup(GROUP6, v0, NetworkNamespace.ADDRESS)))
                .isInstanceOf(IllegalArgumentException.class);
        assertThat(Udp.failure(inet.joinGroup(NetworkNamespace.ADDRESS, v0, null)))
                .hasMessageContaining("EINVAL");
        Udp.await(inet.close());
        assertThat(Udp.failure(inet.joinGroup(GROUP, v0, null)))
                .isInstanceOf(ClosedChannelException.class);
    }

    @Test
    protected void aChannelSendsToAGroupThroughTheInterfaceThatWasSet() throws IOException {
        CompletionDatagramChannel receiver = channel(SocketProtocolFamily.INET);
        Udp.await(receiver.joinGroup(GROUP, v0, null));
        CompletionDatagramChannel from = channel(SocketProtocolFamily.INET);
        InetSocketAddress to = new InetSocketAddress(GROUP, receiver.localAddress().getPort());
        Udp.await(from.writeAndFlush(new DatagramPacket(Udp.direct(MULTICAST), to)));
        DatagramPacket packet = received.take();
        assertThat(packet.sender().getAddress()).isEqualTo(NetworkNamespace.ADDRESS);
        packet.release();
    }
}
