// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.testkit.linux;

import dev.ringport.datagram.CompletionDatagramChannel;
import dev.ringport.testkit.Posix;
import dev.ringport.testkit.Udp;
import dev.ringport.testkit.Udp.Peer;
import dev.ringport.testkit.datagram.ReceivedContentContract;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.socket.DatagramPacket;
import java.net.InetSocketAddress;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** What Linux hands up besides, and what the loop counts of it. */
public abstract class LinuxReceivedContentContract extends ReceivedContentContract {
    private final LinuxTransport<?, ?> linux;

    protected LinuxReceivedContentContract(LinuxTransport<?, ?> transport) {
        super(transport);
        linux = transport;
    }

    @Override
    protected void assertAllReceived(CompletionDatagramChannel channel, int datagrams) {
        assertThat(linux.count(channel, LinuxCounter.RECEIVED)).isEqualTo(datagrams);
        assertThat(linux.count(channel, LinuxCounter.DROPPED)).isZero();
    }

    @Test
    protected void sourcePortZeroIsAValidPacket() {
        Assumptions.assumeTrue("root".equals(System.getProperty("user.name")), "needs a raw socket");
        CompletionDatagramChannel channel = udp.bind(received);
        InetSocketAddress from = Udp.at("127.0.0.2", 0);
        Posix.sendAs(from, channel.localAddress(), Udp.numbered(5, 33));
        DatagramPacket packet = received.take();
        assertThat(packet.sender()).isEqualTo(from);
        assertThat(packet.recipient()).isEqualTo(channel.localAddress());
        assertThat(ByteBufUtil.getBytes(packet.content())).isEqualTo(Udp.numbered(5, 33));
        packet.release();
        Peer peer = udp.peer();
        peer.send(Udp.numbered(6, 10), channel.localAddress());
        assertThat(received.takeBytes()).isEqualTo(Udp.numbered(6, 10));
    }
}
