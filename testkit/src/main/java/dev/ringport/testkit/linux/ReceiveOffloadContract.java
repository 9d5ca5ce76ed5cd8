// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.testkit.linux;

import dev.ringport.datagram.CompletionDatagramChannel;
import dev.ringport.testkit.Posix;
import dev.ringport.testkit.Udp;
import dev.ringport.testkit.Udp.Peer;
import dev.ringport.testkit.Udp.Recorder;
import dev.ringport.testkit.datagram.UdpContract;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.DatagramPacket;
import io.netty.channel.unix.SegmentedDatagramPacket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/** Trains that the kernel hands over whole reach the pipeline as the datagrams that were sent. */
public abstract class ReceiveOffloadContract extends UdpContract {
    /** Seen: the loopback device of 5.10 cuts trains up before the socket has them, that of 6.1 does not. */
    private static final boolean LOOPBACK_KEEPS_TRAINS = !System.getProperty("os.version").startsWith("5.");

    private final LinuxTransport<?, ?> linux;

    protected ReceiveOffloadContract(LinuxTransport<?, ?> transport) {
        super(transport);
        linux = transport;
    }

    private CompletionDatagramChannel receiver() {
        return receiver(true);
    }

    private CompletionDatagramChannel receiver(boolean autoRead) {
        CompletionDatagramChannel channel = udp.bind(
                udp.bootstrap(received)
                        .option(LinuxOptions.UDP_GRO, true)
                        .option(ChannelOption.AUTO_READ, autoRead),
                Udp.INET);
        int fd = Posix.descriptor(channel.localAddress());
        assertThat(Posix.getInt(fd, Posix.IPPROTO_UDP, Posix.UDP_GRO)).isEqualTo(1);
        Posix.forceReceiveBuffer(fd, Udp.RECEIVE_BUFFER);
        return channel;
    }

    private static byte[] random(int seed, int length) {
        byte[] bytes = new byte[length];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }

    private static void send(
            CompletionDatagramChannel from, byte[] content, int segmentSize, CompletionDatagramChannel to) {
        Udp.await(from.writeAndFlush(
                new SegmentedDatagramPacket(Unpooled.wrappedBuffer(content), segmentSize, to.localAddress())));
    }

    @ParameterizedTest
    @CsvSource({"1000, 100", "1050, 100", "1, 1", "100, 100", "8000, 1200", "8192, 128", "8193, 1200", "60000, 1200",
        "65507, 1472", "64, 1", "200000, 9000"})
    protected void aTrainComesAsOrdinaryPacketsOfTheSizesSent(int length, int segmentSize) {
        CompletionDatagramChannel sender = udp.bind(new Recorder());
        CompletionDatagramChannel channel = receiver();
        LinuxOptions.set(channel, MAX_DATAGRAM_PAYLOAD_SIZE, 9_000);
        byte[] content = random(length, length);
        send(sender, content, segmentSize, channel);
        for (int offset = 0; offset < length; offset += segmentSize) {
            DatagramPacket packet = received.take();
            assertThat(packet.getClass()).isEqualTo(DatagramPacket.class);
            assertThat(packet.sender()).isEqualTo(sender.localAddress());
            assertThat(packet.recipient()).isEqualTo(channel.localAddress());
            assertThat(packet.content().isDirect()).isTrue();
            assertThat(packet.content().isReadOnly()).isFalse();
            assertThat(packet.content().readerIndex()).isZero();
            assertThat(ByteBufUtil.getBytes(packet.content()))
                    .isEqualTo(Arrays.copyOfRange(content, offset, Math.min(length, offset + segmentSize)));
            packet.release();
        }
        assertThat(received.packets).isEmpty();
        int datagrams = (length + segmentSize - 1) / segmentSize;
        // The longest has, with its headers, more than the 64 KiB that a device takes at once: it may have been cut up on the way.
        if (length != 65_507 && LOOPBACK_KEEPS_TRAINS) {
            assertThat(linux.count(channel, LinuxCounter.COALESCED)).isEqualTo(datagrams == 1 ? 0 : datagrams);
        }
        assertThat(linux.count(channel, LinuxCounter.DROPPED)).isZero();
        assertThat(linux.count(channel, LinuxCounter.TRUNCATED)).isZero();
    }

    @Test
    protected void trainsAndSingleDatagramsMixInOrder() {
        CompletionDatagramChannel sender = udp.bind(new Recorder());
        CompletionDatagramChannel channel = receiver();
        Peer peer = udp.peer();
        int number = 0;
        for (int round = 0; round < 50; round++) {
            ByteBuf train = Unpooled.buffer();
            for (int i = 0; i < 20; i++) {
                train.writeBytes(Udp.numbered(number++, 1_000));
            }
            Udp.await(sender.writeAndFlush(new SegmentedDatagramPacket(train, 1_000, channel.localAddress())));
            peer.send(Udp.numbered(number++, 30), channel.localAddress());
            peer.send(new byte[0], channel.localAddress());
        }
        for (int expected = 0; expected < number; expected++) {
            byte[] content = received.takeBytes();
            assertThat(content).isEqualTo(Udp.numbered(expected, content.length == 30 ? 30 : 1_000));
            if (content.length == 30) {
                assertThat(received.takeBytes()).isEmpty();
            }
        }
    }

    @Test
    protected void aConsumerMayKeepWholeTrainsWhileMoreCome() {
        CompletionDatagramChannel sender = udp.bind(new Recorder());
        CompletionDatagramChannel channel = receiver();
        List<DatagramPacket> kept = new ArrayList<>();
        int trains = 200;
        for (int train = 0; train < trains; train++) {
            send(sender, random(train, 24_000), 1_200, channel);
            for (int i = 0; i < 20; i++) {
                kept.add(received.take());
            }
        }
        for (int train = 0; train < trains; train++) {
            byte[] content = random(train, 24_000);
            for (int i = 0; i < 20; i++) {
                DatagramPacket packet = kept.get(train * 20 + i);
                assertThat(ByteBufUtil.getBytes(packet.content()))
                        .isEqualTo(Arrays.copyOfRange(content, i * 1_200, i * 1_200 + 1_200));
                packet.release();
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"1000, 100", "24000, 1200"})
    protected void writingAllOverOnePacketOfATrainLeavesItsNeighboursAlone(int length, int segmentSize) {
        CompletionDatagramChannel sender = udp.bind(new Recorder());
        CompletionDatagramChannel channel = receiver();
        byte[] content = random(1, length);
        send(sender, content, segmentSize, channel);
        List<DatagramPacket> packets = new ArrayList<>();
        for (int i = 0; i < length / segmentSize; i++) {
            packets.add(received.take());
        }
        for (int i = 0; i < packets.size(); i += 2) {
            ByteBuf own = packets.get(i).content();
            own.setZero(0, own.capacity());
            own.clear().writeZero(own.writableBytes());
        }
        for (int i = 0; i < packets.size(); i++) {
            byte[] expected = i % 2 == 0
                    ? new byte[segmentSize]
                    : Arrays.copyOfRange(content, i * segmentSize, (i + 1) * segmentSize);
            assertThat(ByteBufUtil.getBytes(packets.get(i).content())).isEqualTo(expected);
            packets.get(i).release();
        }
    }

    @Test
    protected void withoutAutoReadOneReadGivesOneDatagramOfATrain() {
        CompletionDatagramChannel sender = udp.bind(new Recorder());
        CompletionDatagramChannel channel = receiver(false);
        byte[] content = random(4, 24_000);
        send(sender, content, 1_200, channel);
        send(sender, content, 1_200, channel);
        for (int i = 0; i < 40; i++) {
            assertThat(received.packets).isEmpty();
            channel.read();
            assertThat(received.takeBytes())
                    .isEqualTo(Arrays.copyOfRange(content, i % 20 * 1_200, i % 20 * 1_200 + 1_200));
            Udp.await(channel.eventLoop().submit(() -> {}));
        }
    }

    @ParameterizedTest
    @CsvSource({"1000, 100, 60", "24000, 1200, 1000", "24100, 1200, 1000", "24000, 1200, 1200", "24500, 1200, 500"})
    protected void aDatagramOfATrainIsCutAsOneThatComesAlone(int length, int segmentSize, int limit) {
        CompletionDatagramChannel sender = udp.bind(new Recorder());
        CompletionDatagramChannel channel = receiver();
        LinuxOptions.set(channel, MAX_DATAGRAM_PAYLOAD_SIZE, limit);
        byte[] content = random(length, length);
        int longer = 0;
        for (int round = 0; round < 3; round++) {
            send(sender, content, segmentSize, channel);
            for (int offset = 0; offset < length; offset += segmentSize) {
                int size = Math.min(segmentSize, length - offset);
                longer += size > limit ? 1 : 0;
                assertThat(received.takeBytes())
                        .isEqualTo(Arrays.copyOfRange(content, offset, offset + Math.min(size, limit)));
            }
        }
        assertThat(linux.count(channel, LinuxCounter.TRUNCATED)).isEqualTo(longer);
    }

    @Test
    protected void theFirstTrainComesWholeWithoutAnOptionSet() {
        assumeTrue(LOOPBACK_KEEPS_TRAINS);
        CompletionDatagramChannel sender = udp.bind(new Recorder());
        CompletionDatagramChannel channel = udp.bind(received);
        Udp.await(sender.writeAndFlush(new SegmentedDatagramPacket(
                Unpooled.wrappedBuffer(new byte[24_000]), 1_200, channel.localAddress())));
        for (int i = 0; i < 20; i++) {
            assertThat(received.takeBytes()).hasSize(1_200);
        }
        // One came, or twenty: the packets do not tell, but that they share a buffer does.
        send(sender, new byte[24_000], 1_200, channel);
        DatagramPacket first = received.take();
        DatagramPacket second = received.take();
        assertThat(second.content().memoryAddress() - first.content().memoryAddress()).isEqualTo(1_200);
        first.release();
        second.release();
        for (int i = 2; i < 20; i++) {
            received.take().release();
        }
    }

    @RepeatedTest(4)
    protected void offloadSwitchedOffUnderTrafficLosesAndGluesNothing() throws Exception {
        CompletionDatagramChannel sender = udp.bind(new Recorder());
        CompletionDatagramChannel channel = receiver();
        int total = 3_000;
        byte[] train = random(1, 50 * 200);
        Thread traffic = Thread.ofPlatform().start(() -> {
            for (int i = 0; i < total / 50; i++) {
                send(sender, train, 200, channel);
            }
        });
        for (int i = 0; i < total; i++) {
            if (i % 500 == 250) {
                LinuxOptions.set(channel, LinuxOptions.UDP_GRO, i % 1_000 == 750);
            }
            int offset = i % 50 * 200;
            assertThat(received.takeBytes()).as("datagram %d", i)
                    .isEqualTo(Arrays.copyOfRange(train, offset, offset + 200));
        }
        assertThat(traffic.join(Duration.ofSeconds(Udp.PATIENCE_SECONDS))).isTrue();
        assertThat(linux.count(channel, LinuxCounter.DROPPED)).isZero();
    }

    @RepeatedTest(4)
    protected void offloadMayBeSwitchedOnUnderTrafficWithNothingLost() throws Exception {
        CompletionDatagramChannel sender = udp.bind(new Recorder());
        CompletionDatagramChannel channel = udp.bind(
                udp.bootstrap(received).option(LinuxOptions.UDP_GRO, false), Udp.INET);
        int fd = Posix.descriptor(channel.localAddress());
        assertThat(Posix.getInt(fd, Posix.IPPROTO_UDP, Posix.UDP_GRO)).isZero();
        Posix.forceReceiveBuffer(fd, Udp.RECEIVE_BUFFER);
        int total = 3_000;
        byte[] train = random(1, 50 * 200);
        Thread traffic = Thread.ofPlatform().start(() -> {
            for (int i = 0; i < total / 50; i++) {
                send(sender, train, 200, channel);
            }
        });
        for (int i = 0; i < total; i++) {
            if (i == 500) {
                LinuxOptions.set(channel, LinuxOptions.UDP_GRO, true);
            }
            int offset = i % 50 * 200;
            assertThat(received.takeBytes()).as("datagram %d", i)
                    .isEqualTo(Arrays.copyOfRange(train, offset, offset + 200));
        }
        assertThat(traffic.join(Duration.ofSeconds(Udp.PATIENCE_SECONDS))).isTrue();
        assertThat(Posix.drops(fd)).isZero();
        assertThat(linux.count(channel, LinuxCounter.TRUNCATED)).isZero();
    }
}
