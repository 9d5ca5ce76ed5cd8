// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.datagram;

import dev.ringport.datagram.FakePort.FakeSlot;
import dev.ringport.datagram.send.DatagramSender.Outcome;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelPromise;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.socket.DatagramPacket;
import java.nio.channels.NotYetConnectedException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static dev.ringport.datagram.Packets.A;
import static dev.ringport.datagram.Packets.B;
import static dev.ringport.datagram.Packets.assertPending;
import static dev.ringport.datagram.Packets.assertSucceeded;
import static dev.ringport.datagram.Packets.payload;
import static dev.ringport.datagram.Packets.to;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Promises, references and the outbound buffer while sends complete. */
class SendCompletionTest {
    private final FakeLoop loop = new FakeLoop();
    private final FakeDatagramChannel channel = loop.open();

    private ChannelPromise writeCancelled(String name) {
        ChannelPromise promise = channel.newPromise();
        channel.queue(to(A, name), promise);
        promise.cancel(false);
        return promise;
    }

    @AfterEach
    void end() {
        loop.end();
    }

    @Test
    void cancelledMessagesAreNeverSentAndTheOthersOnce() {
        for (boolean[] cancelled : new boolean[][]{
            {false, true, false, true, false}, {true, true, false}, {false, true, true}, {true, false, true}}) {
            channel.port.wire.clear();
            List<ChannelFuture> kept = new ArrayList<>();
            List<String> expected = new ArrayList<>();
            for (int i = 0; i < cancelled.length; i++) {
                if (cancelled[i]) {
                    ChannelPromise _ = writeCancelled("cancelled" + i);
                } else {
                    kept.add(channel.write(to(A, "kept" + i)));
                    expected.add("kept" + i);
                }
            }
            channel.flush();
            channel.sendAll();
            assertEquals(expected, channel.wire());
            assertSucceeded(kept.toArray(new ChannelFuture[0]));
            assertEquals(0, channel.unsafe().outboundBuffer().size());
        }
    }

    @Test
    void onlyCancelledMessagesLeaveTheBufferThoughNothingIsSent() {
        ChannelPromise _ = writeCancelled("x");
        ChannelPromise _ = writeCancelled("y");
        channel.flush();
        assertTrue(channel.wire().isEmpty());
        assertTrue(channel.unsafe().outboundBuffer().isEmpty());
    }

    @Test
    void cancelledMessagesBehindTheLastSentOneLeaveTheBufferWithIt() {
        channel.queue(to(A, "sent"));
        ChannelPromise _ = writeCancelled("x");
        channel.flush();
        channel.sendAll();
        assertTrue(channel.unsafe().outboundBuffer().isEmpty());
    }

    @Test
    void emptyBufferWrittenByTheUserIsSent() {
        channel.connect(A).syncUninterruptibly();
        ChannelFuture before = channel.write(payload("before", 6));
        ChannelFuture empty = channel.write(Unpooled.EMPTY_BUFFER);
        ChannelFuture after = channel.writeAndFlush(payload("after", 5));
        channel.sendAll();
        assertEquals(List.of("before", "", "after"), channel.wire());
        assertSucceeded(before, empty, after);
    }

    @Test
    void emptyDatagramWithRecipientIsSent() {
        ChannelFuture empty = channel.writeAndFlush(new DatagramPacket(Unpooled.EMPTY_BUFFER, A));
        channel.sendAll();
        assertEquals(List.of(""), channel.wire());
        assertSucceeded(empty);
    }

    @Test
    void resultsInAnyOrderCompleteTheRightPromises() {
        for (int seed = 0; seed < 20; seed++) {
            List<ChannelFuture> futures = new ArrayList<>();
            for (int i = 0; i < 6; i++) {
                // Growing sizes, so that each is a send of its own.
                futures.add(channel.write(to(A, "m" + i, 10 + i)));
            }
            channel.config().setAutoSegmentation(false);
            channel.flush();
            List<FakeSlot> slots = new ArrayList<>(channel.port.inFlight);
            assertEquals(6, slots.size());
            FakeSlot failing = slots.get(seed % 6);
            Collections.shuffle(slots, new Random(seed));
            for (FakeSlot slot : slots) {
                boolean fails = slot == failing;
                channel.finish(slot, fails ? Outcome.FAILED : Outcome.SENT, fails ? new IllegalStateException() : null);
            }
            for (int i = 0; i < 6; i++) {
                assertEquals(i != seed % 6, futures.get(i).isSuccess());
                assertTrue(futures.get(i).isDone());
            }
        }
    }

    @Test
    void laterResultWaitsForTheHead() {
        channel.config().setAutoSegmentation(false);
        ChannelFuture first = channel.write(to(A, "1"));
        ChannelFuture second = channel.writeAndFlush(to(A, "2"));
        channel.finish(channel.port.inFlight.get(1), Outcome.SENT, null);
        assertPending(first, second);
        channel.finish(channel.port.inFlight.get(0), Outcome.SENT, null);
        assertSucceeded(first, second);
    }

    @Test
    void sendHoldsOneReferenceUntilItsResultAndNoneWhenThePromiseCompletes() {
        ByteBuf content = payload("held", 4).retain();
        int[] seen = new int[1];
        ChannelFuture future = channel.writeAndFlush(new DatagramPacket(content, A));
        future.addListener(done -> seen[0] = content.refCnt());
        assertEquals(3, content.refCnt());
        channel.finishNext(Outcome.SENT);
        assertEquals(1, seen[0]);
        content.release();
    }

    @Test
    void sameBufferQueuedSeveralTimesIsSentAsOften() {
        ByteBuf content = payload("again", 5);
        ChannelFuture one = channel.write(new DatagramPacket(content.retain(), A));
        ChannelFuture two = channel.write(new DatagramPacket(content.retain(), B));
        ChannelFuture three = channel.writeAndFlush(new DatagramPacket(content.retain(), A));
        channel.sendAll();
        assertEquals(3, channel.port.wire.size());
        assertSucceeded(one, two, three);
        assertEquals(1, content.refCnt());
        content.release();
    }

    @Test
    void writabilityChangesWithTheResultAndNotBefore() {
        channel.config().setWriteBufferWaterMark(new WriteBufferWaterMark(100, 200));
        channel.send(to(A, "big", 300));
        assertFalse(channel.isWritable());
        channel.finishNext(Outcome.SENT);
        assertTrue(channel.isWritable());
    }

    @Test
    void listenerThatWritesAndFlushesIsServedInTheSameCompletion() {
        List<ChannelFuture> all = new ArrayList<>();
        writeAgain(all, 50);
        channel.sendAll();
        assertEquals(51, channel.wire().size());
        assertSucceeded(all.toArray(new ChannelFuture[0]));
    }

    private void writeAgain(List<ChannelFuture> all, int more) {
        ChannelFuture future = channel.writeAndFlush(to(A, "m" + more));
        all.add(future);
        if (more > 0) {
            future.addListener(done -> writeAgain(all, more - 1));
        }
    }

    @Test
    void listenerThatClosesEndsTheChannelOnceTheOtherResultsAreThere() {
        channel.config().setAutoSegmentation(false);
        ChannelFuture first = channel.write(to(A, "1"));
        first.addListener(done -> channel.shut());
        ByteBuf content = payload("2", 1).retain();
        ChannelFuture second = channel.writeAndFlush(new DatagramPacket(content, A));
        channel.finishNext(Outcome.SENT);
        assertTrue(channel.isOpen());
        assertPending(second, channel.closeFuture());
        channel.finishNext(Outcome.SENT);
        loop.run();
        assertFalse(channel.isOpen());
        assertSucceeded(first, second, channel.closeFuture());
        assertEquals(1, content.refCnt());
        content.release();
    }

    @Test
    void messageWithoutRecipientFailsAloneWhileNotConnected() {
        ChannelFuture none = channel.write(payload("none", 4));
        ChannelFuture named = channel.writeAndFlush(to(A, "named"));
        channel.sendAll();
        assertInstanceOf(NotYetConnectedException.class, none.cause());
        assertSucceeded(named);
    }

    @Test
    void envelopeRecipientWinsOverTheConnectedPeer() {
        channel.connect(A).syncUninterruptibly();
        channel.queue(to(B, "b"));
        channel.send(payload("a", 1));
        channel.sendAll();
        assertEquals(
                List.of(new FakePort.Sent(B, "b"), new FakePort.Sent(null, "a")), channel.port.wire);
    }
}
