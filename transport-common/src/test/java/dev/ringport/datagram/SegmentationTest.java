// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.datagram;

import dev.ringport.datagram.send.DatagramSender.Outcome;
import dev.ringport.datagram.send.TrainBuilder;
import io.netty.buffer.CompositeByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.socket.DatagramPacket;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static dev.ringport.datagram.Packets.A;
import static dev.ringport.datagram.Packets.B;
import static dev.ringport.datagram.Packets.assertPending;
import static dev.ringport.datagram.Packets.assertSucceeded;
import static dev.ringport.datagram.Packets.payload;
import static dev.ringport.datagram.Packets.segmented;
import static dev.ringport.datagram.Packets.text;
import static dev.ringport.datagram.Packets.to;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Which messages leave together. */
class SegmentationTest {
    private final FakeLoop loop = new FakeLoop();
    private final FakeDatagramChannel channel = loop.open();

    @AfterEach
    void end() {
        loop.end();
    }

    @Test
    void messagesToTwoPeersInTurnLeaveAsTwoTrains() {
        for (int i = 0; i < 3; i++) {
            channel.queue(to(A, "a" + i));
            channel.queue(to(B, "b" + i));
        }
        channel.flush();
        assertEquals(List.of(3, 3), channel.port.sendSizes);
        channel.sendAll();
        assertEquals(List.of("a0", "a1", "a2", "b0", "b1", "b2"), channel.wire());
    }

    @Test
    void shorterMessageEndsTheTrain() {
        channel.queue(to(A, "1", 100));
        channel.queue(to(A, "2", 100));
        channel.queue(to(A, "3", 40));
        channel.queue(to(A, "4", 40));
        channel.flush();
        channel.sendAll();
        assertEquals(List.of(3, 1), channel.port.sendSizes);
        assertEquals(List.of(text("1", 100), text("2", 100), text("3", 40), text("4", 40)), channel.wire());
    }

    @Test
    void longerMessageStartsANewTrain() {
        for (int size : new int[]{50, 50, 60, 60}) {
            channel.queue(to(A, "m", size));
        }
        channel.flush();
        channel.sendAll();
        assertEquals(List.of(2, 2), channel.port.sendSizes);
    }

    @Test
    void trainCarriesAtMost64Datagrams() {
        for (int i = 0; i < 130; i++) {
            channel.queue(to(A, "m" + i, 10));
        }
        channel.flush();
        channel.sendAll();
        assertEquals(List.of(64, 64, 2), channel.port.sendSizes);
        assertEquals(130, channel.wire().size());
        assertEquals(text("m129", 10), channel.wire().get(129));
    }

    @Test
    void trainCarriesAsManyDatagramsAsTheSystemSays() {
        channel.port.mostSegments = 512;
        for (int i = 0; i < 900; i++) {
            channel.queue(to(A, "m" + i, 10));
        }
        channel.queue(segmented(A, 6, 6_000));
        channel.flush();
        channel.sendAll();
        assertEquals(List.of(512, 388, 512, 488), channel.port.sendSizes);
        assertEquals(1_900, channel.wire().size());
        assertEquals(text("m899", 10), channel.wire().get(899));
        channel.port.mostSegments = 64;
        for (int i = 0; i < 65; i++) {
            channel.queue(to(A, "m" + i, 10));
        }
        channel.flush();
        channel.sendAll();
        assertEquals(List.of(64, 1), channel.port.sendSizes.subList(4, 6));
    }

    @Test
    void trainCarriesAtMost65507Bytes() {
        for (int i = 0; i < 40; i++) {
            channel.queue(to(A, "m" + i, 2_000));
        }
        channel.flush();
        channel.sendAll();
        assertEquals(List.of(32, 8), channel.port.sendSizes);
    }

    @Test
    void nothingToAPeerIsSubmittedWhileATrainToItIsUnderWay() {
        channel.queue(to(A, "a1", 100));
        channel.queue(to(A, "a2", 100));
        channel.queue(to(B, "b1", 100));
        channel.queue(to(A, "a3", 200));
        channel.queue(to(B, "b2", 200));
        channel.flush();
        assertEquals(List.of(2, 1), channel.port.sendSizes);
        channel.finishNext(Outcome.SENT);
        assertEquals(List.of(2, 1), channel.port.sendSizes);
        channel.finishNext(Outcome.SENT);
        assertEquals(List.of(2, 1, 1, 1), channel.port.sendSizes);
    }

    @Test
    void messagesOfSeveralPiecesAreGatheredAndGoByThemselves() {
        CompositeByteBuf composite = Unpooled.compositeBuffer()
                .addComponent(true, payload("one", 3))
                .addComponent(true, payload("two", 3));
        channel.queue(to(A, "before"));
        channel.queue(new DatagramPacket(composite, A));
        channel.queue(to(A, "behind"));
        channel.flush();
        assertEquals(2, channel.port.inFlight.get(1).operation().pieces());
        assertEquals(List.of(1, 1, 1), channel.port.sendSizes);
        channel.sendAll();
        assertEquals(List.of("before", "onetwo", "behind"), channel.wire());
    }

    @Test
    void emptyMessageNeitherJoinsNorStartsATrain() {
        channel.queue(to(A, "x"));
        channel.queue(to(A, ""));
        channel.queue(to(A, ""));
        channel.queue(to(A, "y"));
        channel.flush();
        channel.sendAll();
        assertEquals(List.of(1, 1, 1, 1), channel.port.sendSizes);
        assertEquals(List.of("x", "", "", "y"), channel.wire());
    }

    @Test
    void eachMessageGoesByItselfWhenSwitchedOffOrNotPossible() {
        channel.port.segments = false;
        channel.queue(to(A, "1"));
        channel.send(to(A, "2"));
        channel.port.segments = true;
        channel.config().setAutoSegmentation(false);
        channel.queue(to(A, "3"));
        channel.send(to(A, "4"));
        assertEquals(List.of(1, 1, 1, 1), channel.port.sendSizes);
    }

    private static List<String> numbered(int segmentSize, int length) {
        List<String> expected = new ArrayList<>();
        for (int i = 0, at = 0; at < length; i++, at += segmentSize) {
            expected.add((i + "_" + ".".repeat(segmentSize)).substring(0, Math.min(segmentSize, length - at)));
        }
        return expected;
    }

    @Test
    void packetCutUpByTheUserLeavesInAsFewSendsAsTheLimitsAllow() {
        for (int[] sizes : new int[][]{{1000, 150_500}, {10, 1995}, {100, 64 * 100}, {100, 64 * 100 + 1}}) {
            channel.port.wire.clear();
            channel.port.sendSizes.clear();
            ChannelFuture future = channel.writeAndFlush(segmented(A, sizes[0], sizes[1]));
            channel.sendAll();
            assertSucceeded(future);
            assertEquals(numbered(sizes[0], sizes[1]), channel.wire());
            int datagrams = (sizes[1] + sizes[0] - 1) / sizes[0];
            int each = Math.min(64, 65_507 / sizes[0]);
            assertEquals((datagrams + each - 1) / each, channel.port.sendSizes.size());
        }
    }

    @Test
    void packetWithSegmentsNotShorterThanItselfIsOnePlainDatagram() {
        channel.send(segmented(A, 100, 100));
        assertEquals(0, channel.port.inFlight.get(0).operation().segmentSize());
        channel.finishNext(Outcome.SENT);
        channel.send(segmented(A, 200, 100));
        assertEquals(0, channel.port.inFlight.get(0).operation().segmentSize());
        assertEquals(List.of(1, 1), channel.port.sendSizes);
    }

    @Test
    void packetIsCutUpInSoftwareWhereTheSystemDoesNot() {
        channel.port.segments = false;
        ChannelFuture cut = channel.write(segmented(A, 100, 1050));
        ChannelFuture behind = channel.writeAndFlush(to(A, "behind"));
        assertEquals(12, channel.port.inFlight.size());
        channel.sendAll();
        List<String> expected = numbered(100, 1050);
        expected.add("behind");
        assertEquals(expected, channel.wire());
        assertSucceeded(cut, behind);
    }

    @Test
    void packetWhoseSlotsRunOutInItsMiddleGoesOnThere() {
        channel.port = new FakePort(channel, 3);
        channel.datagramSender().attach(channel.port, new TrainBuilder(FakeDatagramChannel.CODEC), false);
        channel.port.segments = false;
        ChannelFuture before = channel.write(to(A, "before"));
        ChannelFuture cut = channel.write(segmented(A, 100, 1050));
        ChannelFuture behind = channel.writeAndFlush(to(A, "behind"));
        assertEquals(3, channel.port.inFlight.size());
        channel.finishNext(Outcome.SENT);
        assertSucceeded(before);
        assertPending(cut);
        channel.sendAll();
        List<String> expected = numbered(100, 1050);
        expected.add(0, "before");
        expected.add("behind");
        assertEquals(expected, channel.wire());
        assertSucceeded(cut, behind);
        assertEquals(3, channel.port.freeSlots());
    }

    @Test
    void promiseOfACutUpPacketFailsIfOneOfItsDatagramsDoes() {
        channel.port.segments = false;
        ChannelFuture cut = channel.writeAndFlush(segmented(A, 100, 300));
        channel.finishNext(Outcome.SENT);
        channel.finishNext(Outcome.FAILED);
        assertPending(cut);
        channel.finishNext(Outcome.SENT);
        assertTrue(cut.isDone());
        assertFalse(cut.isSuccess());
    }

    @Test
    void packetCutUpByTheUserKeepsItsPlaceAmongPlainOnes() {
        channel.queue(to(A, "1", 50));
        channel.queue(segmented(A, 50, 120));
        channel.send(to(A, "2", 50));
        channel.sendAll();
        List<String> expected = numbered(50, 120);
        expected.add(0, text("1", 50));
        expected.add(text("2", 50));
        assertEquals(expected, channel.wire());
    }

    @Test
    void maxMessagesPerWriteBoundsOnePassAndTheRestFollows() {
        channel.config().setMaxMessagesPerWrite(4);
        for (int i = 0; i < 10; i++) {
            channel.queue(to(A, "m" + i));
        }
        channel.flush();
        channel.sendAll();
        assertEquals(10, channel.wire().size());
        assertEquals(List.of(4, 4, 2), channel.port.sendSizes);
    }
}
