// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.uring;

import dev.ringport.uring.testing.Posix;
import dev.ringport.uring.testing.Udp;
import dev.ringport.uring.testing.Udp.Peer;
import dev.ringport.uring.testing.Udp.Recorder;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.DatagramPacket;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** What the pipeline asks for is what it gets, and what it does not ask for waits. */
class ReadControlTest {
    @AutoClose
    private final Udp udp = new Udp();

    private final Recorder received = new Recorder();

    private Bootstrap withoutAutoRead() {
        return udp.bootstrap(received).option(ChannelOption.AUTO_READ, false);
    }

    @Test
    void oneReadGivesOneDatagramAndThenReadComplete() throws Exception {
        BlockingQueue<String> events = new LinkedBlockingQueue<>();
        UringDatagramChannel channel = udp.bind(
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
    void aReadBeforeTheChannelIsActiveIsServedAfterwards() {
        UringDatagramChannel channel = udp.opened(withoutAutoRead().register());
        channel.read();
        Udp.await(channel.bind(Udp.INET));
        Peer peer = udp.peer();
        peer.send(Udp.numbered(1, 10), channel.localAddress());
        assertThat(received.takeBytes()).isEqualTo(Udp.numbered(1, 10));
    }

    @Test
    void withoutReadNothingIsTakenFromTheSocketAndNothingIsLost() {
        UringDatagramChannel channel = udp.bind(withoutAutoRead(), Udp.INET);
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
    void aReadInsideOfChannelReadAsksForOneMore() {
        UringDatagramChannel channel = udp.bind(
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
    void datagramsThatCompletedBeforeAutoReadWentOffAreHeldInOrder() throws Exception {
        BlockingQueue<Integer> numbers = new LinkedBlockingQueue<>();
        UringDatagramChannel channel = udp.bind(udp.bootstrap(new ChannelInboundHandlerAdapter() {
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
            for (int i = 0; i < 200; i++) {
                peer.send(Udp.numbered(i, 64), channel.localAddress());
            }
        }));
        for (int i = 0; i < 200; i++) {
            assertThat(numbers.poll(Udp.PATIENCE_SECONDS, TimeUnit.SECONDS)).isEqualTo(i);
            Udp.await(channel.eventLoop().submit(() -> {}));
            assertThat(numbers).isEmpty();
            channel.config().setAutoRead(true);
        }
    }

    @Test
    @SuppressWarnings("deprecation") // Netty deprecates the setting but has no other
    void noMoreThanMaxMessagesComeBetweenTwoReadCompletes() throws Exception {
        BlockingQueue<Integer> batches = new LinkedBlockingQueue<>();
        UringDatagramChannel channel = udp.bind(udp.bootstrap(new ChannelInboundHandlerAdapter() {
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

    @Test
    void autoReadSwitchedAtRandomUnderTrafficLosesOnlyWhatTheKernelDropped() throws Exception {
        UringDatagramChannel channel = udp.bind(
                udp.bootstrap(received).option(ChannelOption.SO_RCVBUF, 100_000), Udp.INET);
        int fd = Posix.descriptor(channel.localAddress());
        int total = 60_000;
        AtomicBoolean sending = new AtomicBoolean(true);
        Peer peer = udp.peer();
        Thread sender = Thread.ofPlatform().start(() -> {
            for (int i = 0; i < total; i++) {
                peer.send(Udp.numbered(i, 64), channel.localAddress());
            }
            sending.set(false);
        });
        Random random = new Random(1);
        List<Integer> numbers = new ArrayList<>();
        while (sending.get()) {
            channel.config().setAutoRead(random.nextBoolean());
            if (random.nextInt(4) == 0) {
                channel.read();
            }
            for (int i = random.nextInt(2_000); i > 0; i--) {
                Thread.onSpinWait();
            }
            drain(numbers);
        }
        sender.join();
        channel.config().setAutoRead(true);
        long dropped = Posix.drops(fd);
        while (numbers.size() < total - dropped) {
            number(received.take(), numbers);
        }
        assertThat(numbers).isSorted().doesNotHaveDuplicates().hasSize((int) (total - dropped));
        // Few on a machine as slow as an emulator.
        assertThat(numbers).hasSizeGreaterThan(100);
        Udp.await(channel.eventLoop().submit(() -> {}));
        assertThat(received.packets).isEmpty();
    }

    private void drain(List<Integer> numbers) {
        for (DatagramPacket packet = received.packets.poll(); packet != null; packet = received.packets.poll()) {
            number(packet, numbers);
        }
    }

    private static void number(DatagramPacket packet, List<Integer> numbers) {
        int number = packet.content().getInt(0);
        assertThat(ByteBufUtil.getBytes(packet.content())).isEqualTo(Udp.numbered(number, 64));
        packet.release();
        numbers.add(number);
    }
}
