// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.testkit.linux;

import dev.ringport.datagram.CompletionDatagramChannel;
import dev.ringport.testkit.Posix;
import dev.ringport.testkit.Udp;
import dev.ringport.testkit.Udp.Recorder;
import dev.ringport.testkit.datagram.ChannelConstructionContract;
import io.netty.channel.socket.SocketProtocolFamily;
import io.netty.channel.unix.SegmentedDatagramPacket;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/** The domains of the sockets, and channels of descriptors that are there already. */
public abstract class LinuxChannelConstructionContract extends ChannelConstructionContract {
    private static final int SO_DOMAIN = 39;

    private final LinuxTransport<?, ?> linux;

    protected LinuxChannelConstructionContract(LinuxTransport<?, ?> transport) {
        super(transport);
        linux = transport;
    }

    @Override
    protected void assertFamily(CompletionDatagramChannel channel, SocketProtocolFamily family) {
        int domain = family == SocketProtocolFamily.INET ? Posix.AF_INET : Posix.AF_INET6;
        assertThat(Posix.getInt(Posix.descriptor(channel.localAddress()), Posix.SOL_SOCKET, SO_DOMAIN))
                .isEqualTo(domain);
    }

    private CompletionDatagramChannel opened(int descriptor) {
        return opened(linux.newChannel(descriptor));
    }

    @Test
    protected void aBoundDescriptorIsTakenOverWithItsAddressAndClosedWithTheChannel() {
        int fd = Posix.socket(Posix.AF_INET, Posix.SOCK_DGRAM, 0);
        Posix.bind(fd, Udp.INET);
        CompletionDatagramChannel channel = opened(fd);
        assertThat(channel.isActive()).isTrue();
        assertThat(channel.localAddress().getHostString()).isEqualTo("127.0.0.1");
        assertThat(Posix.descriptor(channel.localAddress())).isEqualTo(fd);
        echo(channel, Udp.INET, channel.localAddress());
        Udp.await(channel.close());
        assertThat(Files.exists(Path.of("/proc/self/fd/" + fd))).isFalse();
    }

    @Test
    protected void aDescriptorThatReceivesTrainsIsTakenOverWithThat() {
        int fd = Posix.socket(Posix.AF_INET, Posix.SOCK_DGRAM, 0);
        Posix.bind(fd, Udp.INET);
        assertThat(Posix.setInt(fd, Posix.IPPROTO_UDP, Posix.UDP_GRO, 1)).isTrue();
        CompletionDatagramChannel channel = opened(fd);
        assertThat(channel.config().getOption(LinuxOptions.UDP_GRO)).isTrue();
        CompletionDatagramChannel sender = udp.bind(new Recorder());
        Udp.await(sender.writeAndFlush(
                new SegmentedDatagramPacket(Udp.direct(new byte[30_000]), 1_000, channel.localAddress())));
        for (int i = 0; i < 30; i++) {
            assertThat(received.takeBytes()).hasSize(1_000);
        }
    }

    @ParameterizedTest
    @CsvSource({"2, 1, 0", "1, 2, 0", "2, 3, 1", "2, 2, 1"})
    protected void aDescriptorOfNoUdpSocketIsRefusedAndStaysOpen(int domain, int type, int protocol)
            throws IOException {
        int fd = type == Posix.SOCK_DGRAM && protocol == Posix.IPPROTO_ICMP
                ? pingSocket()
                : Posix.socket(domain, type, protocol);
        try {
            assertThatThrownBy(() -> linux.newChannel(fd))
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
    protected void aNumberThatIsNoSocketIsRefused() {
        assertThatThrownBy(() -> linux.newChannel(-1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> linux.newChannel(1_000_000)).isInstanceOf(IllegalArgumentException.class);
    }
}
