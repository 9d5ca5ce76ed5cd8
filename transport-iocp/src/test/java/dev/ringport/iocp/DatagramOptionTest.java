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
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

import static org.assertj.core.api.Assertions.assertThat;

@EnabledOnOs(OS.WINDOWS)
class DatagramOptionTest extends DatagramOptionContract {
    DatagramOptionTest() {
        super(IocpTransport.INSTANCE);
    }

    @Test
    void theTrafficClassOfAConnectedChannelIsMarkedByAFlowThatEndsBeforeItsSocket() {
        List<String> made = Collections.synchronizedList(new ArrayList<>());
        ReplacedCalls calls = new ReplacedCalls()
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
        IocpDatagramChannel channel = (IocpDatagramChannel) new Bootstrap()
                .group(udp.group())
                .channelFactory(() -> new IocpDatagramChannel(calls.calls(), SocketProtocolFamily.INET))
                .option(ChannelOption.IP_TOS, 0xb8)
                .handler(received)
                .connect(udp.peer().address())
                .syncUninterruptibly()
                .channel();
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
    void exclusiveUseKeepsOthersFromTheAddress() {
        var channel = udp.bootstrap(received).option(IocpChannelOption.SO_EXCLUSIVEADDRUSE, true);
        IocpDatagramChannel first = (IocpDatagramChannel) udp.bind(channel, Udp.INET);
        assertThat(first.config().isExclusiveAddressUse()).isTrue();
        var second = udp.bootstrap(received).option(ChannelOption.SO_REUSEADDR, true).bind(first.localAddress());
        assertThat(Udp.failure(second)).isInstanceOf(java.net.SocketException.class);
    }
}
