// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.testkit.linux;

import dev.ringport.datagram.CompletionDatagramChannel;
import dev.ringport.testkit.Posix;
import dev.ringport.testkit.Udp;
import dev.ringport.testkit.Udp.Recorder;
import dev.ringport.testkit.datagram.DatagramOptionContract;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.ChannelException;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.SocketProtocolFamily;
import io.netty.channel.unix.IntegerUnixChannelOption;
import io.netty.channel.unix.RawUnixChannelOption;
import io.netty.channel.unix.UnixChannelOption;
import java.net.NetworkInterface;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.ClosedChannelException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

/** Each option reaches the kernel under the number that it has there; receive offload, and options given by number. */
public abstract class LinuxDatagramOptionContract extends DatagramOptionContract {
    private final Class<?> options;

    /**
     * For a transport.
     *
     * @param options the class that has the transport's options
     */
    protected LinuxDatagramOptionContract(LinuxTransport<?, ?> transport, Class<?> options) {
        super(transport);
        this.options = options;
    }

    @Override
    protected void assertMulticastInterface(
            CompletionDatagramChannel channel, SocketProtocolFamily family, NetworkInterface expected) {
        if (family == SocketProtocolFamily.INET6) {
            int fd = Posix.descriptor(channel.localAddress());
            assertThat(Posix.getInt(fd, Posix.IPPROTO_IPV6, 17)).isEqualTo(expected.getIndex());
        }
    }

    private static Arguments of(ChannelOption<?> option, Object value, int level, int name, int inKernel) {
        return arguments(option, value, level, name, inKernel);
    }

    static Stream<Arguments> inetOptions() {
        return Stream.of(
                of(ChannelOption.SO_BROADCAST, true, 1, 6, 1),
                of(ChannelOption.SO_BROADCAST, false, 1, 6, 0),
                of(ChannelOption.SO_REUSEADDR, true, 1, 2, 1),
                of(ChannelOption.SO_RCVBUF, 100_000, 1, 8, 200_000),
                of(ChannelOption.SO_SNDBUF, 90_000, 1, 7, 180_000),
                of(ChannelOption.IP_TOS, 0x68, 0, 1, 0x68),
                of(ChannelOption.IP_MULTICAST_TTL, 0, 0, 33, 0),
                of(ChannelOption.IP_MULTICAST_TTL, 255, 0, 33, 255),
                of(ChannelOption.IP_MULTICAST_LOOP_DISABLED, true, 0, 34, 0),
                of(ChannelOption.IP_MULTICAST_LOOP_DISABLED, false, 0, 34, 1),
                of(UnixChannelOption.SO_REUSEPORT, true, 1, 15, 1),
                of(LinuxOptions.IP_FREEBIND, true, 0, 15, 1),
                of(LinuxOptions.IP_TRANSPARENT, true, 0, 19, 1),
                of(LinuxOptions.IP_RECVORIGDSTADDR, true, 0, 20, 1),
                of(LinuxOptions.IP_MULTICAST_ALL, true, 0, 49, 1),
                of(LinuxOptions.IP_MULTICAST_ALL, false, 0, 49, 0),
                of(LinuxOptions.UDP_GRO, true, 17, 104, 1),
                of(new IntegerUnixChannelOption("SO_PRIORITY", 1, 12), 3, 1, 12, 3));
    }

    static Stream<Arguments> inet6Options() {
        return Stream.concat(
                inetOptions(),
                Stream.of(
                        of(ChannelOption.IP_TOS, 0x68, 41, 67, 0x68),
                        of(ChannelOption.IP_MULTICAST_TTL, 9, 41, 18, 9),
                        of(ChannelOption.IP_MULTICAST_LOOP_DISABLED, true, 41, 19, 0),
                        of(LinuxOptions.IP_FREEBIND, true, 41, 78, 1),
                        of(LinuxOptions.IP_TRANSPARENT, true, 41, 75, 1),
                        of(LinuxOptions.IP_RECVORIGDSTADDR, true, 41, 74, 1),
                        of(LinuxOptions.IP_MULTICAST_ALL, true, 41, 29, 1),
                        of(LinuxOptions.IP_MULTICAST_ALL, false, 41, 29, 0)));
    }

    @ParameterizedTest
    @MethodSource("inetOptions")
    protected void reachesTheKernelAndReadsBack(
            ChannelOption<Object> option, Object value, int level, int name, int inKernel) {
        check(bound(SocketProtocolFamily.INET), option, value, level, name, inKernel);
    }

    @ParameterizedTest
    @MethodSource("inet6Options")
    protected void reachesTheKernelAndReadsBackOnInet6(
            ChannelOption<Object> option, Object value, int level, int name, int inKernel) {
        check(bound(SocketProtocolFamily.INET6), option, value, level, name, inKernel);
    }

    private static void check(
            CompletionDatagramChannel channel, ChannelOption<Object> option, Object value, int level, int name,
            int inKernel) {
        assertThat(channel.config().setOption(option, value)).isTrue();
        assertThat(Posix.getInt(Posix.descriptor(channel.localAddress()), level, name)).isEqualTo(inKernel);
        assertThat(channel.config().getOption(option)).isEqualTo(value);
        ChannelOption<?> any = option;
        if (!(any instanceof IntegerUnixChannelOption)) {
            assertThat(channel.config().getOptions()).containsEntry(option, value);
        }
    }

    @ParameterizedTest
    @EnumSource(value = SocketProtocolFamily.class, names = {"INET", "INET6"})
    protected void aNewSocketHearsOnlyTheGroupsItJoined(SocketProtocolFamily family) {
        CompletionDatagramChannel channel = bound(family);
        int fd = Posix.descriptor(channel.localAddress());
        assertThat(Posix.getInt(fd, Posix.IPPROTO_IP, 49)).isZero();
        if (family == SocketProtocolFamily.INET6) {
            assertThat(Posix.getInt(fd, Posix.IPPROTO_IPV6, 29)).isZero();
        }
    }

    @Test
    protected void aRawOptionTravelsBothWays() {
        CompletionDatagramChannel channel = bound(SocketProtocolFamily.INET);
        RawUnixChannelOption priority = new RawUnixChannelOption("SO_PRIORITY", 1, 12, Integer.BYTES);
        ByteBuffer value = ByteBuffer.allocateDirect(4).order(ByteOrder.nativeOrder()).putInt(5).flip();
        assertThat(channel.config().setOption(priority, value)).isTrue();
        assertThat(value.remaining()).isEqualTo(4);
        assertThat(Posix.getInt(Posix.descriptor(channel.localAddress()), 1, 12)).isEqualTo(5);
        ByteBuffer read = channel.config().getOption(priority);
        assertThat(read.order(ByteOrder.nativeOrder()).getInt()).isEqualTo(5);
    }

    private static ByteBuffer number(int number) {
        return ByteBuffer.allocateDirect(Integer.BYTES).order(ByteOrder.nativeOrder()).putInt(number).flip();
    }

    @Test
    protected void receiveOffloadIsOnUntilItIsSwitchedOff() {
        IntegerUnixChannelOption byNumber = new IntegerUnixChannelOption("UDP_GRO", 17, 104);
        RawUnixChannelOption raw = new RawUnixChannelOption("UDP_GRO", 17, 104, Integer.BYTES);
        CompletionDatagramChannel untouched = bound(SocketProtocolFamily.INET);
        assertThat(untouched.config().getOption(LinuxOptions.UDP_GRO)).isTrue();
        assertThat(untouched.config().getOption(byNumber)).isEqualTo(1);
        assertThat(Posix.getInt(Posix.descriptor(untouched.localAddress()), 17, 104)).isEqualTo(1);
        List<Consumer<Bootstrap>> ways = List.of(
                bootstrap -> bootstrap.option(LinuxOptions.UDP_GRO, false),
                bootstrap -> bootstrap.option(byNumber, 0),
                bootstrap -> bootstrap.option(raw, number(0)));
        for (Consumer<Bootstrap> way : ways) {
            Bootstrap bootstrap = udp.bootstrap(new Recorder());
            way.accept(bootstrap);
            CompletionDatagramChannel channel = udp.bind(bootstrap, Udp.INET);
            assertThat(Posix.getInt(Posix.descriptor(channel.localAddress()), 17, 104)).isZero();
            assertThat(channel.config().getOption(LinuxOptions.UDP_GRO)).isFalse();
            assertThat(channel.config().getOption(byNumber)).isZero();
            assertThat(channel.config().getOption(raw).order(ByteOrder.nativeOrder()).getInt()).isZero();
        }
    }

    @Test
    protected void receiveOffloadThatIsSwitchedOffLaterIsOffForTheUserAlone() {
        IntegerUnixChannelOption byNumber = new IntegerUnixChannelOption("UDP_GRO", 17, 104);
        RawUnixChannelOption raw = new RawUnixChannelOption("UDP_GRO", 17, 104, Integer.BYTES);
        CompletionDatagramChannel channel = bound(SocketProtocolFamily.INET);
        int fd = Posix.descriptor(channel.localAddress());
        channel.config().setOption(LinuxOptions.UDP_GRO, false);
        assertThat(Posix.getInt(fd, 17, 104)).isEqualTo(1);
        assertThat(channel.config().getOption(LinuxOptions.UDP_GRO)).isFalse();
        assertThat(channel.config().getOption(byNumber)).isZero();
        channel.config().setOption(raw, number(1));
        assertThat(channel.config().getOption(LinuxOptions.UDP_GRO)).isTrue();
        channel.config().setOption(byNumber, 0);
        assertThat(Posix.getInt(fd, 17, 104)).isEqualTo(1);
        assertThat(channel.config().getOption(raw).order(ByteOrder.nativeOrder()).getInt()).isZero();
        assertThatThrownBy(() -> channel.config().setOption(
                new RawUnixChannelOption("UDP_GRO", 17, 104, 3), ByteBuffer.allocate(3)))
                .isInstanceOf(ChannelException.class);
        assertThat(channel.config().getOption(byNumber)).isZero();
    }

    @Test
    protected void optionsOfOtherTransportsWithTheSameNameAreTheSame() throws ReflectiveOperationException {
        for (String name : List.of("UDP_GRO", "IP_FREEBIND", "IP_TRANSPARENT", "IP_RECVORIGDSTADDR", "IP_MULTICAST_ALL",
                "MAX_DATAGRAM_PAYLOAD_SIZE")) {
            assertThat(own(name)).isSameAs(ChannelOption.valueOf(name));
        }
        assertThat(own("SO_REUSEPORT")).isSameAs(UnixChannelOption.SO_REUSEPORT);
    }

    private Object own(String name) throws ReflectiveOperationException {
        return options.getField(name).get(null);
    }

    @Test
    protected void aRefusalOfTheKernelNamesTheErrorAndChangesNothing() {
        CompletionDatagramChannel channel = bound(SocketProtocolFamily.INET);
        IntegerUnixChannelOption unknown = new IntegerUnixChannelOption("UNKNOWN", Posix.IPPROTO_UDP, 9_999);
        assertThatThrownBy(() -> channel.config().setOption(unknown, 1))
                .isInstanceOf(ChannelException.class)
                .hasMessageContaining("ENOPROTOOPT");
        assertThat(channel.config().setOption(ChannelOption.TCP_NODELAY, true)).isFalse();
        assertThat(channel.config().getOption(ChannelOption.TCP_NODELAY)).isNull();
    }

    @ParameterizedTest
    @MethodSource("inetOptions")
    protected void afterCloseAnOptionFailsAndTouchesNoOtherSocket(
            ChannelOption<Object> option, Object value, int level, int name, int inKernel) {
        CompletionDatagramChannel channel = bound(SocketProtocolFamily.INET);
        int fd = Posix.descriptor(channel.localAddress());
        Udp.await(channel.close());
        int reused = Posix.socket(Posix.AF_INET, Posix.SOCK_DGRAM, 0);
        try {
            assertThat(reused).as("the descriptor's number is free again").isLessThanOrEqualTo(fd);
            int before = Posix.getInt(reused, level, name);
            assertThatThrownBy(() -> channel.config().setOption(option, value))
                    .isInstanceOf(ChannelException.class)
                    .hasCauseInstanceOf(ClosedChannelException.class);
            assertThat(Posix.getInt(reused, level, name)).as("%s, not %d", option, inKernel).isEqualTo(before);
            if (!option.equals(LinuxOptions.UDP_GRO)) {
                assertThatThrownBy(() -> channel.config().getOption(option)).isInstanceOf(ChannelException.class);
            }
        } finally {
            Posix.close(reused);
        }
    }

    @Test
    protected void reusePortLetsTwoChannelsShareAPort() throws Exception {
        Recorder[] recorders = {new Recorder(), new Recorder()};
        CompletionDatagramChannel first = udp.bind(
                udp.bootstrap(recorders[0]).option(UnixChannelOption.SO_REUSEPORT, true), Udp.INET);
        CompletionDatagramChannel second = udp.bind(
                udp.bootstrap(recorders[1]).option(UnixChannelOption.SO_REUSEPORT, true), first.localAddress());
        assertThat(second.localAddress()).isEqualTo(first.localAddress());
        for (int i = 0; i < 64; i++) {
            udp.peer().send(Udp.numbered(i, 10), first.localAddress());
        }
        Udp.until(() -> recorders[0].packets.size() + recorders[1].packets.size() >= 64);
        List<Integer> seen = new ArrayList<>();
        for (Recorder recorder : recorders) {
            while (!recorder.packets.isEmpty()) {
                seen.add(ByteBuffer.wrap(recorder.takeBytes()).getInt());
            }
        }
        assertThat(seen).containsExactlyInAnyOrderElementsOf(IntStream.range(0, 64).boxed().toList());
    }
}
