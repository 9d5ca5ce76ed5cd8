// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.testkit.datagram;

import dev.ringport.datagram.CompletionDatagramChannel;
import dev.ringport.testkit.Udp;
import dev.ringport.testkit.Udp.Peer;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.DatagramPacket;
import io.netty.channel.socket.SocketProtocolFamily;
import java.net.InetSocketAddress;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** The constructors, and the families of the sockets they make. */
public abstract class ChannelConstructionContract extends UdpContract {
    private static final ChannelOption<Boolean> ORIGINAL_DESTINATION = ChannelOption.valueOf("IP_RECVORIGDSTADDR");

    protected ChannelConstructionContract(DatagramTransport<?, ?> transport) {
        super(transport);
    }

    protected final CompletionDatagramChannel opened(CompletionDatagramChannel channel) {
        return udp.opened(new Bootstrap()
                .group(udp.group())
                .channelFactory(() -> channel)
                .handler(received)
                .register());
    }

    /** A peer sends to where it reaches the channel, which sends it back. */
    protected final void echo(CompletionDatagramChannel channel, InetSocketAddress peerAddress,
            InetSocketAddress reachable) {
        Peer peer = udp.peer(peerAddress);
        peer.send(Udp.numbered(1, 30), reachable);
        DatagramPacket packet = received.take();
        assertThat(packet.sender()).isEqualTo(peer.address());
        assertThat(packet.recipient()).isEqualTo(channel.localAddress());
        Udp.await(channel.writeAndFlush(new DatagramPacket(packet.content(), packet.sender())));
        assertThat(peer.receive().content()).isEqualTo(Udp.numbered(1, 30));
    }

    /** Checks the family of the socket behind a bound channel. */
    protected void assertFamily(CompletionDatagramChannel channel, SocketProtocolFamily family) {}

    @Test
    protected void withoutArgumentsAChannelServesBothFamilies() {
        CompletionDatagramChannel channel = opened(transport.newChannel());
        Udp.await(channel.bind(new InetSocketAddress(0)));
        int port = channel.localAddress().getPort();
        echo(channel, Udp.INET, Udp.at("127.0.0.1", port));
        echo(channel, Udp.INET6, Udp.at("::1", port));
        assertFamily(channel, SocketProtocolFamily.INET6);
    }

    @Test
    protected void anInet6ChannelBindsTheInetWildcardAsItsOwn() {
        CompletionDatagramChannel channel = opened(transport.newChannel(SocketProtocolFamily.INET6));
        Udp.await(channel.bind(Udp.at("0.0.0.0", 0)));
        echo(channel, Udp.INET, Udp.at("127.0.0.1", channel.localAddress().getPort()));
    }

    @Test
    protected void anInet6ChannelBoundToAnInetAddressShowsItAsInet() {
        CompletionDatagramChannel channel = opened(transport.newChannel(SocketProtocolFamily.INET6));
        Udp.await(channel.bind(Udp.at("127.0.0.1", 0)));
        assertThat(channel.localAddress().getAddress()).isEqualTo(Udp.INET.getAddress());
        echo(channel, Udp.INET, channel.localAddress());
    }

    @ParameterizedTest
    @EnumSource(value = SocketProtocolFamily.class, names = {"INET", "INET6"})
    protected void theFamilyDecidesTheSocket(SocketProtocolFamily family) {
        CompletionDatagramChannel channel = opened(transport.newChannel(family));
        InetSocketAddress loopback = family == SocketProtocolFamily.INET ? Udp.INET : Udp.INET6;
        Udp.await(channel.bind(loopback));
        assertFamily(channel, family);
        echo(channel, loopback, channel.localAddress());
    }

    @Test
    @SuppressWarnings("deprecation") // Vert.x still calls it
    protected void theOldFamilyTypeIsTakenToo() {
        CompletionDatagramChannel channel = opened(
                transport.newChannel(io.netty.channel.socket.InternetProtocolFamily.IPv4));
        Udp.await(channel.bind(Udp.INET));
        echo(channel, Udp.INET, channel.localAddress());
    }

    @Test
    protected void noFamilyButThoseOfUdpIsTakenAndNoDescriptorIsLost() {
        long before = transport.openDescriptors();
        // So many that a lost one each shows, though loops of earlier tests may close theirs meanwhile.
        for (int i = 0; i < 500; i++) {
            assertThatThrownBy(() -> transport.newChannel(SocketProtocolFamily.UNIX))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("UNIX");
        }
        assertThat(transport.openDescriptors()).isLessThanOrEqualTo(before);
    }

    @Test
    protected void theOriginalDestinationIsTheRecipientIfAskedFor() {
        for (SocketProtocolFamily family : new SocketProtocolFamily[]{SocketProtocolFamily.INET,
            SocketProtocolFamily.INET6}) {
            CompletionDatagramChannel channel = udp.bind(
                    udp.bootstrap(family, received).option(ORIGINAL_DESTINATION, true),
                    new InetSocketAddress(0));
            int port = channel.localAddress().getPort();
            Peer peer = udp.peer();
            for (String address : new String[]{"127.0.0.1", "127.0.0.77", "127.9.9.9"}) {
                peer.send(new byte[1], Udp.at(address, port));
                DatagramPacket packet = received.take();
                assertThat(packet.recipient()).isEqualTo(Udp.at(address, port));
                packet.release();
            }
            if (family == SocketProtocolFamily.INET6) {
                Peer inet6 = udp.peer(Udp.INET6);
                inet6.send(new byte[1], Udp.at("::1", port));
                DatagramPacket packet = received.take();
                assertThat(packet.recipient()).isEqualTo(Udp.at("::1", port));
                packet.release();
            }
            channel.config().setOption(ORIGINAL_DESTINATION, false);
            peer.send(new byte[1], Udp.at("127.0.0.3", port));
            DatagramPacket packet = received.take();
            assertThat(packet.recipient()).isEqualTo(channel.localAddress());
            packet.release();
        }
    }
}
