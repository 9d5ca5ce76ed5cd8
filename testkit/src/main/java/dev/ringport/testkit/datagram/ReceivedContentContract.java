// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.testkit.datagram;

import dev.ringport.datagram.CompletionDatagramChannel;
import dev.ringport.testkit.NetworkNamespace;
import dev.ringport.testkit.Udp;
import dev.ringport.testkit.Udp.Peer;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.DatagramPacket;
import io.netty.channel.socket.SocketProtocolFamily;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/** What a received packet's content may be used for. */
public abstract class ReceivedContentContract extends UdpContract {
    protected ReceivedContentContract(DatagramTransport<?, ?> transport) {
        super(transport);
    }

    @Test
    protected void contentIsDirectWritableAndReadableFromIndexZero() {
        CompletionDatagramChannel channel = udp.bind(received);
        Peer peer = udp.peer();
        for (int length : new int[]{0, 1, 64, 65, 1_200, 2_048}) {
            peer.send(new byte[length], channel.localAddress());
            DatagramPacket packet = received.take();
            ByteBuf content = packet.content();
            assertThat(content.readerIndex()).isZero();
            assertThat(content.readableBytes()).isEqualTo(length);
            assertThat(content.isDirect()).isTrue();
            assertThat(content.isReadOnly()).isFalse();
            assertThat(content.refCnt()).isEqualTo(1);
            assertThat(packet.sender()).isEqualTo(peer.address());
            assertThat(packet.recipient()).isEqualTo(channel.localAddress());
            packet.release();
            assertThat(content.refCnt()).isZero();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 30, 2_048})
    protected void anAnswerLongerThanTheQuestionFitsIntoItsBuffer(int length) {
        byte[] answer = Udp.numbered(9, 9_000);
        CompletionDatagramChannel channel = udp.bind(new ChannelInboundHandlerAdapter() {
            @Override
            public void channelRead(ChannelHandlerContext context, Object message) {
                DatagramPacket question = (DatagramPacket) message;
                question.content().clear().writeBytes(answer);
                ChannelFuture _ = context.writeAndFlush(new DatagramPacket(question.content(), question.sender()));
            }
        });
        Peer peer = udp.peer();
        peer.send(new byte[length], channel.localAddress());
        assertThat(peer.receive().content()).isEqualTo(answer);
    }

    @Test
    protected void writingAllOverOnePacketLeavesItsNeighboursAlone() {
        CompletionDatagramChannel channel = udp.bind(received);
        Peer peer = udp.peer();
        List<DatagramPacket> packets = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            peer.send(Udp.numbered(i, 100), channel.localAddress());
        }
        for (int i = 0; i < 100; i++) {
            packets.add(received.take());
        }
        for (int i = 0; i < 100; i += 2) {
            ByteBuf content = packets.get(i).content();
            content.setZero(0, content.capacity());
        }
        for (int i = 0; i < 100; i++) {
            ByteBuf content = packets.get(i).content();
            assertThat(ByteBufUtil.getBytes(content)).isEqualTo(i % 2 == 0 ? new byte[100] : Udp.numbered(i, 100));
            packets.get(i).release();
        }
    }

    @Test
    protected void aConsumerMayKeepAllPacketsWhileTrafficGoesOn() throws Exception {
        CompletionDatagramChannel channel = udp.bind(received);
        transport.enlargeReceiveBuffer(channel.localAddress(), Udp.RECEIVE_BUFFER);
        int total = transport.rounds(100_000);
        int window = transport.thatFit(4_000);
        Peer peer = udp.peer();
        for (int i = 0; i < total; i++) {
            if (i % window == 0) {
                int before = i;
                Udp.until(() -> received.packets.size() == before);
            }
            peer.send(Udp.numbered(i, 40 + i % 200), channel.localAddress());
        }
        Udp.until(() -> received.packets.size() == total);
        for (int i = 0; i < total; i++) {
            assertThat(received.takeBytes()).isEqualTo(Udp.numbered(i, 40 + i % 200));
        }
        assertAllReceived(channel, total);
    }

    /** Checks what the transport tells of the channel, which has received so many datagrams and dropped none. */
    protected abstract void assertAllReceived(CompletionDatagramChannel channel, int datagrams);

    @Test
    protected void manyPeersOnOneChannelAreToldApart() {
        CompletionDatagramChannel channel = udp.bind(received);
        List<Peer> peers = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            peers.add(udp.peer(Udp.at("127.0.0." + (1 + i % 7), 0)));
        }
        for (int round = 0; round < 4; round++) {
            for (int i = 0; i < peers.size(); i++) {
                peers.get(i).send(Udp.numbered(i, 20), channel.localAddress());
            }
        }
        for (int i = 0; i < 4 * peers.size(); i++) {
            DatagramPacket packet = received.take();
            assertThat(packet.sender()).isEqualTo(peers.get(packet.content().getInt(0)).address());
            packet.release();
        }
    }

    @Test
    protected void aLinkLocalPeerComesWithItsScopeAndCanBeAnswered() throws Exception {
        InetAddress linkLocal = NetworkNamespace.multicastInterface()
                .inetAddresses()
                .filter(InetAddress::isLinkLocalAddress)
                .findFirst()
                .orElseThrow();
        CompletionDatagramChannel channel = udp.bind(
                SocketProtocolFamily.INET6, new InetSocketAddress(linkLocal, 0), received);
        Peer peer = udp.peer(new InetSocketAddress(linkLocal, 0));
        peer.send(Udp.numbered(1, 10), channel.localAddress());
        DatagramPacket packet = received.take();
        assertThat(packet.sender()).isEqualTo(peer.address());
        assertThat(((Inet6Address) packet.sender().getAddress()).getScopeId())
                .isEqualTo(((Inet6Address) linkLocal).getScopeId());
        Udp.await(channel.writeAndFlush(new DatagramPacket(packet.content(), packet.sender())));
        assertThat(peer.receive().content()).isEqualTo(Udp.numbered(1, 10));
    }
}
