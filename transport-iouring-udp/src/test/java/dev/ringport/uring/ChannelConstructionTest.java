// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.uring;

import dev.ringport.uring.testing.Posix;
import dev.ringport.uring.testing.Udp;
import dev.ringport.uring.testing.Udp.Peer;
import dev.ringport.uring.testing.Udp.Recorder;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.socket.DatagramPacket;
import io.netty.channel.socket.SocketProtocolFamily;
import io.netty.channel.unix.SegmentedDatagramPacket;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/** The constructors, and the families of the sockets they make. */
class ChannelConstructionTest {
    @AutoClose
    private final Udp udp = new Udp();

    private final Recorder received = new Recorder();

    private UringDatagramChannel opened(UringDatagramChannel channel) {
        return udp.opened(new Bootstrap()
                .group(udp.group())
                .channelFactory(() -> channel)
                .handler(received)
                .register());
    }

    private void echo(UringDatagramChannel channel, InetSocketAddress peerAddress, InetSocketAddress reachable) {
        Peer peer = udp.peer(peerAddress);
        peer.send(Udp.numbered(1, 30), reachable);
        DatagramPacket packet = received.take();
        assertThat(packet.sender()).isEqualTo(peer.address());
        assertThat(packet.recipient()).isEqualTo(channel.localAddress());
        Udp.await(channel.writeAndFlush(new DatagramPacket(packet.content(), packet.sender())));
        assertThat(peer.receive().content()).isEqualTo(Udp.numbered(1, 30));
    }

    @Test
    void withoutArgumentsAChannelServesBothFamilies() {
        UringDatagramChannel channel = opened(new UringDatagramChannel());
        Udp.await(channel.bind(new InetSocketAddress(0)));
        int port = channel.localAddress().getPort();
        echo(channel, Udp.INET, Udp.at("127.0.0.1", port));
        echo(channel, Udp.INET6, Udp.at("::1", port));
        assertThat(Posix.getInt(Posix.descriptor(channel.localAddress()), Posix.SOL_SOCKET, 39))
                .isEqualTo(Posix.AF_INET6);
    }

    @Test
    void anInet6ChannelBindsTheInetWildcardAsItsOwn() {
        UringDatagramChannel channel = opened(new UringDatagramChannel(SocketProtocolFamily.INET6));
        Udp.await(channel.bind(Udp.at("0.0.0.0", 0)));
        echo(channel, Udp.INET, Udp.at("127.0.0.1", channel.localAddress().getPort()));
    }

    @Test
    void anInet6ChannelBoundToAnInetAddressShowsItAsInet() {
        UringDatagramChannel channel = opened(new UringDatagramChannel(SocketProtocolFamily.INET6));
        Udp.await(channel.bind(Udp.at("127.0.0.1", 0)));
        assertThat(channel.localAddress().getAddress()).isEqualTo(Udp.INET.getAddress());
        echo(channel, Udp.INET, channel.localAddress());
    }

    @ParameterizedTest
    @CsvSource({"INET, 2", "INET6, 10"})
    void theFamilyDecidesTheSocket(SocketProtocolFamily family, int domain) {
        UringDatagramChannel channel = opened(new UringDatagramChannel(family));
        InetSocketAddress loopback = family == SocketProtocolFamily.INET ? Udp.INET : Udp.INET6;
        Udp.await(channel.bind(loopback));
        assertThat(Posix.getInt(Posix.descriptor(channel.localAddress()), Posix.SOL_SOCKET, 39)).isEqualTo(domain);
        echo(channel, loopback, channel.localAddress());
    }

    @Test
    @SuppressWarnings("deprecation") // Vert.x still calls it
    void theOldFamilyTypeIsTakenToo() {
        UringDatagramChannel channel = opened(
                new UringDatagramChannel(io.netty.channel.socket.InternetProtocolFamily.IPv4));
        Udp.await(channel.bind(Udp.INET));
        echo(channel, Udp.INET, channel.localAddress());
    }

    @Test
    void noFamilyButThoseOfUdpIsTakenAndNoDescriptorIsLost() {
        long before = descriptors();
        assertThatThrownBy(() -> new UringDatagramChannel(SocketProtocolFamily.UNIX))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("UNIX");
        assertThat(descriptors()).isEqualTo(before);
    }

    private static long descriptors() {
        try (Stream<Path> descriptors = Files.list(Path.of("/proc/self/fd"))) {
            return descriptors.count();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void aBoundDescriptorIsTakenOverWithItsAddressAndClosedWithTheChannel() {
        int fd = Posix.socket(Posix.AF_INET, Posix.SOCK_DGRAM, 0);
        Posix.bind(fd, Udp.INET);
        UringDatagramChannel channel = opened(new UringDatagramChannel(fd));
        assertThat(channel.isActive()).isTrue();
        assertThat(channel.localAddress().getHostString()).isEqualTo("127.0.0.1");
        assertThat(Posix.descriptor(channel.localAddress())).isEqualTo(fd);
        echo(channel, Udp.INET, channel.localAddress());
        Udp.await(channel.close());
        assertThat(Files.exists(Path.of("/proc/self/fd/" + fd))).isFalse();
    }

    @Test
    void aDescriptorThatReceivesTrainsIsTakenOverWithThat() {
        int fd = Posix.socket(Posix.AF_INET, Posix.SOCK_DGRAM, 0);
        Posix.bind(fd, Udp.INET);
        assertThat(Posix.setInt(fd, Posix.IPPROTO_UDP, Posix.UDP_GRO, 1)).isTrue();
        UringDatagramChannel channel = opened(new UringDatagramChannel(fd));
        assertThat(channel.config().isUdpGro()).isTrue();
        UringDatagramChannel sender = udp.bind(new Recorder());
        Udp.await(sender.writeAndFlush(
                new SegmentedDatagramPacket(Udp.direct(new byte[30_000]), 1_000, channel.localAddress())));
        for (int i = 0; i < 30; i++) {
            assertThat(received.takeBytes()).hasSize(1_000);
        }
    }

    @ParameterizedTest
    @CsvSource({"2, 1, 0", "1, 2, 0", "2, 3, 1", "2, 2, 1"})
    void aDescriptorOfNoUdpSocketIsRefusedAndStaysOpen(int domain, int type, int protocol) throws IOException {
        int fd = type == Posix.SOCK_DGRAM && protocol == Posix.IPPROTO_ICMP
                ? pingSocket()
                : Posix.socket(domain, type, protocol);
        try {
            assertThatThrownBy(() -> new UringDatagramChannel(fd))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining(Integer.toString(fd));
            assertThat(Posix.getInt(fd, Posix.SOL_SOCKET, Posix.SO_TYPE)).isEqualTo(type);
        } finally {
            Posix.close(fd);
        }
    }

    private static int pingSocket() throws IOException {
        Path range = Path.of("/proc/sys/net/ipv4/ping_group_range");
        assumeTrue(Files.isWritable(range));
        Files.writeString(range, "0 0");
        return Posix.socket(Posix.AF_INET, Posix.SOCK_DGRAM, Posix.IPPROTO_ICMP);
    }

    @Test
    void aNumberThatIsNoSocketIsRefused() {
        assertThatThrownBy(() -> new UringDatagramChannel(-1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new UringDatagramChannel(1_000_000)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void theOriginalDestinationIsTheRecipientIfAskedFor() {
        for (SocketProtocolFamily family : new SocketProtocolFamily[]{SocketProtocolFamily.INET,
            SocketProtocolFamily.INET6}) {
            UringDatagramChannel channel = udp.bind(
                    udp.bootstrap(family, received).option(UringChannelOption.IP_RECVORIGDSTADDR, true),
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
            channel.config().setOption(UringChannelOption.IP_RECVORIGDSTADDR, false);
            peer.send(new byte[1], Udp.at("127.0.0.3", port));
            DatagramPacket packet = received.take();
            assertThat(packet.recipient()).isEqualTo(channel.localAddress());
            packet.release();
        }
    }
}
