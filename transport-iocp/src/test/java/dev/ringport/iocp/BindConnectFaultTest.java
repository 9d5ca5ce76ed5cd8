// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.iocp;

import dev.ringport.iocp.abi.WindowsErrors;
import dev.ringport.testkit.Udp;
import io.netty.channel.ChannelFuture;
import java.net.BindException;
import java.net.Socket;
import java.net.SocketException;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/** Binds and connects, of each kind of channel, that fail for a reason on this side: Wine knows none. */
@EnabledOnOs(OS.WINDOWS)
@Timeout(60)
class BindConnectFaultTest {
    private static final int STATUS_ACCESS_DENIED = 0xC0000022;

    private static void failsWith(StreamFaults faults, String call, int code) throws Exception {
        ChannelFuture connecting = faults.bootstrap().connect(faults.address());
        Tcp.awaitDone(connecting);
        // With the peer, as Netty has it.
        assertThat(connecting.cause()).isInstanceOf(SocketException.class)
                .hasMessageContaining(call)
                .hasMessageContaining("(" + code + ")")
                .hasMessageContaining(faults.address().toString());
        Tcp.awaitDone(connecting.channel().closeFuture());
        assertThat(faults.heard).isEmpty();
        faults.awaitNoOperations();
    }

    /** 995, though nobody here has cancelled it, is no close; 10013 is what a firewall answers. */
    @ParameterizedTest
    @ValueSource(ints = {WindowsErrors.WSA_OPERATION_ABORTED, WindowsErrors.WSAEACCES})
    void aConnectThatFailsAtOnceSaysWhyAndClosesTheChannel(int code) throws Exception {
        try (StreamFaults faults = new StreamFaults()) {
            faults.calls.on("connectEx", (real, arguments) -> -code);
            failsWith(faults, "ConnectEx", code);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {StreamFaults.STATUS_CANCELLED, STATUS_ACCESS_DENIED})
    void aConnectThatFailsLaterSaysWhyAndClosesTheChannel(int status) throws Exception {
        try (StreamFaults faults = new StreamFaults()) {
            Set<Long> connects = ConcurrentHashMap.newKeySet();
            faults.calls.on("connectEx", (real, arguments) -> {
                connects.add((Long) arguments[7]);
                return real.call();
            });
            faults.onPackets(StreamFaults.answering(connects, status));
            failsWith(faults, "ConnectEx", WindowsErrors.fromStatus(status));
            try (Socket peer = faults.accept()) {
                assertThat(peer.isConnected()).isTrue();
            }
        }
    }

    /** The bind that a connect needs. */
    @Test
    void aConnectThatGetsNoPortSaysWhyAndClosesTheChannel() throws Exception {
        try (StreamFaults faults = new StreamFaults()) {
            faults.calls.on("bind", (real, arguments) -> -WindowsErrors.WSAEACCES);
            failsWith(faults, "bind", WindowsErrors.WSAEACCES);
        }
    }

    /** Windows answers 10013 for a port that it reserves, and for one that another socket has for itself. */
    @Test
    void aServerWhosePortIsReservedIsToldSoAndListensOnAnother() throws Exception {
        ReplacedCalls calls = new ReplacedCalls();
        IocpServerSocketChannel server = new IocpServerSocketChannel(calls.calls(), null);
        try (Loops loops = new Loops(1)) {
            loops.next().register(server).sync();
            calls.on("bind", (real, arguments) -> -WindowsErrors.WSAEACCES);
            ChannelFuture refused = server.bind(Udp.at("127.0.0.1", 8_080));
            Tcp.awaitDone(refused);
            assertThat(refused.cause()).isInstanceOf(BindException.class).hasMessageContaining("(10013)");
            assertThat(server.isOpen()).isTrue();
            assertThat(server.isActive()).isFalse();
            calls.on("bind", (real, arguments) -> real.call());
            Tcp.await(server.bind(Udp.at("127.0.0.1", 0)));
            try (Socket peer = Tcp.plainClient(server.localAddress())) {
                assertThat(peer.isConnected()).isTrue();
            }
            Tcp.await(server.close());
        }
    }

    /** As for a broadcast that SO_BROADCAST does not allow. With NIO too the channel closes. */
    @Test
    void aDatagramChannelThatIsDeniedItsPeerIsToldSoAndCloses() {
        try (DatagramFaults faults = new DatagramFaults()) {
            IocpDatagramChannel channel = faults.bind();
            faults.calls.on("connect", (real, arguments) -> -WindowsErrors.WSAEACCES);
            assertThat(Udp.failure(channel.connect(faults.peer.address()))).isInstanceOf(SocketException.class)
                    .hasMessageContaining("connect").hasMessageContaining("(10013)");
            Udp.await(channel.closeFuture());
        }
    }
}
