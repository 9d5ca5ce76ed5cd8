// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.datagram;

import dev.ringport.datagram.FakePort.FakeSlot;
import dev.ringport.datagram.send.DatagramSender.Outcome;
import dev.ringport.datagram.send.TrainBuilder;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.CompositeByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.DatagramPacket;
import io.netty.channel.unix.SegmentedDatagramPacket;
import java.io.IOException;
import java.nio.channels.AlreadyConnectedException;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static dev.ringport.datagram.Packets.A;
import static dev.ringport.datagram.Packets.B;
import static dev.ringport.datagram.Packets.LOCAL;
import static dev.ringport.datagram.Packets.assertPending;
import static dev.ringport.datagram.Packets.assertSucceeded;
import static dev.ringport.datagram.Packets.payload;
import static dev.ringport.datagram.Packets.segmented;
import static dev.ringport.datagram.Packets.to;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Messages that once were at risk of being stuck, lost, or taken for another. */
class SendProgressTest {
    private final FakeLoop loop = new FakeLoop();
    private final FakeDatagramChannel channel = loop.open();

    @AfterEach
    void end() {
        loop.end();
    }

    @Test
    void flushWhileASendGoesAloneIsSentAfterItsResult() {
        channel.queue(to(A, "a1"));
        channel.send(to(A, "a2"));
        ChannelFuture meanwhile = channel.writeAndFlush(to(A, "meanwhile"));
        assertEquals(1, channel.port.inFlight.size());
        channel.sendAll();
        assertSucceeded(meanwhile);
        assertEquals(List.of("a1", "a2", "meanwhile"), channel.wire());
    }

    @Test
    void slotThatIsFreedWhileASendGoesAloneIsUsedAfterItsResult() {
        channel.port = new FakePort(channel, 2);
        channel.datagramSender().attach(channel.port, new TrainBuilder(FakeDatagramChannel.CODEC), false);
        FakeSlot others = (FakeSlot) channel.port.claim();
        channel.queue(to(A, "a1"));
        channel.queue(to(A, "a2"));
        ChannelFuture starved = channel.writeAndFlush(to(B, "b"));
        assertTrue(channel.port.starved);
        channel.port.release(others);
        channel.serve();
        channel.sendAll();
        assertSucceeded(starved);
        assertEquals(List.of("a1", "a2", "b"), channel.wire());
    }

    @Test
    void sendsThatHaveNotLeftYetCountAgainstTheRoom() {
        channel.config().setAutoSegmentation(false);
        channel.port.room = 10_000;
        for (int i = 0; i < 5; i++) {
            channel.queue(to(A, "m" + i, 1_000));
        }
        channel.flush();
        // Each is charged 3,536 bytes, and nothing has gone out yet that the system could count.
        assertEquals(2, channel.port.inFlight.size());
    }

    @Test
    void resultsAfterADisconnectCompleteTheirOwnMessages() {
        FakeDatagramChannel unbound = new FakeDatagramChannel();
        unbound.config().setAutoRead(false);
        loop.join(unbound);
        unbound.connect(A).syncUninterruptibly();
        ChannelFuture before = unbound.writeAndFlush(payload("before", 6));
        FakeSlot slot = unbound.port.inFlight.get(0);
        unbound.disconnect().syncUninterruptibly();
        assertFalse(unbound.isActive());
        ChannelFuture between = unbound.writeAndFlush(payload("between", 7));
        unbound.connect(B).syncUninterruptibly();
        ChannelFuture after = unbound.writeAndFlush(payload("after", 5));
        unbound.finish(unbound.port.take(unbound.port.inFlight.indexOf(slot), Outcome.SENT), Outcome.SENT, null);
        unbound.sendAll();
        loop.run();
        assertTrue(before.isDone());
        assertTrue(between.isDone());
        assertSucceeded(after);
        assertTrue(unbound.wire().contains("after"));
    }

    @Test
    void messageThatWaitsForRoomGoesToThePeerItWasWrittenFor() {
        channel.connect(A).syncUninterruptibly();
        channel.send(payload("m", 1));
        channel.finishNext(Outcome.WOULD_BLOCK);
        channel.disconnect().syncUninterruptibly();
        channel.connect(B).syncUninterruptibly();
        channel.becomeWritable();
        channel.sendAll();
        assertEquals(List.of(new FakePort.Sent(A, "m")), channel.port.wire);
    }

    @Test
    void whereAConnectionBindsOnlyWhatIsForThePeerLeavesAndItLeavesByTheConnection() {
        channel.port.sendsPastConnection = false;
        channel.connect(A).syncUninterruptibly();
        ChannelFuture first = channel.write(payload("1", 1));
        ChannelFuture stranger = channel.write(to(B, "2"));
        ChannelFuture second = channel.write(new DatagramPacket(payload("3", 1), A));
        ChannelFuture segmented = channel.write(segmented(B, 1, 3));
        channel.flush();
        channel.sendAll();
        assertSucceeded(first);
        assertSucceeded(second);
        assertInstanceOf(AlreadyConnectedException.class, stranger.cause());
        assertInstanceOf(AlreadyConnectedException.class, segmented.cause());
        assertEquals(List.of(new FakePort.Sent(null, "1"), new FakePort.Sent(null, "3")), channel.port.wire);
        channel.disconnect().syncUninterruptibly();
        ChannelFuture free = channel.writeAndFlush(to(B, "4"));
        channel.sendAll();
        assertSucceeded(free);
    }

    @Test
    void packetWithoutRecipientGoesToTheConnectedPeer() {
        channel.connect(A).syncUninterruptibly();
        ChannelFuture future = channel.writeAndFlush(new DatagramPacket(payload("m", 1), null, B));
        channel.sendAll();
        assertSucceeded(future);
        assertEquals(List.of(new FakePort.Sent(null, "m")), channel.port.wire);
    }

    @Test
    void payloadThatFailsToBeGatheredCostsNoSlot() {
        ByteBuf broken = payload("x", 1);
        CompositeByteBuf composite = Unpooled.compositeBuffer()
                .addComponent(true, payload("y", 1))
                .addComponent(true, broken);
        channel.port.room = 0;
        ChannelFuture failing = channel.write(new DatagramPacket(composite, A));
        ChannelFuture behind = channel.write(to(A, "behind"));
        broken.release();
        channel.flush();
        channel.sendAll();
        assertTrue(failing.isDone());
        assertFalse(failing.isSuccess());
        assertSucceeded(behind);
        assertEquals(channel.port.slots(), channel.port.freeSlots());
    }

    @Test
    void cutUpPayloadThatFailsToBeGatheredCostsNoSlotAndNoOtherMessage() {
        ByteBuf broken = payload("x", 1);
        CompositeByteBuf composite = Unpooled.compositeBuffer()
                .addComponent(true, payload("y", 1))
                .addComponent(true, broken);
        ChannelFuture failing = channel.write(
                new SegmentedDatagramPacket(composite, 1, A));
        ChannelFuture behind = channel.write(segmented(A, 10, 30));
        ChannelFuture last = channel.write(to(A, "last"));
        broken.release();
        channel.flush();
        channel.sendAll();
        assertTrue(failing.isDone());
        assertFalse(failing.isSuccess());
        assertSucceeded(behind, last);
        assertEquals(4, channel.wire().size());
        assertEquals(channel.port.slots(), channel.port.freeSlots());
    }

    @Test
    void fullSendBufferFoundWhileClosingDoesNotHoldUpTheClose() {
        ChannelFuture future = channel.writeAndFlush(to(A, "m"));
        channel.shut();
        assertPending(future, channel.closeFuture());
        channel.finishNext(Outcome.WOULD_BLOCK);
        loop.run();
        assertFalse(channel.isOpen());
        assertTrue(future.isDone());
    }

    @Test
    void secondDeregistrationWaitsForTheOperationsToo() {
        channel.send(to(A, "m"));
        ChannelFuture one = channel.deregister();
        ChannelFuture two = channel.deregister();
        loop.run();
        assertPending(one, two);
        assertTrue(channel.isRegistered());
        channel.finishNext(Outcome.SENT);
        loop.run();
        assertSucceeded(one, two);
        assertFalse(channel.isRegistered());
    }

    @Test
    void deregistrationWhileClosingWaitsForTheClose() {
        channel.send(to(A, "m"));
        ChannelFuture close = channel.close();
        ChannelFuture deregistration = channel.deregister();
        loop.run();
        assertPending(close, deregistration);
        assertTrue(channel.isRegistered());
        channel.finishNext(Outcome.SENT);
        loop.run();
        assertSucceeded(close, deregistration);
    }

    @Test
    void channelThatWasBoundByAFailedConnectBecomesActive() {
        FakeDatagramChannel unbound = new FakeDatagramChannel();
        loop.join(unbound);
        AtomicInteger active = new AtomicInteger();
        unbound.pipeline().addLast(new ChannelInboundHandlerAdapter() {
            @Override
            public void channelActive(ChannelHandlerContext ctx) {
                active.incrementAndGet();
                ctx.fireChannelActive();
            }
        });
        unbound.connectFails = new IOException("scripted");
        assertFalse(unbound.connect(A, LOCAL).isSuccess());
        assertEquals(unbound.isActive() ? 1 : 0, active.get());
    }

    @Test
    void deregistrationWaitsForSendsAndOneCanGoOnAtAnotherPort() {
        ChannelFuture sent = channel.write(to(A, "sent"));
        ChannelFuture waits = channel.writeAndFlush(to(A, "waits", 10));
        assertEquals(2, channel.port.inFlight.size());
        ChannelFuture left = channel.deregister();
        FakeSlot second = channel.port.inFlight.get(1);
        channel.finishNext(Outcome.SENT);
        loop.run();
        assertPending(left, waits);
        channel.finish(second, Outcome.WOULD_BLOCK, null);
        loop.run();
        assertSucceeded(left, sent);
        assertPending(waits);
        FakePort before = channel.port;
        assertEquals(before.slots(), before.freeSlots());

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

    @Test
    void sendThatMightNotFitGoesAlone() {
        channel.config().setAutoSegmentation(false);
        channel.port.room = 4_000;
        ChannelFuture[] all = new ChannelFuture[3];
        for (int i = 0; i < all.length; i++) {
            all[i] = channel.write(to(A, "m" + i, 1_000));
        }
        channel.flush();
        assertEquals(1, channel.port.inFlight.size());
        channel.port.room = 464;
        channel.finishNext(Outcome.SENT);
        assertEquals(1, channel.port.inFlight.size());
        channel.finishNext(Outcome.SENT);
        channel.finishNext(Outcome.SENT);
        assertSucceeded(all);
    }
}
