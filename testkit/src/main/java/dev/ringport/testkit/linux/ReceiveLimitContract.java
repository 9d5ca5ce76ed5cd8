// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.testkit.linux;

import dev.ringport.datagram.CompletionDatagramChannel;
import dev.ringport.testkit.Udp;
import dev.ringport.testkit.Udp.Peer;
import dev.ringport.testkit.Udp.Recorder;
import dev.ringport.testkit.datagram.UdpContract;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.socket.DatagramChannel;
import io.netty.channel.unix.SegmentedDatagramPacket;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** What limits a receive may be set late, and from any thread: it holds for what arrives from then on. */
public abstract class ReceiveLimitContract extends UdpContract {
    private final LinuxTransport<?, ?> linux;

    protected ReceiveLimitContract(LinuxTransport<?, ?> transport) {
        super(transport);
        linux = transport;
    }

    @Test
    protected void theAllocatorSetAfterBindAndBeforeTheFirstDatagramIsTheOneAsked() {
        CompletionDatagramChannel channel = udp.bind(received);
        Udp.await(channel.eventLoop().submit(() -> {}));
        channel.config().setRecvByteBufAllocator(new FixedRecvByteBufAllocator(65_535));
        udp.peer().send(Udp.numbered(1, 9_000), channel.localAddress());
        assertThat(received.takeBytes()).isEqualTo(Udp.numbered(1, 9_000));
        assertThat(linux.count(channel, LinuxCounter.TRUNCATED)).isZero();
    }

    @Test
    protected void theAllocatorSetWhenTheChannelBecomesActiveIsTheOneAsked() {
        CompletionDatagramChannel channel = udp.bind(new ChannelInitializer<DatagramChannel>() {
            @Override
            protected void initChannel(DatagramChannel made) {
                made.pipeline().addLast(new ChannelInboundHandlerAdapter() {
                    @Override
                    public void channelActive(ChannelHandlerContext ctx) {
                        ctx.channel().config().setOption(
                                ChannelOption.RECVBUF_ALLOCATOR, new FixedRecvByteBufAllocator(65_535));
                        ctx.fireChannelActive();
                    }
                }, received);
            }
        });
        udp.peer().send(Udp.numbered(1, 9_000), channel.localAddress());
        assertThat(received.takeBytes()).isEqualTo(Udp.numbered(1, 9_000));
    }

    @Test
    protected void aChangeHoldsForTheNextDatagramAndTheNextTrain() {
        CompletionDatagramChannel sender = udp.bind(new Recorder());
        CompletionDatagramChannel channel = udp.bind(received);
        Peer peer = udp.peer();
        Random random = new Random(2);
        byte[] content = Udp.numbered(7, 20_000);
        for (int round = 0; round < 500; round++) {
            int limit = 1 + random.nextInt(3_000);
            switch (random.nextInt(3)) {
                case 0 -> LinuxOptions.set(channel, MAX_DATAGRAM_PAYLOAD_SIZE, limit);
                case 1 -> {
                    LinuxOptions.set(channel, MAX_DATAGRAM_PAYLOAD_SIZE, 0);
                    channel.config().setRecvByteBufAllocator(new FixedRecvByteBufAllocator(limit));
                }
                default -> {
                    channel.config().setRecvByteBufAllocator(new FixedRecvByteBufAllocator(limit));
                    LinuxOptions.set(channel, MAX_DATAGRAM_PAYLOAD_SIZE, 0);
                    LinuxOptions.set(channel, LinuxOptions.UDP_GRO, random.nextBoolean());
                }
            }
            int size = 1 + random.nextInt(3_000);
            if (random.nextBoolean()) {
                peer.send(Arrays.copyOf(content, size), channel.localAddress());
                assertThat(received.takeBytes()).isEqualTo(Arrays.copyOf(content, Math.min(size, limit)));
            } else {
                Udp.await(sender.writeAndFlush(new SegmentedDatagramPacket(
                        Unpooled.wrappedBuffer(content), size, channel.localAddress())));
                for (int offset = 0; offset < content.length; offset += size) {
                    int segment = Math.min(Math.min(size, limit), content.length - offset);
                    assertThat(received.takeBytes())
                            .isEqualTo(Arrays.copyOfRange(content, offset, offset + segment));
                }
            }
        }
    }
}
