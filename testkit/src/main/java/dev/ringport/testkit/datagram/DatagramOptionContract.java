// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.testkit.datagram;

import dev.ringport.datagram.CompletionDatagramChannel;
import dev.ringport.testkit.NetworkNamespace;
import dev.ringport.testkit.Udp;
import dev.ringport.testkit.Udp.Peer;
import dev.ringport.testkit.Udp.Recorder;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.ChannelException;
import io.netty.channel.ChannelOption;
import io.netty.channel.DefaultMessageSizeEstimator;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.socket.DatagramPacket;
import io.netty.channel.socket.SocketProtocolFamily;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.nio.channels.ClosedChannelException;
import java.util.EnumSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

/** Each option reaches the kernel and reads back; a wrong value changes nothing. */
public abstract class DatagramOptionContract extends UdpContract {
    protected DatagramOptionContract(DatagramTransport<?, ?> transport) {
        super(transport);
    }

    /** A channel bound to the wildcard of its family. */
    protected final CompletionDatagramChannel bound(SocketProtocolFamily family) {
        return udp.bind(
                family, family == SocketProtocolFamily.INET
                        ? Udp.at("0.0.0.0", 0)
                        : Udp.at("::", 0),
                new Recorder());
    }

    @ParameterizedTest
    @EnumSource(value = SocketProtocolFamily.class, names = {"INET", "INET6"})
    protected void theMulticastInterfaceReachesTheKernelAndReadsBack(SocketProtocolFamily family) throws Exception {
        CompletionDatagramChannel channel = bound(family);
        NetworkInterface v0 = NetworkNamespace.multicastInterface();
        assertThat(channel.config().getNetworkInterface()).isNull();
        assertThat(channel.config().getInterface()).isNull();
        assertThat(channel.config().setOption(ChannelOption.IP_MULTICAST_ADDR, NetworkNamespace.ADDRESS)).isTrue();
        assertThat(channel.config().getNetworkInterface()).isEqualTo(v0);
        NetworkInterface lo = NetworkInterface.getByInetAddress(Udp.INET.getAddress());
        assertThat(channel.config().setOption(ChannelOption.IP_MULTICAST_IF, lo)).isTrue();
        assertThat(channel.config().getOption(ChannelOption.IP_MULTICAST_IF)).isEqualTo(lo);
        assertThat(channel.config().setOption(ChannelOption.IP_MULTICAST_IF, v0)).isTrue();
        assertThat(channel.config().getOption(ChannelOption.IP_MULTICAST_IF)).isEqualTo(v0);
        assertThat(v0.inetAddresses()).contains(channel.config().getOption(ChannelOption.IP_MULTICAST_ADDR));
        assertMulticastInterface(channel, family, v0);
        assertThatThrownBy(() -> channel.config().setInterface(InetAddress.ofLiteral("192.0.2.9")))
                .isInstanceOf(ChannelException.class)
                .hasMessageContaining("192.0.2.9");
        assertThat(channel.config().getNetworkInterface()).isEqualTo(v0);
    }

    @Test
    protected void optionsOfTheChannelItselfReadBack() {
        CompletionDatagramChannel channel = bound(SocketProtocolFamily.INET);
        FixedRecvByteBufAllocator receive = new FixedRecvByteBufAllocator(77);
        WriteBufferWaterMark waterMark = new WriteBufferWaterMark(10, 20);
        roundTrip(channel, ChannelOption.RECVBUF_ALLOCATOR, receive);
        roundTrip(channel, ChannelOption.ALLOCATOR, UnpooledByteBufAllocator.DEFAULT);
        roundTrip(channel, ChannelOption.WRITE_BUFFER_WATER_MARK, waterMark);
        roundTrip(channel, ChannelOption.MESSAGE_SIZE_ESTIMATOR, new DefaultMessageSizeEstimator(5));
        roundTrip(channel, ChannelOption.AUTO_READ, false);
        roundTrip(channel, ChannelOption.AUTO_CLOSE, false);
        roundTrip(channel, ChannelOption.CONNECT_TIMEOUT_MILLIS, 17);
        roundTrip(channel, ChannelOption.WRITE_SPIN_COUNT, 3);
        roundTrip(channel, ChannelOption.MAX_MESSAGES_PER_WRITE, 4);
        roundTrip(channel, MAX_DATAGRAM_PAYLOAD_SIZE, 9_000);
        roundTrip(channel, transport.autoSegmentation(), false);
    }

    private static <T> void roundTrip(CompletionDatagramChannel channel, ChannelOption<T> option, T value) {
        assertThat(channel.config().getOption(option)).isNotEqualTo(value);
        assertThat(channel.config().setOption(option, value)).isTrue();
        assertThat(channel.config().getOption(option)).isEqualTo(value);
        assertThat(channel.config().getOptions()).containsEntry(option, value);
    }

    /** Checks what the socket behind a channel has for its interface for multicasts. */
    protected void assertMulticastInterface(
            CompletionDatagramChannel channel, SocketProtocolFamily family, NetworkInterface expected) {}

    static Stream<Arguments> socketOptions() {
        return Stream.of(
                arguments(ChannelOption.SO_BROADCAST, true),
                arguments(ChannelOption.SO_BROADCAST, false),
                arguments(ChannelOption.SO_REUSEADDR, true),
                arguments(ChannelOption.SO_RCVBUF, 100_000),
                arguments(ChannelOption.SO_SNDBUF, 90_000),
                arguments(ChannelOption.IP_MULTICAST_TTL, 0),
                arguments(ChannelOption.IP_MULTICAST_TTL, 255),
                arguments(ChannelOption.IP_MULTICAST_LOOP_DISABLED, true),
                arguments(ChannelOption.IP_MULTICAST_LOOP_DISABLED, false));
    }

    @ParameterizedTest
    @MethodSource("socketOptions")
    protected void anOptionOfTheSocketReadsBackUntilTheChannelIsClosed(ChannelOption<Object> option, Object value) {
        for (SocketProtocolFamily family : EnumSet.of(SocketProtocolFamily.INET, SocketProtocolFamily.INET6)) {
            CompletionDatagramChannel channel = bound(family);
            assertThat(channel.config().setOption(option, value)).isTrue();
            assertThat(channel.config().getOption(option)).isEqualTo(value);
            assertThat(channel.config().getOptions()).containsEntry(option, value);
            Udp.await(channel.close());
            assertThatThrownBy(() -> channel.config().setOption(option, value))
                    .isInstanceOf(ChannelException.class)
                    .hasCauseInstanceOf(ClosedChannelException.class);
            assertThatThrownBy(() -> channel.config().getOption(option)).isInstanceOf(ChannelException.class);
        }
    }

    static Stream<Arguments> wrongValues() {
        return Stream.of(
                arguments(ChannelOption.SO_RCVBUF, 0),
                arguments(ChannelOption.SO_RCVBUF, -1),
                arguments(ChannelOption.SO_SNDBUF, 0),
                arguments(ChannelOption.IP_TOS, -1),
                arguments(ChannelOption.IP_TOS, 256),
                arguments(ChannelOption.IP_MULTICAST_TTL, -1),
                arguments(ChannelOption.IP_MULTICAST_TTL, 256),
                arguments(MAX_DATAGRAM_PAYLOAD_SIZE, -1),
                arguments(MAX_DATAGRAM_PAYLOAD_SIZE, 65_536),
                arguments(ChannelOption.WRITE_SPIN_COUNT, 0),
                arguments(ChannelOption.MAX_MESSAGES_PER_WRITE, 0));
    }

    @ParameterizedTest
    @MethodSource("wrongValues")
    protected void aWrongValueIsRefusedAndChangesNothing(ChannelOption<Object> option, Object wrong) {
        CompletionDatagramChannel channel = bound(SocketProtocolFamily.INET6);
        Object before = channel.config().getOption(option);
        assertThatThrownBy(() -> channel.config().setOption(option, wrong))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(wrong.toString());
        assertThat(channel.config().getOption(option)).isEqualTo(before);
        assertThatThrownBy(() -> channel.config().setOption(option, null))
                .isInstanceOf(NullPointerException.class);
        assertThat(channel.config().getOption(option)).isEqualTo(before);
    }

    @Test
    protected void activeOnRegistrationMakesAnUnboundChannelActiveAndIsSetBeforehand() {
        Recorder received = new Recorder();
        Bootstrap bootstrap = udp.bootstrap(received)
                .option(ChannelOption.valueOf("DATAGRAM_CHANNEL_ACTIVE_ON_REGISTRATION"), true);
        CompletionDatagramChannel channel = udp.opened(bootstrap.register());
        assertThat(channel.isActive()).isTrue();
        assertThat(channel.localAddress()).isNull();
        Peer peer = udp.peer();
        Udp.await(channel.writeAndFlush(
                new DatagramPacket(Udp.direct(new byte[3]), peer.address())));
        InetSocketAddress sender = peer.receive().sender();
        assertThat(channel.localAddress().getPort()).isEqualTo(sender.getPort());
        peer.send(new byte[4], sender);
        assertThat(received.takeBytes()).hasSize(4);
        assertThatThrownBy(() -> channel.config().setActiveOnRegistration(false))
                .isInstanceOf(IllegalStateException.class);
        assertThat(channel.config().isActiveOnRegistration()).isTrue();
    }
}
