// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.datagram;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.socket.DatagramPacket;
import java.io.IOException;
import java.net.PortUnreachableException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static dev.ringport.datagram.Packets.LOCAL;
import static dev.ringport.datagram.Packets.payload;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

class DatagramReaderTest {
    private final FakeLoop loop = new FakeLoop();
    private final FakeDatagramChannel channel = loop.open();
    private final Inbox inbox = Inbox.of(channel);

    private void arrive(String text, boolean more) {
        channel.arrive(payload(text, text.length()), more);
    }

    private void autoRead(boolean on) {
        channel.config().setAutoRead(on);
        loop.run();
    }

    private void assertReceives(String expected) {
        assertEquals(expected, channel.receives.toString());
    }

    @AfterEach
    void end() {
        loop.end();
    }

    @Test
    void nothingIsArmedBeforeTheFirstRead() {
        loop.run();
        assertReceives("");
    }

    @Test
    void oneReadYieldsOneDatagramAndItsEnd() {
        channel.read();
        assertReceives("R");
        arrive("1", false);
        inbox.assertEvents("1", "complete");
        assertReceives("R");
        channel.read();
        arrive("2", false);
        inbox.assertEvents("1", "complete", "2", "complete");
        assertReceives("RR");
    }

    @Test
    void secondReadBeforeTheDatagramArmsNothingMore() {
        channel.read();
        channel.read();
        assertReceives("R");
        arrive("1", false);
        inbox.assertEvents("1", "complete");
    }

    @Test
    void autoReadKeepsAContinuousReceiveArmed() {
        autoRead(true);
        assertReceives("M");
        arrive("1", true);
        arrive("2", true);
        channel.endTurn();
        inbox.assertEvents("1", "2", "complete");
        arrive("3", false);
        channel.endTurn();
        inbox.assertEvents("1", "2", "complete", "3", "complete");
        assertReceives("MM");
    }

    @Test
    void datagramsThatCameBeforeAutoReadWentOffAreHeldAndDeliveredInOrder() {
        autoRead(true);
        arrive("1", true);
        channel.endTurn();
        autoRead(false);
        assertReceives("MC");
        arrive("2", true);
        arrive("3", true);
        channel.receiveEnds(null);
        inbox.assertEvents("1", "complete");
        channel.read();
        loop.run();
        inbox.assertEvents("1", "complete", "2", "complete");
        autoRead(true);
        arrive("4", true);
        loop.run();
        channel.endTurn();
        inbox.assertEvents("1", "complete", "2", "complete", "3", "complete", "4", "complete");
    }

    @Test
    void datagramBehindHeldOnesDoesNotOvertakeThem() {
        autoRead(true);
        autoRead(false);
        arrive("1", true);
        channel.receiveEnds(null);
        channel.config().setAutoRead(true);
        if (channel.armed) {
            arrive("2", true);
        } else {
            channel.datagramReader().received(new DatagramPacket(
                    payload("2", 1), LOCAL, Packets.A));
        }
        inbox.assertEvents();
        loop.run();
        inbox.assertEvents("1", "2", "complete");
    }

    @Test
    void readSwitchedOffInsideChannelReadHoldsTheNext() {
        autoRead(true);
        inbox.onRead(ch -> ch.config().setAutoRead(false));
        arrive("1", true);
        arrive("2", true);
        channel.receiveEnds(null);
        inbox.assertEvents("1", "complete");
        channel.read();
        loop.run();
        inbox.assertEvents("1", "complete", "2", "complete");
    }

    @Test
    void emptyDatagramIsHandedUpAndDoesNotEndTheBatch() {
        autoRead(true);
        arrive("", true);
        arrive("1", true);
        channel.endTurn();
        inbox.assertEvents("", "1", "complete");
    }

    @Test
    void maxMessagesPerReadEndsTheBatch() {
        channel.config().setRecvByteBufAllocator(new FixedRecvByteBufAllocator(64).maxMessagesPerRead(2));
        autoRead(true);
        for (int i = 0; i < 5; i++) {
            arrive("" + i, true);
        }
        channel.endTurn();
        inbox.assertEvents("0", "1", "complete", "2", "3", "complete", "4", "complete");
    }

    @Test
    void readInsideChannelReadArmsTheNextReceiveWhenThisOneHasEnded() {
        inbox.onRead(Channel::read);
        channel.read();
        arrive("1", false);
        assertReceives("RR");
        arrive("2", false);
        assertReceives("RRR");
        inbox.assertEvents("1", "complete", "2", "complete");
    }

    @Test
    void readBeforeTheChannelIsActiveStartsWithActivation() {
        FakeDatagramChannel unbound = new FakeDatagramChannel();
        unbound.config().setAutoRead(false);
        loop.join(unbound);
        unbound.read();
        assertEquals("", unbound.receives.toString());
        unbound.bind(LOCAL).syncUninterruptibly();
        loop.run();
        assertEquals("R", unbound.receives.toString());
    }

    @Test
    void readWhileTheReceiveIsBeingCancelledArmsOneAfterIt() {
        autoRead(true);
        autoRead(false);
        channel.read();
        assertReceives("MC");
        channel.receiveEnds(null);
        assertReceives("MCR");
    }

    @Test
    void errorIsToldAndReadingGoesOn() {
        autoRead(true);
        channel.receiveEnds(new IOException("one"));
        inbox.assertEvents("!one", "complete");
        assertReceives("MM");
        arrive("1", true);
        channel.endTurn();
        inbox.assertEvents("!one", "complete", "1", "complete");
        assertTrue(channel.isOpen());
    }

    @Test
    void errorWithAutoReadOffAnswersTheRead() {
        channel.read();
        channel.receiveEnds(new IOException("one"));
        inbox.assertEvents("!one", "complete");
        assertReceives("R");
    }

    @Test
    void repeatedErrorsBackOffUpToASecondAndADatagramEndsThat() {
        autoRead(true);
        channel.receiveEnds(new IOException("e"));
        long pause = 1;
        for (int i = 0; i < 14; i++) {
            assertTrue(channel.armed);
            channel.receiveEnds(new IOException("e"));
            loop.run();
            assertFalse(channel.armed, "no pause after error " + (i + 2));
            loop.advanceMillis(pause - 1);
            assertFalse(channel.armed);
            loop.advanceMillis(1);
            pause = Math.min(pause * 2, 1024);
        }
        arrive("1", true);
        channel.receiveEnds(new IOException("e"));
        assertTrue(channel.armed);
    }

    @Test
    void unreachablePortsNeverBackOff() {
        autoRead(true);
        for (int i = 0; i < 10; i++) {
            channel.receiveEnds(new PortUnreachableException("p"));
            assertTrue(channel.armed);
        }
    }

    @Test
    void errorThatComesWhileNobodyReadsIsToldWithTheNextRead() {
        autoRead(true);
        autoRead(false);
        channel.receiveEnds(new IOException("late"));
        inbox.assertEvents();
        channel.read();
        loop.run();
        inbox.assertEvents("!late", "complete");
    }

    @Test
    void datagramThatCouldNotBeHandedUpIsReported() {
        autoRead(true);
        channel.datagramReader().deliveryFailed(new IOException("no memory"));
        channel.endTurn();
        inbox.assertEvents("!no memory", "complete");
    }

    @Test
    void heldDatagramsAreReleasedByClose() {
        ByteBuf held = payload("held", 4);
        autoRead(true);
        autoRead(false);
        channel.arrive(held, true);
        channel.shut();
        channel.receiveEnds(null);
        loop.run();
        assertEquals(0, held.refCnt());
        inbox.assertEvents();
    }

    @Test
    void datagramThatComesAfterCloseIsReleased() {
        channel.shut();
        loop.run();
        ByteBuf late = payload("late", 4);
        channel.arrive(late, true);
        assertEquals(0, late.refCnt());
    }

    @Test
    void changedConfigurationTakesEffectByCancellingAndArmingAnew() {
        autoRead(true);
        channel.datagramReader().rearm();
        channel.datagramReader().rearm();
        assertReceives("MC");
        channel.receiveEnds(null);
        assertReceives("MCM");
    }

    @Test
    void closeInsideChannelReadEndsTheChannelAfterTheReceive() {
        inbox.onRead(ch -> channel.shut());
        channel.read();
        arrive("1", false);
        loop.run();
        assertFalse(channel.isOpen());
        assertReceives("RC");
    }
}
