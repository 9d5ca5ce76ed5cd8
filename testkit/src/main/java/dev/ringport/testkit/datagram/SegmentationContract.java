// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.testkit.datagram;

import dev.ringport.datagram.CompletionDatagramChannel;
import dev.ringport.testkit.Udp;
import dev.ringport.testkit.Udp.Datagram;
import dev.ringport.testkit.Udp.Peer;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.CompositeByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.socket.DatagramPacket;
import io.netty.channel.unix.SegmentedDatagramPacket;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/** Sends that the kernel cuts up, and the same datagrams where it refuses to. */
public abstract class SegmentationContract extends UdpContract {
    protected SegmentationContract(DatagramTransport<?, ?> transport) {
        super(transport);
    }

    private final List<ChannelFuture> writes = new ArrayList<>();
    private final List<ByteBuf> payloads = new ArrayList<>();
    /** The sender. */
    protected CompletionDatagramChannel channel;
    /** To whom it sends. */
    protected Peer peer;

    @BeforeEach
    protected void open() {
        channel = udp.bind(received);
        peer = udp.peer();
    }

    protected final void write(int number, int length, InetSocketAddress to) {
        ByteBuf payload = Udp.direct(Udp.numbered(number, length));
        payloads.add(payload);
        writes.add(channel.write(new DatagramPacket(payload, to)));
    }

    protected final void expect(int number, int length) {
        Datagram datagram = peer.receive();
        assertThat(datagram.content()).isEqualTo(Udp.numbered(number, length));
        assertThat(datagram.sender()).isEqualTo(channel.localAddress());
    }

    protected final void expectAllDone() {
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

    /** From now on the system refuses to segment what the channel sends, or no longer does. */
    protected abstract void refuseSegmentation(boolean refuse);

    /** What is counted of a channel's sends. */
    protected enum Tally {
        /** Sends that the system was asked for. */
        SENDS,
        /** Datagrams that left as a part of a segmented send. */
        SEGMENTED,
        /** Segmented sends that the system refused. */
        REFUSED
    }

    /** How many there were so far. */
    protected abstract long counted(Tally tally);

    private void assertCounted(Tally tally, long expected) {
        assertThat(counted(tally)).as(tally.name()).isEqualTo(expected);
    }

    private void assertAny(Tally tally, boolean expected) {
        assertThat(counted(tally) > 0).as(tally.name()).isEqualTo(expected);
    }

    @Test
    protected void datagramsOfOneSizeToOnePeerLeaveAsOneSend() {
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
        assertCounted(Tally.SEGMENTED, 41);
        assertCounted(Tally.SENDS, 1);
    }

    @Test
    protected void withTheOptionOffEachDatagramIsASendOfItsOwn() {
        channel.config().setOption(transport.autoSegmentation(), false);
        for (int i = 0; i < 40; i++) {
            write(i, 100, peer.address());
        }
        channel.flush();
        for (int i = 0; i < 40; i++) {
            expect(i, 100);
        }
        expectAllDone();
        assertCounted(Tally.SEGMENTED, 0);
        assertCounted(Tally.SENDS, 40);
    }

    @Test
    protected void datagramsToTwoPeersInTurnLeaveAsTwoTrains() {
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
        assertCounted(Tally.SENDS, 2);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    protected void datagramsOfAnySizeKeepTheirOrder(boolean refused) {
        refuseSegmentation(refused);
        Random random = new Random(3);
        int[] lengths = new int[transport.thatFit(3_000) / 3];
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
        assertAny(Tally.SEGMENTED, !refused);
    }

    @Test
    protected void aRefusedTrainIsSentOneByOneAheadOfWhatFollows() {
        refuseSegmentation(true);
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
        assertCounted(Tally.REFUSED, 1);
        assertCounted(Tally.SEGMENTED, 0);
    }

    @ParameterizedTest
    @CsvSource({"1000, 100", "1050, 100", "100, 100", "100, 500", "6400, 100", "20000, 100", "70000, 1200",
        "200000, 1472", "130000, 65507", "3, 1"})
    protected void aSegmentedPacketArrivesAsDatagramsOfItsSegmentSize(int length, int segmentSize) {
        byte[] content = random(length);
        ByteBuf payload = Udp.direct(content);
        Udp.await(channel.writeAndFlush(new SegmentedDatagramPacket(payload, segmentSize, peer.address())));
        expectSegments(content, segmentSize);
        assertThat(payload.refCnt()).isZero();
    }

    @ParameterizedTest
    @CsvSource({"1050, 100", "20000, 100", "70000, 1200", "200000, 1472"})
    protected void aSegmentedPacketIsCutUpHereWhereTheKernelDoesNot(int length, int segmentSize) {
        refuseSegmentation(true);
        byte[] content = random(length);
        for (int round = 0; round < 2; round++) {
            ByteBuf payload = Udp.direct(content);
            Udp.await(channel.writeAndFlush(new SegmentedDatagramPacket(payload, segmentSize, peer.address())));
            expectSegments(content, segmentSize);
            assertThat(payload.refCnt()).isZero();
        }
        assertAny(Tally.REFUSED, true);
    }

    @ParameterizedTest
    @ValueSource(ints = {3, 64, 65, 200})
    protected void aSegmentedPacketMayBeACompositeWhosePartsAreNotSegments(int parts) {
        byte[] content = random(parts * 70 + 5);
        for (boolean refused : new boolean[]{false, true}) {
            refuseSegmentation(refused);
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
    protected void segmentedPacketsAndOrdinaryOnesKeepTheirOrder() {
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
    protected void oneFailureAmongManyStaysOnItsPromise() {
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
        assertThat(Udp.failure(alone)).isInstanceOf(SocketException.class);
        assertThat(Udp.failure(train)).isInstanceOf(SocketException.class);
        expectAllDone();
        write(100, 100, peer.address());
        write(101, 100, peer.address());
        channel.flush();
        expect(100, 100);
        expect(101, 100);
        expectAllDone();
        // A bad recipient says nothing about segmentation.
        assertCounted(Tally.SEGMENTED, 102);
    }
}
