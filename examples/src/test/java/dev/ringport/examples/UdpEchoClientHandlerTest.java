// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.examples;

import io.netty.buffer.ByteBuf;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.channel.socket.DatagramPacket;
import io.netty.util.concurrent.MockTicker;
import io.netty.util.concurrent.Ticker;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** The client's bookkeeping, in a time that the tests set. */
class UdpEchoClientHandlerTest {
    private static final int SIZE = 64;
    private static final int WINDOW = 3;
    private static final InetSocketAddress ADDRESS = new InetSocketAddress(InetAddress.getLoopbackAddress(), 9);

    private final MockTicker ticker = Ticker.newMockTicker();
    private UdpEchoClientHandler handler;
    private EmbeddedChannel channel;

    private void start(int window, double rate) {
        handler = new UdpEchoClientHandler(SIZE, window, rate);
        channel = EmbeddedChannel.builder().ticker(ticker).handlers(handler).build();
    }

    @AfterEach
    void close() {
        channel.finishAndReleaseAll();
    }

    private ByteBuf sent() {
        return channel.readOutbound();
    }

    private void answer(ByteBuf content) {
        channel.writeInbound(new DatagramPacket(content, ADDRESS, ADDRESS));
    }

    private void pass(long millis) {
        ticker.advance(millis, TimeUnit.MILLISECONDS);
        channel.runPendingTasks();
    }

    @Test
    void anAnswerMakesRoomForTheNextDatagram() {
        start(WINDOW, 0);
        assertEquals(new Traffic(3, 0, 0), handler.traffic());
        ByteBuf first = sent();
        assertEquals(SIZE, first.readableBytes());
        pass(5);
        answer(first);
        assertEquals(new Traffic(4, 1, 0), handler.traffic());
        assertEquals(TimeUnit.MILLISECONDS.toNanos(5), handler.roundTrips().max());
    }

    @Test
    void aSecondAnswerCountsForNothing() {
        start(WINDOW, 0);
        ByteBuf first = sent();
        ByteBuf copy = first.copy();
        answer(first);
        answer(copy);
        assertEquals(new Traffic(4, 1, 0), handler.traffic());
        assertEquals(1, handler.unexpected());
        assertEquals(1, handler.roundTrips().total());
    }

    @Test
    void anotherContentCountsForNothing() {
        start(WINDOW, 0);
        ByteBuf first = sent();
        answer(first.copy(0, SIZE - 1));
        answer(first.copy(0, 3));
        answer(first.copy(0, SIZE).writerIndex(SIZE - 1));
        ByteBuf otherStamp = first.copy();
        otherStamp.setLong(4, otherStamp.getLong(4) + 1);
        answer(otherStamp);
        ByteBuf otherSequence = first.copy();
        otherSequence.setInt(0, 3);
        answer(otherSequence);
        assertEquals(new Traffic(3, 0, 0), handler.traffic());
        assertEquals(5, handler.unexpected());
        answer(first);
        assertEquals(new Traffic(4, 1, 0), handler.traffic());
    }

    @Test
    void aLostDatagramIsReplacedAndItsLateAnswerIgnored() {
        start(WINDOW, 0);
        ByteBuf late = sent();
        channel.releaseOutbound();
        pass(1000);
        assertEquals(new Traffic(3, 0, 0), handler.traffic());
        pass(100);
        assertEquals(new Traffic(6, 0, 3), handler.traffic());
        answer(late);
        assertEquals(new Traffic(6, 0, 3), handler.traffic());
        assertEquals(1, handler.unexpected());
        answer(sent());
        assertEquals(new Traffic(7, 1, 3), handler.traffic());
    }

    @Test
    void afterTheStopNothingIsSentAndWhatIsOutstandingIsWaitedFor() {
        start(WINDOW, 0);
        CompletableFuture<Void> ended = handler.ended();
        handler.stop(channel);
        channel.runPendingTasks();
        answer(sent());
        assertEquals(new Traffic(3, 1, 0), handler.traffic());
        assertFalse(ended.isDone());
        pass(1100);
        assertEquals(new Traffic(3, 1, 2), handler.traffic());
        assertTrue(ended.isDone());
        pass(5000);
        assertEquals(new Traffic(3, 1, 2), handler.traffic());
    }

    @Test
    void whatIsOutstandingAtTheCloseIsLost() {
        start(WINDOW, 0);
        answer(sent());
        channel.close().syncUninterruptibly();
        assertEquals(new Traffic(4, 1, 3), handler.traffic());
        handler.stop(channel);
        assertTrue(handler.ended().isDone());
    }

    @Test
    void theRateIsKept() {
        start(1000, 2000);
        assertEquals(1, handler.traffic().sent());
        for (int i = 0; i < 100; i++) {
            pass(1);
        }
        long count = handler.traffic().sent();
        assertTrue(count >= 200 && count <= 201, count + " in 100 ms");
    }

    @Test
    void theFirstFailureIsKept() {
        start(WINDOW, 0);
        assertNull(handler.firstFailure());
        IOException first = new IOException("first");
        channel.pipeline().fireExceptionCaught(first);
        channel.pipeline().fireExceptionCaught(new IOException("second"));
        assertSame(first, handler.firstFailure());
        assertTrue(channel.isOpen());
    }
}
