// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.datagram;

import dev.ringport.datagram.send.DatagramSender.Outcome;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.DatagramPacket;
import java.nio.channels.ClosedChannelException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

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

/** Closing and leaving the loop while operations are under way. */
class ChannelEndTest {
    private final FakeLoop loop = new FakeLoop();
    private final FakeDatagramChannel channel = loop.open();

    @AfterEach
    void end() {
        loop.end();
    }

    @Test
    void closeWaitsForSendsAndTheirPromisesSucceed() {
        ByteBuf content = payload("bye", 3).retain();
        ChannelFuture future = channel.writeAndFlush(new DatagramPacket(content, A));
        ChannelFuture close = channel.close();
        ChannelFuture secondClose = channel.close();
        loop.run();
        assertPending(future, close, secondClose, channel.closeFuture());
        assertTrue(channel.isOpen());
        assertEquals(3, content.refCnt());
        channel.finishNext(Outcome.SENT);
        loop.run();
        assertSucceeded(future, close, secondClose, channel.closeFuture());
        assertEquals(1, content.refCnt());
        content.release();
    }

    @Test
    void messageFlushedRightBeforeCloseIsSent() {
        channel.holdPumps(true);
        ChannelFuture future = channel.writeAndFlush(to(A, "bye"));
        assertTrue(channel.port.inFlight.isEmpty());
        channel.shut();
        channel.sendAll();
        assertSucceeded(future);
        assertEquals(List.of("bye"), channel.wire());
    }

    /** What the pipeline hears of a channel that is active once it is registered, as with NIO. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    @SuppressWarnings("deprecation") // of the option, which still counts
    void aChannelThatIsClosedWhileItRegistersIsNotToldToBeActive(boolean inHandlerAdded) {
        List<String> heard = new ArrayList<>();
        List<ChannelFuture> writes = new ArrayList<>();
        FakeDatagramChannel closed = new FakeDatagramChannel();
        closed.config().setOption(ChannelOption.DATAGRAM_CHANNEL_ACTIVE_ON_REGISTRATION, true);
        closed.pipeline().addLast(new ChannelInboundHandlerAdapter() {
            @Override
            public void handlerAdded(ChannelHandlerContext context) {
                if (inHandlerAdded) {
                    sendAndClose(context);
                }
            }

            @Override
            public void channelRegistered(ChannelHandlerContext context) {
                heard.add("registered");
                if (!inHandlerAdded) {
                    sendAndClose(context);
                }
            }

            private void sendAndClose(ChannelHandlerContext context) {
                writes.add(context.writeAndFlush(to(A, "bye")));
                ChannelFuture _ = context.close();
                heard.add("active " + context.channel().isActive());
                writes.add(context.writeAndFlush(to(A, "late")));
            }

            @Override
            public void channelActive(ChannelHandlerContext context) {
                heard.add("active");
            }

            @Override
            public void channelInactive(ChannelHandlerContext context) {
                heard.add("inactive");
            }

            @Override
            public void channelUnregistered(ChannelHandlerContext context) {
                heard.add("unregistered");
            }
        });
        loop.join(closed);
        closed.sendAll();
        loop.run();
        assertSucceeded(writes.getFirst(), closed.closeFuture());
        assertInstanceOf(ClosedChannelException.class, writes.getLast().cause());
        assertEquals(List.of("bye"), closed.wire());
        assertEquals(inHandlerAdded
                ? List.of("active false", "registered", "inactive", "unregistered")
                : List.of("registered", "active false", "inactive", "unregistered"), heard);
    }

    @Test
    void messageWrittenWhileClosingIsNotSentAndFails() {
        channel.send(to(A, "bye"));
        channel.shut();
        ChannelFuture late = channel.writeAndFlush(to(A, "late"));
        channel.sendAll();
        loop.run();
        assertInstanceOf(ClosedChannelException.class, late.cause());
        assertEquals(List.of("bye"), channel.wire());
    }

    @Test
    void trainThatIsRefusedWhileTheChannelClosesIsSentOneByOneFirst() {
        ChannelFuture first = channel.write(to(A, "one"));
        ChannelFuture second = channel.write(to(A, "two"));
        ChannelFuture third = channel.writeAndFlush(to(A, "longer"));
        assertEquals(List.of(2), channel.port.sendSizes);
        ChannelFuture close = channel.close();
        ChannelFuture late = channel.writeAndFlush(to(A, "late"));
        channel.finishNext(Outcome.FAILED);
        loop.run();
        assertPending(close);
        channel.sendAll();
        loop.run();
        assertSucceeded(first, second, third, close);
        assertInstanceOf(ClosedChannelException.class, late.cause());
        assertEquals(List.of("one", "two", "longer"), channel.wire());
        assertEquals(channel.port.slots(), channel.port.freeSlots());
    }

    @Test
    void messageThatFoundNoSlotBeforeCloseIsSent() {
        ChannelFuture last = channel.newSucceededFuture();
        for (int i = 0; i < channel.port.slots() + 5; i++) {
            last = channel.write(to(i % 2 == 0 ? A : B, "m", i + 1));
        }
        channel.flush();
        channel.shut();
        ChannelFuture late = channel.writeAndFlush(to(A, "late"));
        channel.sendAll();
        loop.run();
        assertSucceeded(last, channel.closeFuture());
        assertInstanceOf(ClosedChannelException.class, late.cause());
        assertEquals(channel.port.slots() + 5, channel.wire().size());
    }

    @Test
    void datagramThatFindsNoRoomWhileTheChannelClosesIsSentWithinTheBoundWhereTheSystemMayWait() {
        channel.waitsForRoomAtClose = true;
        ChannelFuture future = channel.writeAndFlush(to(A, "bye"));
        ChannelFuture close = channel.close();
        channel.finishNext(Outcome.WOULD_BLOCK);
        loop.run();
        assertPending(future, close);
        channel.becomeWritable();
        channel.finishNext(Outcome.SENT);
        loop.run();
        assertSucceeded(future, close);
        assertEquals(List.of("bye"), channel.wire());
    }

    @Test
    void waitForRoomWhileClosingEndsWithTheBound() {
        channel.waitsForRoomAtClose = true;
        ChannelFuture future = channel.writeAndFlush(to(A, "bye"));
        ChannelFuture close = channel.close();
        channel.finishNext(Outcome.WOULD_BLOCK);
        loop.advanceMillis(9_999);
        assertPending(future, close);
        loop.advanceMillis(2);
        assertSucceeded(close);
        assertInstanceOf(ClosedChannelException.class, future.cause());
        assertEquals(channel.port.slots(), channel.port.freeSlots());
    }

    @Test
    void closeCancelsTheReceiveAndWaitsForItsEnd() {
        channel.read();
        ChannelFuture close = channel.close();
        assertEquals("RC", channel.receives.toString());
        assertPending(close);
        channel.receiveEnds(null);
        loop.run();
        assertSucceeded(close);
        assertEquals("RC", channel.receives.toString());
    }

    @Test
    void closeGivesUpAfterItsBoundAndTheSendKeepsItsReference() {
        ByteBuf content = payload("stuck", 5).retain();
        ChannelFuture future = channel.writeAndFlush(new DatagramPacket(content, A));
        ChannelFuture close = channel.close();
        loop.advanceMillis(9_999);
        assertPending(close);
        loop.advanceMillis(2);
        assertSucceeded(close);
        assertInstanceOf(ClosedChannelException.class, future.cause());
        assertEquals(2, content.refCnt());
        channel.finishNext(Outcome.SENT);
        assertEquals(1, content.refCnt());
        assertEquals(channel.port.slots(), channel.port.freeSlots());
        content.release();
    }

    @Test
    void whatWaitsForRoomIsGivenBackAtClose() {
        ByteBuf content = payload("waits", 5).retain();
        ChannelFuture future = channel.writeAndFlush(new DatagramPacket(content, A));
        channel.finishNext(Outcome.WOULD_BLOCK);
        assertEquals(3, content.refCnt());
        channel.shut();
        loop.run();
        assertFalse(channel.isOpen());
        assertInstanceOf(ClosedChannelException.class, future.cause());
        assertEquals(1, content.refCnt());
        content.release();
    }

    @Test
    void endOfTheLoopClosesWithoutWaiting() {
        ByteBuf content = payload("m", 1).retain();
        channel.send(new DatagramPacket(content, A));
        channel.giveUpWaiting();
        assertFalse(channel.isOpen());
        assertEquals(2, content.refCnt());
        channel.finishNext(Outcome.SENT);
        assertEquals(1, content.refCnt());
        content.release();
    }

    @Test
    void deregistrationWaitsForSendsAndWhatWaitsForRoomLeavesByTheNextPort() {
        ChannelFuture sent = channel.write(to(A, "sent"));
        ChannelFuture waits = channel.writeAndFlush(to(A, "waits", 10));
        channel.finish(channel.port.inFlight.get(1), Outcome.WOULD_BLOCK, null);
        ChannelFuture left = channel.deregister();
        loop.run();
        assertPending(left, sent);
        channel.finishNext(Outcome.SENT);
        loop.run();
        assertSucceeded(left, sent);
        assertPending(waits);
        assertEquals(channel.port.slots(), channel.port.freeSlots());

        channel.port = new FakePort(channel, 4);
        ChannelFuture meanwhile = channel.write(to(A, "meanwhile", 20));
        FakeLoop other = new FakeLoop();
        other.join(channel);
        channel.flush();
        channel.sendAll();
        assertSucceeded(waits, meanwhile);
        assertEquals(2, channel.port.wire.size());
        assertEquals(4, channel.port.freeSlots());
    }

    /** What waits for room would never be told of it. */
    @Test
    void aCloseRightAfterADeregistrationDoesNotWaitForRoom() {
        ChannelFuture waits = channel.writeAndFlush(to(A, "waits"));
        channel.finishNext(Outcome.WOULD_BLOCK);
        ChannelFuture left = channel.deregister();
        ChannelFuture close = channel.close();
        loop.run();
        assertSucceeded(left, close, channel.closeFuture());
        assertInstanceOf(ClosedChannelException.class, waits.cause());
        assertEquals(channel.port.slots(), channel.port.freeSlots());
    }

    @Test
    void deregistrationsWhosePromisesTellNobodyWait() {
        channel.send(to(A, "m"));
        channel.unsafe().deregister(channel.voidPromise());
        channel.unsafe().deregister(channel.voidPromise());
        ChannelFuture left = channel.deregister();
        loop.run();
        assertPending(left);
        channel.finishNext(Outcome.SENT);
        loop.run();
        assertSucceeded(left);
        assertFalse(channel.isRegistered());
    }

    @Test
    void readingGoesOnAtAnotherLoopWithWhatWasHeld() {
        Inbox inbox = Inbox.of(channel);
        channel.read();
        channel.arrive(payload("1", 1), true);
        channel.arrive(payload("2", 1), false);
        inbox.assertEvents("1", "complete");
        ChannelFuture left = channel.deregister();
        loop.run();
        assertSucceeded(left);
        FakeLoop other = new FakeLoop();
        other.join(channel);
        channel.read();
        other.run();
        inbox.assertEvents("1", "complete", "2", "complete");
    }
}
