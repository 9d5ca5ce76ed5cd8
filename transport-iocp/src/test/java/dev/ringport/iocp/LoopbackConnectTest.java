// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.iocp;

import dev.ringport.ffm.NativeMemory;
import dev.ringport.iocp.abi.WindowsErrors;
import dev.ringport.iocp.abi.WindowsVersion;
import dev.ringport.iocp.abi.WinsockConstants;
import dev.ringport.iocp.tcp.LoopbackConnect;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import java.lang.foreign.ValueLayout;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/** What Windows is told before a connect: Wine refuses at once in any case. */
@EnabledOnOs(OS.WINDOWS)
@Timeout(60)
class LoopbackConnectTest {
    private static final String ASKED_ONCE = "ff ff fe";
    private static final int PATIENCE_MILLIS = 30_000;

    private final List<String> told = new CopyOnWriteArrayList<>();
    private final ReplacedCalls calls = new ReplacedCalls();

    LoopbackConnectTest() {
        answer(0);
    }

    private void answer(int answer) {
        calls.on("wsaIoctl", (real, arguments) -> {
            if (!arguments[2].equals(WinsockConstants.SIO_TCP_INITIAL_RTO)) {
                return real.call();
            }
            byte[] parameters = NativeMemory.at((Long) arguments[3], (Integer) arguments[4])
                    .toArray(ValueLayout.JAVA_BYTE);
            assertThat(parameters).hasSize(4);
            told.add("%02x %02x %02x".formatted(parameters[0], parameters[1], parameters[2]));
            return answer;
        }).on("connectEx", (real, arguments) -> {
            told.add("connect");
            return real.call();
        });
    }

    private ChannelFuture connect(Loops loops, InetSocketAddress to, int timeoutMillis) throws Exception {
        ChannelFuture connecting = new Bootstrap()
                .group(loops.group())
                .channelFactory(() -> new IocpSocketChannel(calls.calls(), null))
                .handler(new ChannelInboundHandlerAdapter())
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, timeoutMillis)
                .connect(to);
        assertThat(connecting.await(2 * PATIENCE_MILLIS, TimeUnit.MILLISECONDS)).isTrue();
        return connecting;
    }

    private Loops loops() {
        return new Loops(1, new IocpIoHandlerConfig().calls(calls.calls()));
    }

    private static int closedPort() throws Exception {
        try (ServerSocket gone = Tcp.plainServer()) {
            return gone.getLocalPort();
        }
    }

    /** The wildcard address is this machine too. */
    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "127.1.2.3", "::1", "::ffff:127.0.0.1", "0.0.0.0"})
    void aPortOfThisMachineIsAskedOnce(String address) throws Exception {
        try (Loops loops = loops()) {
            ChannelFuture connecting = connect(loops, new InetSocketAddress(address, closedPort()), PATIENCE_MILLIS);
            assertThat(connecting.cause()).isInstanceOf(ConnectException.class);
            assertThat(told).containsExactly(ASKED_ONCE, "connect");
        }
    }

    @Test
    void otherMachinesAreAskedAsOftenAsTheSystemDoes() throws Exception {
        try (Loops loops = loops()) {
            ChannelFuture connecting = connect(loops, new InetSocketAddress("192.0.2.1", 9), 1_000);
            assertThat(connecting.isSuccess()).isFalse();
            assertThat(told).containsExactly("connect");
        }
    }

    @Test
    void whereWindowsDoesNotKnowItTheConnectGoesOn() throws Exception {
        answer(-WindowsErrors.WSAEOPNOTSUPP);
        try (Loops loops = loops(); ServerSocket plain = Tcp.plainServer()) {
            Channel client = Tcp.await(connect(
                    loops, Tcp.address(plain), PATIENCE_MILLIS));
            assertThat(told).containsExactly(ASKED_ONCE, "connect");
            client.close().sync();
        }
    }

    /** To a Windows before 1709 the value for none is a number: 254 times. */
    @Test
    void whatIsOlderIsToldTheFewestThatItTakes() {
        assertThat(LoopbackConnect.retransmissions(new WindowsVersion(10, 0, 14_393, false))).isOne();
        assertThat(LoopbackConnect.retransmissions(new WindowsVersion(10, 0, 16_299, false))).isEqualTo(254);
        assertThat(LoopbackConnect.retransmissions(new WindowsVersion(11, 0, 1, false))).isEqualTo(254);
    }
}
