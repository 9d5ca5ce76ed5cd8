// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.testkit.datagram;

import dev.ringport.datagram.CompletionDatagramChannel;
import dev.ringport.testkit.Udp;
import dev.ringport.testkit.Udp.Peer;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.DatagramPacket;
import io.netty.channel.socket.SocketProtocolFamily;
import java.net.InetSocketAddress;
import java.net.PortUnreachableException;
import java.nio.channels.AlreadyConnectedException;
import java.nio.channels.NotYetConnectedException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/** Connecting, what it changes, and what is left of it after disconnecting. */
public abstract class ConnectionContract extends UdpContract {
    protected ConnectionContract(DatagramTransport<?, ?> transport) {
        super(transport);
    }

    private static ByteBuf bytes(int length) {
        return Udp.direct(new byte[length]);
    }

    private InetSocketAddress closedPort() {
        Peer gone = udp.peer();
        InetSocketAddress address = gone.address();
        gone.close();
        return address;
    }

    @ParameterizedTest
    @EnumSource(value = SocketProtocolFamily.class, names = {"INET", "INET6"})
    protected void connectsDisconnectsAndConnectsAgain(SocketProtocolFamily family) {
        boolean inet6 = family == SocketProtocolFamily.INET6;
        Peer first = udp.peer(inet6 ? Udp.INET6 : Udp.INET);
        Peer second = udp.peer(inet6 ? Udp.INET6 : Udp.INET);
        CompletionDatagramChannel channel = udp.opened(udp.bootstrap(family, received).register());
        assertThat(channel.localAddress()).isNull();
        assertThat(channel.remoteAddress()).isNull();
        assertThat(channel.isActive()).isFalse();
        for (Peer peer : new Peer[]{first, second, first}) {
            Udp.await(channel.connect(peer.address()));
            assertThat(channel.isConnected()).isTrue();
            assertThat(channel.isActive()).isTrue();
            assertThat(channel.remoteAddress()).isEqualTo(peer.address());
            assertThat(channel.localAddress().getAddress()).isEqualTo(peer.address().getAddress());
            Udp.await(channel.writeAndFlush(bytes(3)));
            assertThat(peer.receive().sender()).isEqualTo(channel.localAddress());
            peer.send(new byte[4], channel.localAddress());
            DatagramPacket packet = received.take();
            assertThat(packet.sender()).isEqualTo(peer.address());
            assertThat(packet.recipient()).isEqualTo(channel.localAddress());
            packet.release();
            Udp.await(channel.disconnect());
            assertThat(channel.isConnected()).isFalse();
            assertThat(channel.remoteAddress()).isNull();
            assertThat(channel.localAddress()).isNull();
            assertThat(channel.isOpen()).isTrue();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "0.0.0.0", "127.0.0.5"})
    protected void anExplicitlyBoundAddressOutlivesTheConnection(String address) {
        CompletionDatagramChannel channel = udp.bind(
                SocketProtocolFamily.INET, Udp.at(address, 0), received);
        InetSocketAddress bound = channel.localAddress();
        Peer peer = udp.peer();
        Peer stranger = udp.peer();
        InetSocketAddress reachable = bound.getAddress().isAnyLocalAddress()
                ? Udp.at("127.0.0.1", bound.getPort())
                : bound;
        for (int round = 0; round < 3; round++) {
            Udp.await(channel.connect(peer.address()));
            assertThat(channel.localAddress().getPort()).isEqualTo(bound.getPort());
            stranger.send(new byte[9], reachable);
            peer.send(new byte[4], reachable);
            assertThat(received.takeBytes()).as("a connected socket hears its peer alone").hasSize(4);
            Udp.await(channel.disconnect());
            assertThat(channel.localAddress()).isEqualTo(bound);
            assertThat(channel.isActive()).isTrue();
            stranger.send(new byte[5], reachable);
            DatagramPacket packet = received.take();
            assertThat(packet.content().readableBytes()).isEqualTo(5);
            assertThat(packet.recipient()).isEqualTo(bound);
            packet.release();
        }
    }

    /** As NIO has it: any connect that fails does. */
    @Test
    protected void aSecondConnectFailsAndClosesTheChannel() {
        Peer peer = udp.peer();
        CompletionDatagramChannel channel = udp.opened(udp.bootstrap(received).connect(peer.address()));
        assertThat(Udp.failure(channel.connect(peer.address()))).isInstanceOf(AlreadyConnectedException.class);
        assertThat(channel.isOpen()).isFalse();
    }

    @Test
    protected void connectWithALocalAddressBindsItFirst() {
        Peer peer = udp.peer();
        CompletionDatagramChannel channel = udp.opened(
                udp.bootstrap(received).connect(peer.address(), Udp.at("127.0.0.9", 0)));
        assertThat(channel.localAddress().getHostString()).isEqualTo("127.0.0.9");
        Udp.await(channel.writeAndFlush(bytes(1)));
        assertThat(peer.receive().sender()).isEqualTo(channel.localAddress());
    }

    @Test
    protected void afterDisconnectAMessageWithoutRecipientFailsAndOneWithArrives() {
        Peer peer = udp.peer();
        CompletionDatagramChannel channel = udp.bind(received);
        Udp.await(channel.connect(peer.address()));
        Udp.await(channel.disconnect());
        Udp.await(channel.disconnect());
        assertThat(Udp.failure(channel.writeAndFlush(bytes(1)))).isInstanceOf(NotYetConnectedException.class);
        Udp.await(channel.writeAndFlush(new DatagramPacket(bytes(2), peer.address())));
        assertThat(peer.receive().content()).hasSize(2);
    }

    @Test
    protected void theEnvelopesRecipientWinsOverTheConnectedPeer() {
        Peer connected = udp.peer();
        Peer other = udp.peer();
        CompletionDatagramChannel channel = udp.opened(udp.bootstrap(received).connect(connected.address()));
        List<ChannelFuture> writes = new ArrayList<>();
        List<ChannelFuture> past = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            past.add(channel.write(new DatagramPacket(bytes(10), other.address())));
            writes.add(channel.write(bytes(10)));
            writes.add(channel.write(new DatagramPacket(bytes(10), connected.address())));
        }
        channel.flush();
        writes.forEach(Udp::await);
        for (ChannelFuture write : past) {
            expectPastConnection(write, other);
            assertThat(connected.receive().content()).hasSize(10);
            assertThat(connected.receive().content()).hasSize(10);
        }
        assertThat(other.isIdle() && connected.isIdle()).isTrue();
    }

    /** What a message of 10 bytes to another than the connected peer comes to: on Linux it goes there. */
    protected void expectPastConnection(ChannelFuture write, Peer recipient) {
        Udp.await(write);
        assertThat(recipient.receive().content()).hasSize(10);
    }

    @Test
    protected void withAutoReadAClosedPortReachesThePipelineAndTheChannelLivesOn() {
        CompletionDatagramChannel channel = udp.opened(udp.bootstrap(received).connect(closedPort()));
        Udp.await(channel.writeAndFlush(bytes(1)));
        assertThat(received.takeError()).isInstanceOf(PortUnreachableException.class);
        Udp.await(channel.writeAndFlush(bytes(1)));
        assertThat(received.takeError()).isInstanceOf(PortUnreachableException.class);
        assertThat(channel.isActive()).isTrue();
        Udp.await(channel.disconnect());
        Peer peer = udp.peer();
        Udp.await(channel.connect(peer.address()));
        Udp.await(channel.writeAndFlush(bytes(2)));
        peer.send(new byte[3], peer.receive().sender());
        assertThat(received.takeBytes()).hasSize(3);
    }

    @Test
    protected void withoutAutoReadAClosedPortFailsALaterWrite() {
        CompletionDatagramChannel channel = udp.opened(
                udp.bootstrap(received).option(ChannelOption.AUTO_READ, false).connect(closedPort()));
        Udp.await(channel.writeAndFlush(bytes(1)));
        assertThat(Udp.failure(channel.writeAndFlush(bytes(1)))).isInstanceOf(PortUnreachableException.class);
        Udp.await(channel.writeAndFlush(bytes(1)));
        assertThat(received.errors).isEmpty();
        assertThat(channel.isOpen()).isTrue();
    }

    @Test
    protected void aClosedPortBehindAnUnconnectedChannelIsNobodysBusiness() {
        CompletionDatagramChannel channel = udp.bind(received);
        InetSocketAddress nobody = closedPort();
        Peer peer = udp.peer();
        for (int i = 0; i < 20; i++) {
            Udp.await(channel.writeAndFlush(new DatagramPacket(bytes(1), nobody)));
        }
        peer.send(new byte[3], channel.localAddress());
        assertThat(received.takeBytes()).hasSize(3);
        assertThat(received.errors).isEmpty();
    }

    @Test
    protected void aPortErrorCostsNoMoreThanOneDatagramOfAFlush() {
        Peer peer = udp.peer();
        CompletionDatagramChannel channel = udp.opened(
                udp.bootstrap(received).option(ChannelOption.AUTO_READ, false).connect(peer.address()));
        Udp.await(channel.writeAndFlush(bytes(7)));
        Udp.await(channel.writeAndFlush(bytes(7)));
        peer.receive();
        peer.receive();
        InetSocketAddress address = peer.address();
        peer.close();
        Udp.await(channel.writeAndFlush(bytes(7)));
        Peer again = udp.peer(address);
        List<ChannelFuture> writes = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            writes.add(channel.write(Udp.direct(Udp.numbered(i, 7))));
        }
        channel.flush();
        int failed = 0;
        for (int i = 0; i < 10; i++) {
            assertThat(writes.get(i).awaitUninterruptibly(Udp.PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
            if (writes.get(i).isSuccess()) {
                assertThat(again.receive().content()).isEqualTo(Udp.numbered(i, 7));
            } else {
                failed++;
                assertThat(writes.get(i).cause()).isInstanceOf(PortUnreachableException.class);
            }
        }
        assertThat(failed).isLessThanOrEqualTo(1);
    }
}
