// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.datagram;

import dev.ringport.datagram.FakePort.FakeSlot;
import dev.ringport.datagram.send.DatagramSender.Outcome;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.CompositeByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.socket.DatagramPacket;
import io.netty.channel.unix.SegmentedDatagramPacket;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static dev.ringport.datagram.Packets.A;
import static dev.ringport.datagram.Packets.B;
import static dev.ringport.datagram.Packets.assertPending;
import static dev.ringport.datagram.Packets.assertSucceeded;
import static dev.ringport.datagram.Packets.segmented;
import static dev.ringport.datagram.Packets.text;
import static dev.ringport.datagram.Packets.to;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** What the system refuses: segmentation, and sends for which it has no room. */
class SendRefusalTest {
    private final FakeLoop loop = new FakeLoop();
    private final FakeDatagramChannel channel = loop.open();

    private ChannelFuture[] train(String name, int messages, int size) {
        ChannelFuture[] futures = new ChannelFuture[messages];
        for (int i = 0; i < messages; i++) {
            futures[i] = channel.write(to(A, name + i, size));
        }
        return futures;
    }

    private int segmentsOfNext() {
        return channel.port.inFlight.get(0).operation().datagrams();
    }

    @AfterEach
    void end() {
        loop.end();
    }

    /** The train in flight is refused, and refused again. */
    private void refuseTwice(Outcome outcome) {
        assertTrue(segmentsOfNext() > 1);
        channel.finishNext(outcome);
        assertTrue(segmentsOfNext() > 1, "not tried again as a train");
        channel.finishNext(outcome);
    }

    @Test
    void refusedTrainIsSentOneByOneInOrderAheadOfLaterMessages() {
        ChannelFuture[] train = train("m", 3, 10);
        ChannelFuture later = channel.writeAndFlush(to(A, "later", 20));
        refuseTwice(Outcome.FAILED);
        ChannelFuture latest = channel.writeAndFlush(to(B, "latest"));
        channel.sendAll();
        assertEquals(List.of(text("m0", 10), text("m1", 10), text("m2", 10), text("later", 20), "latest"),
                channel.wire());
        assertSucceeded(train);
        assertSucceeded(later, latest);
        assertEquals(channel.port.slots(), channel.port.freeSlots());
    }

    @Test
    void trainOfASizeThatWasTakenBeforeKeepsItsPlaceWhenItIsRefused() {
        ChannelFuture[] taken = train("t", 2, 10);
        channel.flush();
        channel.sendAll();
        assertSucceeded(taken);
        channel.port.wire.clear();
        ChannelFuture[] refused = train("m", 3, 10);
        ChannelFuture shorter = channel.write(to(A, "s", 5));
        ChannelFuture longer = channel.writeAndFlush(to(A, "l", 20));
        refuseTwice(Outcome.TOO_LONG);
        channel.sendAll();
        assertEquals(
                List.of(text("m0", 10), text("m1", 10), text("m2", 10), text("s", 5), text("l", 20)), channel.wire());
        assertSucceeded(refused);
        assertSucceeded(shorter, longer);
    }

    @ParameterizedTest
    @EnumSource(names = {"ANSWERED", "TOO_LONG", "FAILED"})
    void errorThatBelongsToAnEarlierDatagramCostsATrainNothing(Outcome answer) {
        ChannelFuture[] train = train("m", 3, 10);
        channel.flush();
        channel.finishNext(answer);
        assertEquals(3, segmentsOfNext());
        channel.sendAll();
        assertSucceeded(train);
        ChannelFuture[] next = train("n", 3, 10);
        channel.flush();
        assertEquals(3, segmentsOfNext());
        channel.sendAll();
        assertSucceeded(next);
    }

    @Test
    void answersToEarlierDatagramsSayNothingAboutSegmentation() {
        ChannelFuture[] train = train("m", 2, 10);
        channel.flush();
        refuseTwice(Outcome.ANSWERED);
        channel.sendAll();
        assertSucceeded(train);
        ChannelFuture[] next = train("n", 2, 10);
        channel.flush();
        assertEquals(2, segmentsOfNext());
        channel.sendAll();
        assertSucceeded(next);
    }

    @Test
    void refusalIsRememberedForThatPeerAndForgottenAfterATime() {
        long[] seconds = {10, 20, 40, 80, 160, 320, 600, 600};
        for (long forgotten : seconds) {
            ChannelFuture[] refused = train("m", 2, 10);
            channel.flush();
            refuseTwice(Outcome.FAILED);
            channel.sendAll();
            assertSucceeded(refused);
            loop.advanceMillis(forgotten * 1_000 - 1);
            ChannelFuture[] single = train("s", 2, 5);
            ChannelFuture cut = channel.writeAndFlush(segmented(A, 3, 6));
            assertEquals(4, channel.port.inFlight.size());
            channel.sendAll();
            assertSucceeded(single);
            assertSucceeded(cut);
            ChannelFuture other = channel.write(to(B, "b1"));
            channel.send(to(B, "b2"));
            assertEquals(2, segmentsOfNext());
            channel.sendAll();
            assertSucceeded(other);
            loop.advanceMillis(1);
        }
        ChannelFuture[] taken = train("t", 2, 10);
        channel.flush();
        assertEquals(2, segmentsOfNext());
        channel.sendAll();
        assertSucceeded(taken);
        ChannelFuture[] refused = train("m", 2, 10);
        channel.flush();
        refuseTwice(Outcome.FAILED);
        channel.sendAll();
        assertSucceeded(refused);
        loop.advanceMillis(10_000);
        ChannelFuture[] again = train("a", 2, 10);
        channel.flush();
        assertEquals(2, segmentsOfNext());
        channel.sendAll();
        assertSucceeded(again);
    }

    @Test
    void refusalThatEachSingleDatagramSharesSaysNothingAboutSegmentation() {
        ChannelFuture[] bad = train("m", 2, 10);
        channel.flush();
        refuseTwice(Outcome.FAILED);
        channel.finishNext(Outcome.FAILED);
        channel.finishNext(Outcome.FAILED);
        assertTrue(bad[0].isDone() && !bad[0].isSuccess());
        assertTrue(bad[1].isDone() && !bad[1].isSuccess());
        ChannelFuture[] next = train("n", 2, 10);
        channel.flush();
        assertEquals(2, segmentsOfNext());
        channel.sendAll();
        assertSucceeded(next);
    }

    @Test
    void tooLongSegmentsAreRememberedByTheirSizeOnly() {
        ChannelFuture[] refused = train("m", 2, 1000);
        channel.flush();
        refuseTwice(Outcome.TOO_LONG);
        channel.sendAll();
        assertSucceeded(refused);
        ChannelFuture[] longer = train("l", 2, 1000);
        channel.flush();
        assertEquals(2, channel.port.inFlight.size());
        channel.sendAll();
        assertSucceeded(longer);
        ChannelFuture[] shorter = train("s", 2, 999);
        channel.flush();
        assertEquals(2, segmentsOfNext());
        channel.sendAll();
        assertSucceeded(shorter);
    }

    @Test
    void bufferThatGrewWhileItWaitedIsSentFromWhereItIs() {
        ByteBuf parent = Packets.payload("grows", 16);
        ChannelFuture future = channel.writeAndFlush(new DatagramPacket(parent.retainedSlice(0, 5), A));
        channel.finishNext(Outcome.WOULD_BLOCK);
        long before = parent.memoryAddress();
        parent.capacity(1 << 16);
        assertNotEquals(before, parent.memoryAddress());
        parent.setByte(0, 'G');
        channel.becomeWritable();
        channel.sendAll();
        assertEquals(List.of("Grows"), channel.wire());
        assertSucceeded(future);
        parent.release();
    }

    @Test
    void refusedPacketOfManyPiecesIsCutWhereItsSegmentsEnd() {
        CompositeByteBuf pieces = Unpooled.compositeBuffer();
        for (String piece : new String[]{"ab", "cdefg", "h", "ijk"}) {
            pieces.addComponent(true, Packets.payload(piece, piece.length()));
        }
        ChannelFuture future = channel.writeAndFlush(
                new SegmentedDatagramPacket(pieces, 3, A));
        refuseTwice(Outcome.FAILED);
        channel.sendAll();
        assertEquals(List.of("abc", "def", "ghi", "jk"), channel.wire());
        assertSucceeded(future);
    }

    @Test
    void refusedPacketFailsIfOneOfItsDatagramsDoes() {
        ChannelFuture cut = channel.writeAndFlush(segmented(A, 10, 30));
        refuseTwice(Outcome.FAILED);
        channel.finishNext(Outcome.SENT);
        channel.finishNext(Outcome.FAILED);
        assertPending(cut);
        channel.finishNext(Outcome.SENT);
        assertTrue(cut.isDone());
        assertFalse(cut.isSuccess());
    }

    @Test
    void onlyTheFailedDatagramOfARefusedTrainFails() {
        ChannelFuture[] train = train("m", 3, 10);
        channel.flush();
        refuseTwice(Outcome.FAILED);
        channel.finishNext(Outcome.SENT);
        channel.finishNext(Outcome.FAILED);
        channel.finishNext(Outcome.SENT);
        assertSucceeded(train[0], train[2]);
        assertFalse(train[1].isSuccess());
    }

    @Test
    void fullSendBufferKeepsOrderAndPromisesPending() {
        channel.port.room = 0;
        ChannelFuture first = channel.write(to(A, "1", 10));
        ChannelFuture second = channel.writeAndFlush(to(A, "2", 20));
        assertEquals(1, channel.port.inFlight.size());
        channel.finishNext(Outcome.WOULD_BLOCK);
        assertTrue(channel.port.inFlight.isEmpty());
        assertEquals(channel.port.slots(), channel.port.freeSlots());
        ChannelFuture third = channel.writeAndFlush(to(B, "3", 10));
        assertTrue(channel.port.inFlight.isEmpty());
        assertPending(first, second, third);
        channel.port.room = Long.MAX_VALUE;
        channel.becomeWritable();
        channel.sendAll();
        assertEquals(List.of(text("1", 10), text("2", 20), text("3", 10)), channel.wire());
        assertSucceeded(first, second, third);
        assertEquals(1, channel.port.waitsAsked);
    }

    @Test
    void severalFullResultsAreSentAgainInTheirOrderAndWaitOnce() {
        channel.config().setAutoSegmentation(false);
        ChannelFuture[] all = train("m", 4, 10);
        channel.flush();
        List<FakeSlot> slots = List.copyOf(channel.port.inFlight);
        channel.finish(slots.get(3), Outcome.WOULD_BLOCK, null);
        channel.finish(slots.get(1), Outcome.WOULD_BLOCK, null);
        channel.finish(channel.port.take(0, Outcome.SENT), Outcome.SENT, null);
        channel.finish(slots.get(2), Outcome.WOULD_BLOCK, null);
        assertEquals(1, channel.port.waitsAsked);
        channel.becomeWritable();
        channel.sendAll();
        assertEquals(List.of(text("m0", 10), text("m1", 10), text("m2", 10), text("m3", 10)), channel.wire());
        assertSucceeded(all);
    }

    @Test
    void refusedTrainThatMeetsAFullBufferGoesOnWhereItStood() {
        ChannelFuture[] train = train("m", 3, 10);
        channel.flush();
        refuseTwice(Outcome.FAILED);
        channel.finishNext(Outcome.SENT);
        channel.finishNext(Outcome.WOULD_BLOCK);
        channel.finishNext(Outcome.WOULD_BLOCK);
        assertEquals(channel.port.slots(), channel.port.freeSlots());
        channel.becomeWritable();
        channel.sendAll();
        assertEquals(List.of(text("m0", 10), text("m1", 10), text("m2", 10)), channel.wire());
        assertSucceeded(train);
    }

    @Test
    void slotsThatAreSpentElsewhereAreWaitedForBeforeSendingAgain() {
        ChannelFuture future = channel.writeAndFlush(to(A, "m"));
        channel.finishNext(Outcome.WOULD_BLOCK);
        FakeSlot[] others = new FakeSlot[channel.port.slots()];
        for (int i = 0; i < others.length; i++) {
            others[i] = (FakeSlot) channel.port.claim();
        }
        channel.becomeWritable();
        assertTrue(channel.port.inFlight.isEmpty());
        channel.port.release(others[0]);
        channel.serve();
        channel.sendAll();
        assertSucceeded(future);
    }

    @Test
    void causeOfAFailedSendIsThePromisesCause() {
        ChannelFuture future = channel.writeAndFlush(to(A, "m"));
        IOException cause = new IOException("scripted");
        channel.finish(channel.port.inFlight.get(0), Outcome.FAILED, cause);
        assertSame(cause, future.cause());
        assertTrue(channel.isOpen());
    }
}
