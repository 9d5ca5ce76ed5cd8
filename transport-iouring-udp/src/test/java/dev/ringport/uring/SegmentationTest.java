// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.uring;

import dev.ringport.uring.UringCounters.Counter;
import dev.ringport.uring.testing.NetworkNamespace;
import dev.ringport.uring.testing.Posix;
import dev.ringport.uring.testing.Udp;
import dev.ringport.uring.testing.Udp.Datagram;
import dev.ringport.uring.testing.Udp.Peer;
import dev.ringport.uring.testing.Udp.Recorder;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.CompositeByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.socket.DatagramPacket;
import io.netty.channel.unix.IntegerUnixChannelOption;
import io.netty.channel.unix.SegmentedDatagramPacket;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/** Sends that the kernel cuts up, and the same datagrams where it refuses to. */
class SegmentationTest {
    /** Without checksums Linux answers segmented sends with EINVAL or EIO. */
    private static final IntegerUnixChannelOption NO_CHECK = new IntegerUnixChannelOption("SO_NO_CHECK",
            Posix.SOL_SOCKET, Posix.SO_NO_CHECK);

    @AutoClose
    private final Udp udp = new Udp();

    private final List<ChannelFuture> writes = new ArrayList<>();
    private final List<ByteBuf> payloads = new ArrayList<>();
    private UringDatagramChannel channel;
    private Peer peer;

    @BeforeEach
    void open() {
        channel = udp.bind(new Recorder());
        peer = udp.peer();
    }

    private void write(int number, int length, InetSocketAddress to) {
        ByteBuf payload = Udp.direct(Udp.numbered(number, length));
        payloads.add(payload);
        writes.add(channel.write(new DatagramPacket(payload, to)));
    }

    private void expect(int number, int length) {
        Datagram datagram = peer.receive();
        assertThat(datagram.content()).isEqualTo(Udp.numbered(number, length));
        assertThat(datagram.sender()).isEqualTo(channel.localAddress());
    }

    private void expectAllDone() {
        writes.forEach(Udp::await);
        assertThat(payloads).allSatisfy(payload -> assertThat(payload.refCnt()).isZero());
        assertThat(peer.isIdle()).isTrue();
    }

    private static byte[] random(int length) {
        byte[] bytes = new byte[length];
        new Random(length).nextBytes(bytes);
        return bytes;
    }

    private void expectSegments(byte[] content, int segmentSize) {
        for (int offset = 0; offset < content.length; offset += segmentSize) {
            assertThat(peer.receive().content())
                    .isEqualTo(Arrays.copyOfRange(content, offset, Math.min(content.length, offset + segmentSize)));
        }
        assertThat(peer.isIdle()).isTrue();
    }

    @Test
    void datagramsOfOneSizeToOnePeerLeaveAsOneSend() {
        for (int i = 0; i < 40; i++) {
            write(i, 100, peer.address());
        }
        write(40, 60, peer.address());
        channel.flush();
        for (int i = 0; i < 40; i++) {
            expect(i, 100);
        }
        expect(40, 60);
        expectAllDone();
        assertThat(Udp.count(channel, Counter.SEGMENTED)).isEqualTo(41);
        assertThat(Udp.count(channel, Counter.SENDS)).isEqualTo(1);
    }

    @Test
    void withTheOptionOffEachDatagramIsASendOfItsOwn() {
        channel.config().setAutoSegmentation(false);
        for (int i = 0; i < 40; i++) {
            write(i, 100, peer.address());
        }
        channel.flush();
        for (int i = 0; i < 40; i++) {
            expect(i, 100);
        }
        expectAllDone();
        assertThat(Udp.count(channel, Counter.SEGMENTED)).isZero();
        assertThat(Udp.count(channel, Counter.SENDS)).isEqualTo(40);
    }

    @Test
    void datagramsToTwoPeersInTurnLeaveAsTwoTrains() {
        Peer other = udp.peer();
        for (int i = 0; i < 20; i++) {
            write(i, 200, peer.address());
            write(100 + i, 300, other.address());
        }
        channel.flush();
        for (int i = 0; i < 20; i++) {
            expect(i, 200);
            assertThat(other.receive().content()).isEqualTo(Udp.numbered(100 + i, 300));
        }
        expectAllDone();
        assertThat(Udp.count(channel, Counter.SENDS)).isEqualTo(2);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void datagramsOfAnySizeKeepTheirOrder(boolean refused) {
        channel.config().setOption(NO_CHECK, refused ? 1 : 0);
        Random random = new Random(3);
        int[] lengths = new int[1_000];
        for (int i = 0; i < lengths.length; i++) {
            lengths[i] = random.nextInt(3) == 0 ? 4 + random.nextInt(3_000) : i == 0 ? 50 : lengths[i - 1];
            write(i, lengths[i], peer.address());
            if (random.nextInt(40) == 0) {
                channel.flush();
            }
        }
        channel.flush();
        for (int i = 0; i < lengths.length; i++) {
            expect(i, lengths[i]);
        }
        expectAllDone();
        assertThat(Udp.count(channel, Counter.SEGMENTED) > 0).isNotEqualTo(refused);
    }

    @Test
    void aRefusedTrainIsSentOneByOneAheadOfWhatFollows() {
        assertThat(channel.config().setOption(NO_CHECK, 1)).isTrue();
        for (int round = 0; round < 3; round++) {
            for (int i = 0; i < 300; i++) {
                write(i, 100, peer.address());
            }
            write(300, 5_000, peer.address());
            channel.flush();
            for (int i = 0; i < 300; i++) {
                expect(i, 100);
            }
            expect(300, 5_000);
        }
        expectAllDone();
        assertThat(Udp.count(channel, Counter.SEGMENTATION_REFUSED)).isEqualTo(1);
        assertThat(Udp.count(channel, Counter.SEGMENTED)).isZero();
    }

    @ParameterizedTest
    @CsvSource({"1000, 100", "1050, 100", "100, 100", "100, 500", "6400, 100", "20000, 100", "70000, 1200",
        "200000, 1472", "130000, 65507", "3, 1"})
    void aSegmentedPacketArrivesAsDatagramsOfItsSegmentSize(int length, int segmentSize) {
        byte[] content = random(length);
        ByteBuf payload = Udp.direct(content);
        Udp.await(channel.writeAndFlush(new SegmentedDatagramPacket(payload, segmentSize, peer.address())));
        expectSegments(content, segmentSize);
        assertThat(payload.refCnt()).isZero();
    }

    @ParameterizedTest
    @CsvSource({"1050, 100", "20000, 100", "70000, 1200", "200000, 1472"})
    void aSegmentedPacketIsCutUpHereWhereTheKernelDoesNot(int length, int segmentSize) {
        channel.config().setOption(NO_CHECK, 1);
        byte[] content = random(length);
        for (int round = 0; round < 2; round++) {
            ByteBuf payload = Udp.direct(content);
            Udp.await(channel.writeAndFlush(new SegmentedDatagramPacket(payload, segmentSize, peer.address())));
            expectSegments(content, segmentSize);
            assertThat(payload.refCnt()).isZero();
        }
        assertThat(Udp.count(channel, Counter.SEGMENTATION_REFUSED)).isPositive();
    }

    @ParameterizedTest
    @ValueSource(ints = {3, 64, 65, 200})
    void aSegmentedPacketMayBeACompositeWhosePartsAreNotSegments(int parts) {
        byte[] content = random(parts * 70 + 5);
        for (int noCheck = 0; noCheck < 2; noCheck++) {
            channel.config().setOption(NO_CHECK, noCheck);
            CompositeByteBuf composite = Unpooled.compositeBuffer(1_000);
            for (int i = 0; i < parts; i++) {
                composite.addComponent(true, Udp.direct(Arrays.copyOfRange(content, i * 70, i * 70 + 70)));
            }
            composite.addComponent(true, Unpooled.wrappedBuffer(Arrays.copyOfRange(content, parts * 70,
                    content.length)));
            Udp.await(channel.writeAndFlush(new SegmentedDatagramPacket(composite, 101, peer.address())));
            expectSegments(content, 101);
            assertThat(composite.refCnt()).isZero();
        }
    }

    @Test
    void segmentedPacketsAndOrdinaryOnesKeepTheirOrder() {
        for (int i = 0; i < 30; i++) {
            write(i, 100, peer.address());
            writes.add(channel.write(new SegmentedDatagramPacket(
                    Unpooled.wrappedBuffer(Udp.numbered(1_000 + i, 100), Udp.numbered(2_000 + i, 100)), 100,
                    peer.address())));
            write(3_000 + i, 100, peer.address());
        }
        channel.flush();
        for (int i = 0; i < 30; i++) {
            expect(i, 100);
            expect(1_000 + i, 100);
            expect(2_000 + i, 100);
            expect(3_000 + i, 100);
        }
        expectAllDone();
    }

    @Test
    void oneFailureAmongManyStaysOnItsPromise() {
        InetSocketAddress portZero = Udp.at("127.0.0.1", 0);
        for (int i = 0; i < 50; i++) {
            write(i, 100, peer.address());
        }
        ChannelFuture alone = channel.write(new DatagramPacket(Udp.direct(new byte[100]), portZero));
        ChannelFuture train = channel.write(new DatagramPacket(Udp.direct(new byte[100]), portZero));
        for (int i = 50; i < 100; i++) {
            write(i, 100, peer.address());
        }
        channel.flush();
        for (int i = 0; i < 100; i++) {
            expect(i, 100);
        }
        assertThat(Udp.failure(alone)).hasMessageContaining("EINVAL");
        assertThat(Udp.failure(train)).hasMessageContaining("EINVAL");
        expectAllDone();
        write(100, 100, peer.address());
        write(101, 100, peer.address());
        channel.flush();
        expect(100, 100);
        expect(101, 100);
        expectAllDone();
        assertThat(Udp.count(channel, Counter.SEGMENTED)).as("a bad recipient says nothing about segmentation")
                .isEqualTo(102);
    }

    @Test
    void segmentsAboveTheMtuAreSentOneByOneAndOnlyTriedOnce() throws Exception {
        assumeTrue(NetworkNamespace.isEntered());
        NetworkNamespace.run("ip", "link", "set", "lo", "mtu", "1500");
        try {
            for (int round = 0; round < 2; round++) {
                for (int i = 0; i < 20; i++) {
                    write(i, 3_000, peer.address());
                }
                channel.flush();
                for (int i = 0; i < 20; i++) {
                    expect(i, 3_000);
                }
            }
            assertThat(Udp.count(channel, Counter.SEGMENTATION_REFUSED)).isEqualTo(1);
            for (int i = 0; i < 20; i++) {
                write(i, 1_000, peer.address());
            }
            channel.flush();
            for (int i = 0; i < 20; i++) {
                expect(i, 1_000);
            }
            expectAllDone();
            assertThat(Udp.count(channel, Counter.SEGMENTED)).isEqualTo(20);
        } finally {
            NetworkNamespace.run("ip", "link", "set", "lo", "mtu", "65536");
        }
    }
}
