// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.iocp;

import dev.ringport.iocp.abi.WindowsErrors;
import dev.ringport.iocp.abi.WinsockConstants;
import dev.ringport.iocp.loop.OverlappedSocket;
import dev.ringport.iocp.tcp.AbstractStreamChannel;
import dev.ringport.iocp.tcp.Sockets;
import io.netty.channel.ChannelConfig;
import io.netty.channel.ChannelException;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.SocketProtocolFamily;
import io.netty.util.NetUtil;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

@EnabledOnOs(OS.WINDOWS)
@Timeout(60)
class TcpOptionTest {
    private static <T> void readsBack(ChannelConfig config, ChannelOption<T> option, T value) {
        assertThat(config.setOption(option, value)).as(option.name()).isTrue();
        assertThat(config.getOption(option)).as(option.name()).isEqualTo(value);
        assertThat(config.getOptions()).containsEntry(option, value);
    }

    private static void discard(AbstractStreamChannel channel) {
        channel.unsafe().closeForcibly();
    }

    @Test
    void optionsOfAConnectionReadBack() {
        IocpSocketChannel channel = new IocpSocketChannel();
        try {
            IocpSocketChannelConfig config = channel.config();
            assertThat(config.isTcpNoDelay()).isTrue();
            assertThat(config.getSoLinger()).isEqualTo(-1);
            assertThat(config.getCloseTimeoutMillis()).isEqualTo(10_000);
            assertThat(config.isAllowHalfClosure()).isFalse();
            readsBack(config, ChannelOption.TCP_NODELAY, false);
            readsBack(config, ChannelOption.SO_RCVBUF, 40_000);
            readsBack(config, ChannelOption.SO_SNDBUF, 50_000);
            readsBack(config, ChannelOption.SO_KEEPALIVE, true);
            readsBack(config, ChannelOption.SO_REUSEADDR, true);
            readsBack(config, ChannelOption.SO_LINGER, 7);
            readsBack(config, ChannelOption.SO_LINGER, -1);
            readsBack(config, ChannelOption.IP_TOS, 0x28);
            readsBack(config, ChannelOption.ALLOW_HALF_CLOSURE, true);
            readsBack(config, ChannelOption.CONNECT_TIMEOUT_MILLIS, 1234);
            readsBack(config, IocpChannelOption.CLOSE_TIMEOUT_MILLIS, 17);
            readsBack(config, IocpChannelOption.TCP_KEEPIDLE, 61);
            readsBack(config, IocpChannelOption.TCP_KEEPINTVL, 7);
        } finally {
            discard(channel);
        }
    }

    @Test
    void optionsOfAServerReadBack() {
        IocpServerSocketChannel channel = new IocpServerSocketChannel();
        try {
            IocpServerSocketChannelConfig config = channel.config();
            assertThat(config.getBacklog()).isEqualTo(NetUtil.SOMAXCONN);
            assertThat(config.getAcceptsPosted()).isEqualTo(16);
            assertThat(config.isExclusiveAddressUse()).isTrue();
            readsBack(config, ChannelOption.SO_BACKLOG, 77);
            readsBack(config, ChannelOption.SO_RCVBUF, 40_000);
            readsBack(config, ChannelOption.SO_REUSEADDR, true);
            readsBack(config, IocpChannelOption.SO_EXCLUSIVEADDRUSE, false);
            readsBack(config, IocpChannelOption.ACCEPTS_POSTED, 3);
        } finally {
            discard(channel);
        }
    }

    @Test
    void optionsReachTheSocket() throws Exception {
        IocpSocketChannel channel = new IocpSocketChannel();
        try {
            channel.config().setTcpNoDelay(false).setKeepAlive(true).setReceiveBufferSize(40_000).setSoLinger(3);
            OverlappedSocket socket = Sockets.of(channel);
            assertThat(socket.getInt(WinsockConstants.IPPROTO_TCP, WinsockConstants.TCP_NODELAY)).isZero();
            assertThat(socket.getInt(WinsockConstants.SOL_SOCKET, WinsockConstants.SO_KEEPALIVE)).isOne();
            assertThat(socket.getInt(WinsockConstants.SOL_SOCKET, WinsockConstants.SO_RCVBUF)).isEqualTo(40_000);
            assertThat(socket.getLinger()).isEqualTo(3);
        } finally {
            discard(channel);
        }
    }

    /** Windows refuses options of IPv6 on a socket with an address of IPv4. */
    @Test
    void theTrafficClassIsSetByTheFamilyOfTheAddress() throws Exception {
        List<String> set = new ArrayList<>();
        ReplacedCalls calls = new ReplacedCalls().on("setsockopt", (real, arguments) -> {
            boolean inet6 = arguments[2].equals(WinsockConstants.IPPROTO_IPV6)
                    && arguments[3].equals(WinsockConstants.IPV6_TCLASS);
            if (inet6 || arguments[2].equals(WinsockConstants.IPPROTO_IP)) {
                assertThat(arguments[3]).isIn(WinsockConstants.IPV6_TCLASS, WinsockConstants.IP_TOS);
                set.add((inet6 ? "IPv6 " : "IPv4 ") + ints((Long) arguments[4], 1)[0]);
                return 0;
            }
            return real.call();
        });
        IocpSocketChannel inet = new IocpSocketChannel(calls.calls(), SocketProtocolFamily.INET);
        IocpSocketChannel unbound = new IocpSocketChannel(calls.calls(), SocketProtocolFamily.INET6);
        IocpSocketChannel mapped = new IocpSocketChannel(calls.calls(), SocketProtocolFamily.INET6);
        try {
            inet.config().setTrafficClass(8);
            assertThat(set).containsExactly("IPv4 8");
            set.clear();
            unbound.config().setTrafficClass(16);
            assertThat(set).containsExactly("IPv6 16", "IPv4 16");
            set.clear();
            Sockets.of(mapped).bind(new InetSocketAddress(Tcp.loopback(), 0));
            mapped.config().setTrafficClass(24);
            assertThat(set).containsExactly("IPv4 24");
        } finally {
            discard(inet);
            discard(unbound);
            discard(mapped);
        }
    }

    /** The value that is read back is remembered, so what the system was told is looked at. */
    @Test
    void theTrafficClassReachesTheSocket() {
        List<Integer> told = Collections.synchronizedList(new ArrayList<>());
        ReplacedCalls calls = new ReplacedCalls().on("setsockopt", (real, arguments) -> {
            if (arguments[2].equals(WinsockConstants.IPPROTO_IP) && arguments[3].equals(WinsockConstants.IP_TOS)) {
                told.add(ints((Long) arguments[4], 1)[0]);
            }
            return real.call();
        });
        IocpSocketChannel channel = new IocpSocketChannel(calls.calls(), null);
        try {
            channel.config().setTrafficClass(0x28);
            assertThat(told).containsExactly(0x28);
        } finally {
            discard(channel);
        }
    }

    @Test
    void valuesOutOfRangeAreRefused() {
        IocpSocketChannel channel = new IocpSocketChannel();
        IocpServerSocketChannel server = new IocpServerSocketChannel();
        try {
            assertRefused(channel.config(), ChannelOption.SO_RCVBUF, -1);
            assertRefused(channel.config(), ChannelOption.SO_SNDBUF, -1);
            assertRefused(channel.config(), ChannelOption.SO_LINGER, 65_536);
            assertRefused(channel.config(), ChannelOption.IP_TOS, 256);
            assertRefused(channel.config(), IocpChannelOption.CLOSE_TIMEOUT_MILLIS, -1);
            assertRefused(channel.config(), IocpChannelOption.TCP_KEEPIDLE, 0);
            assertRefused(channel.config(), IocpChannelOption.TCP_KEEPINTVL, 32_768);
            assertRefused(channel.config(), IocpChannelOption.TCP_KEEPCNT, 256);
            assertRefused(server.config(), ChannelOption.SO_BACKLOG, -1);
            assertRefused(server.config(), IocpChannelOption.ACCEPTS_POSTED, 0);
            assertRefused(server.config(), IocpChannelOption.ACCEPTS_POSTED, 4097);
        } finally {
            discard(channel);
            discard(server);
        }
    }

    private static void assertRefused(ChannelConfig config, ChannelOption<Integer> option, int value) {
        assertThatThrownBy(() -> config.setOption(option, value))
                .as(option.name())
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void closedChannelsAnswerWithTheSystemsError() {
        IocpSocketChannel channel = new IocpSocketChannel();
        discard(channel);
        IocpSocketChannelConfig config = channel.config();
        for (Runnable change : List.<Runnable>of(
                config::getSoLinger, config::isTcpNoDelay, config::isKeepAlive, config::getSendBufferSize,
                () -> config.setTcpNoDelay(true), () -> config.setKeepAlive(true), () -> config.setSoLinger(0),
                () -> config.setTrafficClass(0), () -> config.setReceiveBufferSize(4096),
                () -> config.setTcpKeepIdle(5),
                () -> config.setTcpKeepCnt(5))) {
            assertThatThrownBy(change::run).isInstanceOf(ChannelException.class).hasCauseInstanceOf(IOException.class);
        }
    }

    @Test
    void aServerConfiguredForEpollKeepsItsKeepAlive() {
        assertThat(ChannelOption.<Integer>valueOf("io.netty.channel.epoll.EpollChannelOption#TCP_KEEPIDLE"))
                .isSameAs(IocpChannelOption.TCP_KEEPIDLE);
    }

    /** Before Windows 10 1709 one call sets the times and switches probing, so switching it on later sends them again. */
    @Test
    void olderWindowsTakesBothKeepAliveTimesWithOneCall() {
        List<int[]> sent = Collections.synchronizedList(new ArrayList<>());
        IocpSocketChannel channel = keepAliveOf(false, sent);
        try {
            channel.config().setTcpKeepIdle(30).setTcpKeepIntvl(4).setKeepAlive(true);
            assertThat(sent).containsExactly(
                    new int[]{0, 30_000, 1_000}, new int[]{0, 30_000, 4_000}, new int[]{1, 30_000, 4_000});
            assertThat(channel.config().getTcpKeepIdle()).isEqualTo(30);
            assertThat(channel.config().getTcpKeepIntvl()).isEqualTo(4);
            assertThat(channel.config().isKeepAlive()).isTrue();
            assertThatThrownBy(() -> channel.config().setTcpKeepCnt(3))
                    .isInstanceOf(ChannelException.class)
                    .hasMessageContaining("WSAENOPROTOOPT");
        } finally {
            discard(channel);
        }
    }

    @Test
    void windowsWithAnOptionForEachKeepAliveTimeGetsThem() {
        List<int[]> sent = Collections.synchronizedList(new ArrayList<>());
        IocpSocketChannel channel = keepAliveOf(true, sent);
        try {
            channel.config().setTcpKeepIdle(30).setTcpKeepIntvl(4).setTcpKeepCnt(9);
            assertThat(sent).containsExactly(
                    new int[]{WinsockConstants.TCP_KEEPIDLE, 30},
                    new int[]{WinsockConstants.TCP_KEEPINTVL, 4},
                    new int[]{WinsockConstants.TCP_KEEPCNT, 9});
        } finally {
            discard(channel);
        }
    }

    private static boolean isKeepAliveTime(Object level, Object option) {
        return level.equals(WinsockConstants.IPPROTO_TCP)
                && List.of(WinsockConstants.TCP_KEEPIDLE, WinsockConstants.TCP_KEEPINTVL, WinsockConstants.TCP_KEEPCNT)
                        .contains(option);
    }

    /** A Windows that has the options of each time, or has not, and writes down what it was told. */
    private static IocpSocketChannel keepAliveOf(boolean recent, List<int[]> sent) {
        ReplacedCalls calls = new ReplacedCalls().on("setsockopt", (real, arguments) -> {
            if (!isKeepAliveTime(arguments[2], arguments[3])) {
                return real.call();
            }
            if (recent) {
                sent.add(new int[]{(Integer) arguments[3], ints((Long) arguments[4], 1)[0]});
                return 0;
            }
            return -WindowsErrors.WSAENOPROTOOPT;
        }).on("getsockopt",
                (real, arguments) -> isKeepAliveTime(arguments[2], arguments[3])
                        ? (Object) (-WindowsErrors.WSAENOPROTOOPT)
                        : real.call())
                .on("wsaIoctl", (real, arguments) -> {
                    if (arguments[2].equals(WinsockConstants.SIO_KEEPALIVE_VALS)) {
                        sent.add(ints((Long) arguments[3], 3));
                    }
                    return real.call();
                });
        return new IocpSocketChannel(calls.calls(), null);
    }

    private static int[] ints(long address, int count) {
        return dev.ringport.ffm.NativeMemory.at(address, (long) count * Integer.BYTES)
                .toArray(java.lang.foreign.ValueLayout.JAVA_INT);
    }
}
