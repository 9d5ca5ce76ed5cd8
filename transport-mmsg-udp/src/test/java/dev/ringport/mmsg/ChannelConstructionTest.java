// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.mmsg;

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

class ChannelConstructionTest extends ChannelConstructionContract {
    private static final int SO_DOMAIN = 39;

    ChannelConstructionTest() {
        super(MmsgTransport.INSTANCE);
    }

    @Override
    protected void assertFamily(CompletionDatagramChannel channel, SocketProtocolFamily family) {
        int domain = family == SocketProtocolFamily.INET ? Posix.AF_INET : Posix.AF_INET6;
        assertThat(Posix.getInt(Posix.descriptor(channel.localAddress()), Posix.SOL_SOCKET, SO_DOMAIN))
                .isEqualTo(domain);
    }

    private MmsgDatagramChannel opened(int descriptor) {
        return (MmsgDatagramChannel) opened(new MmsgDatagramChannel(descriptor));
    }

    @Test
    void aBoundDescriptorIsTakenOverWithItsAddressAndClosedWithTheChannel() {
        int fd = Posix.socket(Posix.AF_INET, Posix.SOCK_DGRAM, 0);
        Posix.bind(fd, Udp.INET);
        MmsgDatagramChannel channel = opened(fd);
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
        MmsgDatagramChannel channel = opened(fd);
        assertThat(channel.config().isUdpGro()).isTrue();
        CompletionDatagramChannel sender = udp.bind(new Recorder());
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
            assertThatThrownBy(() -> new MmsgDatagramChannel(fd))
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
        assertThatThrownBy(() -> new MmsgDatagramChannel(-1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new MmsgDatagramChannel(1_000_000)).isInstanceOf(IllegalArgumentException.class);
    }
}
