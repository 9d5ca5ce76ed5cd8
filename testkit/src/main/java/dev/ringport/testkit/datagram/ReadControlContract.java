// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.testkit.datagram;

import dev.ringport.datagram.CompletionDatagramChannel;
import dev.ringport.testkit.Udp;
import dev.ringport.testkit.Udp.Peer;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.DatagramPacket;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** What the pipeline asks for is what it gets, and what it does not ask for waits. */
public abstract class ReadControlContract extends UdpContract {
    protected ReadControlContract(DatagramTransport<?, ?> transport) {
        super(transport);
    }

    private Bootstrap withoutAutoRead() {
        return udp.bootstrap(received).option(ChannelOption.AUTO_READ, false);
    }

    @Test
    protected void oneReadGivesOneDatagramAndThenReadComplete() throws Exception {
        BlockingQueue<String> events = new LinkedBlockingQueue<>();
        CompletionDatagramChannel channel = udp.bind(
                udp.bootstrap(new ChannelInboundHandlerAdapter() {
                    @Override
                    public void channelRead(ChannelHandlerContext context, Object message) {
                        DatagramPacket packet = (DatagramPacket) message;
                        events.add("read " + packet.content().getInt(0));
                        packet.release();
                    }

                    @Override
                    public void channelReadComplete(ChannelHandlerContext context) {
                        events.add("complete");
                    }
                }).option(ChannelOption.AUTO_READ, false), Udp.INET);
        Peer peer = udp.peer();
        for (int i = 0; i < 50; i++) {
            peer.send(Udp.numbered(i, 100), channel.localAddress());
        }
        for (int i = 0; i < 50; i++) {
            channel.read();
            assertThat(events.poll(Udp.PATIENCE_SECONDS, TimeUnit.SECONDS)).isEqualTo("read " + i);
            assertThat(events.poll(Udp.PATIENCE_SECONDS, TimeUnit.SECONDS)).isEqualTo("complete");
            Udp.await(channel.eventLoop().submit(() -> {}));
            assertThat(events).isEmpty();
        }
    }

    @Test
    protected void aReadBeforeTheChannelIsActiveIsServedAfterwards() {
        CompletionDatagramChannel channel = udp.opened(withoutAutoRead().register());
        channel.read();
        Udp.await(channel.bind(Udp.INET));
        Peer peer = udp.peer();
        peer.send(Udp.numbered(1, 10), channel.localAddress());
        assertThat(received.takeBytes()).isEqualTo(Udp.numbered(1, 10));
    }

    @Test
    protected void withoutReadNothingIsTakenFromTheSocketAndNothingIsLost() {
        CompletionDatagramChannel channel = udp.bind(withoutAutoRead(), Udp.INET);
        Peer peer = udp.peer();
        peer.send(Udp.numbered(0, 10), channel.localAddress());
        peer.send(Udp.numbered(1, 10), channel.localAddress());
        Udp.await(channel.eventLoop().submit(() -> {}));
        assertThat(received.packets).isEmpty();
        channel.read();
        assertThat(received.takeBytes()).isEqualTo(Udp.numbered(0, 10));
        channel.config().setAutoRead(true);
        assertThat(received.takeBytes()).isEqualTo(Udp.numbered(1, 10));
    }

    @Test
    protected void aReadInsideOfChannelReadAsksForOneMore() {
        CompletionDatagramChannel channel = udp.bind(
                udp.bootstrap(new ChannelInboundHandlerAdapter() {
                    private int reads;

                    @Override
                    public void channelRead(ChannelHandlerContext context, Object message) {
                        received.packets.add((DatagramPacket) message);
                        if (++reads < 100) {
                            context.read();
                        }
                    }
                }).option(ChannelOption.AUTO_READ, false), Udp.INET);
        Peer peer = udp.peer();
        for (int i = 0; i < 101; i++) {
            peer.send(Udp.numbered(i, 10), channel.localAddress());
        }
        channel.read();
        for (int i = 0; i < 100; i++) {
            assertThat(received.takeBytes()).isEqualTo(Udp.numbered(i, 10));
        }
        Udp.await(channel.eventLoop().submit(() -> {}));
        assertThat(received.packets).isEmpty();
        channel.read();
        assertThat(received.takeBytes()).isEqualTo(Udp.numbered(100, 10));
    }

    @Test
    protected void datagramsThatCompletedBeforeAutoReadWentOffAreHeldInOrder() throws Exception {
        int total = transport.thatFit(200);
        BlockingQueue<Integer> numbers = new LinkedBlockingQueue<>();
        CompletionDatagramChannel channel = udp.bind(udp.bootstrap(new ChannelInboundHandlerAdapter() {
            @Override
            public void channelRead(ChannelHandlerContext context, Object message) {
                DatagramPacket packet = (DatagramPacket) message;
                numbers.add(packet.content().getInt(0));
                packet.release();
                context.channel().config().setAutoRead(false);
            }
        }), Udp.INET);
        Peer peer = udp.peer();
        Udp.await(channel.eventLoop().submit(() -> {
            for (int i = 0; i < total; i++) {
                peer.send(Udp.numbered(i, 64), channel.localAddress());
            }
        }));
        for (int i = 0; i < total; i++) {
            assertThat(numbers.poll(Udp.PATIENCE_SECONDS, TimeUnit.SECONDS)).isEqualTo(i);
            Udp.await(channel.eventLoop().submit(() -> {}));
            assertThat(numbers).isEmpty();
            channel.config().setAutoRead(true);
        }
    }

    @Test
    @SuppressWarnings("deprecation") // Netty deprecates the setting but has no other
    protected void noMoreThanMaxMessagesComeBetweenTwoReadCompletes() throws Exception {
        BlockingQueue<Integer> batches = new LinkedBlockingQueue<>();
        CompletionDatagramChannel channel = udp.bind(udp.bootstrap(new ChannelInboundHandlerAdapter() {
            private int batch;

            @Override
            public void channelRead(ChannelHandlerContext context, Object message) {
                batch++;
                ((DatagramPacket) message).release();
            }

            @Override
            public void channelReadComplete(ChannelHandlerContext context) {
                batches.add(batch);
                batch = 0;
            }
        }), Udp.INET);
        channel.config().setMaxMessagesPerRead(7);
        Peer peer = udp.peer();
        Udp.await(channel.eventLoop().submit(() -> {
            for (int i = 0; i < 100; i++) {
                peer.send(Udp.numbered(i, 64), channel.localAddress());
            }
        }));
        for (int seen = 0; seen < 100;) {
            Integer batch = batches.poll(Udp.PATIENCE_SECONDS, TimeUnit.SECONDS);
            assertThat(batch).isBetween(1, 7);
            seen += batch;
        }
    }
}
