// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.iocp;

import dev.ringport.ffm.NativeMemory;
import dev.ringport.iocp.abi.WindowsErrors;
import dev.ringport.iocp.abi.WinsockConstants;
import dev.ringport.testkit.Udp;
import dev.ringport.testkit.datagram.DatagramOptionContract;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.SocketProtocolFamily;
import java.lang.foreign.ValueLayout;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

@EnabledOnOs(OS.WINDOWS)
class DatagramOptionTest extends DatagramOptionContract {
    DatagramOptionTest() {
        super(IocpTransport.INSTANCE);
    }

    /** A Windows that marks; what becomes of its flows is told. */
    private static ReplacedCalls marking(List<String> made) {
        return new ReplacedCalls()
                .on("qosCreateHandle", (real, arguments) -> {
                    NativeMemory.at((long) arguments[2], 8).set(ValueLayout.JAVA_LONG, 0, 77L);
                    return 0;
                })
                .on("qosAddSocketToFlow", (real, arguments) -> {
                    made.add("flow of " + arguments[1]);
                    return 0;
                })
                .on("qosSetFlow", (real, arguments) -> {
                    int dscp = NativeMemory.at((long) arguments[5], 4).get(ValueLayout.JAVA_INT, 0);
                    made.add("operation " + arguments[3] + ": " + dscp);
                    return 0;
                })
                .on("qosCloseHandle", (real, arguments) -> {
                    made.add("end of " + arguments[1]);
                    return 0;
                })
                .on("closesocket", (real, arguments) -> {
                    made.add("socket closed");
                    return real.call();
                });
    }

    private IocpDatagramChannel connectMarked(ReplacedCalls calls) {
        return (IocpDatagramChannel) new Bootstrap()
                .group(udp.group())
                .channelFactory(() -> new IocpDatagramChannel(calls.calls(), SocketProtocolFamily.INET))
                .option(ChannelOption.IP_TOS, 0xb8)
                .handler(received)
                .connect(udp.peer().address())
                .syncUninterruptibly()
                .channel();
    }

    @Test
    void theTrafficClassOfAConnectedChannelIsMarkedByAFlowThatEndsBeforeItsSocket() {
        List<String> made = Collections.synchronizedList(new ArrayList<>());
        ReplacedCalls calls = marking(made);
        IocpDatagramChannel channel = connectMarked(calls);
        assertThat(made).containsExactly("flow of 77", "operation 2: 46");
        channel.config().setTrafficClass(0x28);
        assertThat(channel.config().getTrafficClass()).isEqualTo(0x28);
        Udp.await(channel.disconnect());
        Udp.await(channel.connect(udp.peer().address()));
        Udp.await(channel.close());
        assertThat(made).containsExactly(
                "flow of 77", "operation 2: 46", "end of 77", "flow of 77", "operation 2: 10", "end of 77",
                "flow of 77", "operation 2: 10", "end of 77", "socket closed");
    }

    @Test
    void aChannelThatCannotBeDisconnectedIsStillMarked() {
        List<String> made = Collections.synchronizedList(new ArrayList<>());
        ReplacedCalls calls = marking(made);
        IocpDatagramChannel channel = connectMarked(calls);
        calls.on("connect", (real, arguments) -> -WindowsErrors.WSAENOBUFS);
        assertThat(Udp.failure(channel.disconnect())).hasMessageContaining("WSAENOBUFS");
        assertThat(channel.isConnected()).isTrue();
        assertThat(made).containsExactly(
                "flow of 77", "operation 2: 46", "end of 77", "flow of 77", "operation 2: 46");
        Udp.await(channel.close());
    }

    /** The value that is read back is remembered, so what the system was told is looked at. */
    @Test
    void withoutTheRightToMarkTheTrafficClassIsTheSocketsAndReadsBack() {
        List<Integer> told = Collections.synchronizedList(new ArrayList<>());
        ReplacedCalls calls = new ReplacedCalls()
                .on("qosCreateHandle", (real, arguments) -> -WindowsErrors.ERROR_ACCESS_DENIED)
                .on("setsockopt", (real, arguments) -> {
                    if (arguments[2].equals(WinsockConstants.IPPROTO_IP)
                            && arguments[3].equals(WinsockConstants.IP_TOS)) {
                        told.add(NativeMemory.at((long) arguments[4], 4).get(ValueLayout.JAVA_INT, 0));
                    }
                    return real.call();
                });
        IocpDatagramChannel channel = (IocpDatagramChannel) new Bootstrap()
                .group(udp.group())
                .channelFactory(() -> new IocpDatagramChannel(calls.calls(), SocketProtocolFamily.INET))
                .handler(received)
                .connect(udp.peer().address())
                .syncUninterruptibly()
                .channel();
        channel.config().setTrafficClass(0x68);
        assertThat(told).containsExactly(0x68);
        assertThat(channel.config().getTrafficClass()).isEqualTo(0x68);
        Udp.await(channel.writeAndFlush(Udp.direct(Udp.numbered(1, 10))));
        Udp.await(channel.close());
    }

    @Test
    void reuseOfTheAddressAloneOpensItToNobody() {
        IocpDatagramChannel first = (IocpDatagramChannel) udp.bind(
                udp.bootstrap(received).option(ChannelOption.SO_REUSEADDR, true), Udp.INET);
        assertThat(first.config().isExclusiveAddressUse()).isTrue();
        assertThat(first.config().isReuseAddress()).isTrue();
        var second = udp.bootstrap(received).option(ChannelOption.SO_REUSEADDR, true).bind(first.localAddress());
        assertThat(Udp.failure(second)).isInstanceOf(BindException.class)
                .hasMessageContaining("SO_EXCLUSIVEADDRUSE");
        var sharing = udp.bootstrap(received)
                .option(IocpChannelOption.SO_EXCLUSIVEADDRUSE, false)
                .option(ChannelOption.SO_REUSEADDR, true)
                .bind(first.localAddress());
        assertThat(Udp.failure(sharing)).isInstanceOf(BindException.class);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void listenersThatGiveExclusiveUseUpShareAPort(boolean reuseFirst) {
        InetSocketAddress address = Udp.at("0.0.0.0", 0);
        for (int i = 0; i < 3; i++) {
            IocpDatagramChannel channel = new IocpDatagramChannel(SocketProtocolFamily.INET);
            if (reuseFirst) {
                channel.config().setReuseAddress(true);
                channel.config().setExclusiveAddressUse(false);
            } else {
                channel.config().setExclusiveAddressUse(false);
                channel.config().setReuseAddress(true);
            }
            assertThat(channel.config().isExclusiveAddressUse()).isFalse();
            assertThat(channel.config().isReuseAddress()).isTrue();
            udp.opened(new Bootstrap().group(udp.group()).channelFactory(() -> channel).handler(received)
                    .bind(address));
            address = channel.localAddress();
        }
    }

    /** What is set on the socket, in order: E for exclusive use, R for reuse. */
    @Test
    void theSocketIsToldOfReuseOnlyAfterExclusiveUseWasGivenUp() {
        StringBuilder told = new StringBuilder();
        ReplacedCalls calls = new ReplacedCalls().on("setsockopt", (real, arguments) -> {
            int value = NativeMemory.at((long) arguments[4], 4).get(ValueLayout.JAVA_INT, 0);
            switch ((int) arguments[3]) {
                case ~4 -> told.append('E').append(value);
                case 4 -> told.append('R').append(value);
                default -> {
                }
            }
            return real.call();
        });
        IocpDatagramChannel channel = new IocpDatagramChannel(calls.calls(), SocketProtocolFamily.INET);
        channel.config().setReuseAddress(true);
        assertThat(told).hasToString("E1");
        channel.config().setExclusiveAddressUse(false);
        assertThat(told).hasToString("E1E0R1");
        channel.config().setReuseAddress(false);
        channel.config().setReuseAddress(true);
        channel.config().setExclusiveAddressUse(true);
        assertThat(told).hasToString("E1E0R1R0R1R0E1");
        channel.unsafe().closeForcibly();
    }

    /** Windows refuses options of IPv6 on a socket that is bound to an IPv4 address. */
    @Test
    void aDualStackSocketThatIsBoundToAnInetAddressHasTheOptionsOfInet() throws Exception {
        AtomicBoolean bound = new AtomicBoolean();
        ReplacedCalls.Answer refusing = (real, arguments) -> bound.get() && (int) arguments[2] == 41
                ? (Object) (-WindowsErrors.WSAEINVAL)
                : real.call();
        ReplacedCalls calls = new ReplacedCalls().on("setsockopt", refusing).on("getsockopt", refusing)
                .on("bind", (real, arguments) -> {
                    bound.set(true);
                    return real.call();
                });
        IocpDatagramChannel channel = (IocpDatagramChannel) udp.opened(new Bootstrap()
                .group(udp.group())
                .channelFactory(() -> new IocpDatagramChannel(calls.calls(), SocketProtocolFamily.INET6))
                .option(ChannelOption.IP_MULTICAST_TTL, 5)
                .handler(received)
                .bind(Udp.INET));
        assertThat(channel.config().getTimeToLive()).isEqualTo(5);
        channel.config().setTimeToLive(7);
        channel.config().setLoopbackModeDisabled(true);
        assertThat(channel.config().getTimeToLive()).isEqualTo(7);
        assertThat(channel.config().isLoopbackModeDisabled()).isTrue();
        channel.config().setNetworkInterface(NetworkInterface.getByInetAddress(Udp.INET.getAddress()));
        channel.config().setTrafficClass(0x28);
        channel.config().setIpRecvOrigDestAddr(true);
        Udp.Peer peer = udp.peer();
        peer.send(Udp.numbered(1, 20), channel.localAddress());
        assertThat(received.takeBytes()).isEqualTo(Udp.numbered(1, 20));
        assertThat(channel.config().getOptions()).containsEntry(ChannelOption.IP_MULTICAST_TTL, 7);
    }
}
