// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.datagram;

import dev.ringport.datagram.receive.Ending;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelConfig;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.DefaultMaxMessagesRecvByteBufAllocator;
import io.netty.channel.FixedRecvByteBufAllocator;
import java.io.IOException;
import java.net.NoRouteToHostException;
import java.net.PortUnreachableException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

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
            channel.arrive(payload("2", 1), true);
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
        inbox.assertEvents("complete", "!one");
        assertReceives("MM");
        arrive("1", true);
        channel.endTurn();
        inbox.assertEvents("complete", "!one", "1", "complete");
        assertTrue(channel.isOpen());
    }

    @Test
    void errorComesBehindWhatWasReadBeforeAndTheEndOfThat() {
        autoRead(true);
        arrive("1", true);
        channel.receiveEnds(Ending.ANSWER, new IOException("one"));
        arrive("2", true);
        channel.endTurn();
        inbox.assertEvents("1", "complete", "!one", "2", "complete");
    }

    @Test
    void errorWithAutoReadOffLeavesTheReadOutstanding() {
        channel.read();
        channel.receiveEnds(Ending.ANSWER, new PortUnreachableException("one"));
        inbox.assertEvents("complete", "!one");
        assertReceives("RR");
        arrive("1", false);
        inbox.assertEvents("complete", "!one", "1", "complete");
        assertReceives("RR");
    }

    @Test
    void errorOfAReceiveThatGoesOnLeavesTheReadOutstanding() {
        channel.read();
        channel.datagramReader().toldWhileArmed(new PortUnreachableException("one"));
        inbox.assertEvents("complete", "!one");
        assertReceives("R");
        arrive("1", false);
        inbox.assertEvents("complete", "!one", "1", "complete");
    }

    @Test
    void receiveThatEndsWithoutADatagramIsArmedAgainForTheSameRead() {
        channel.read();
        channel.receiveEnds(null);
        assertReceives("RR");
        inbox.assertEvents();
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
    void answersToDatagramsSentInVainNeverBackOff() {
        autoRead(true);
        for (int i = 0; i < 10; i++) {
            channel.receiveEnds(Ending.ANSWER, new NoRouteToHostException("p"));
            assertTrue(channel.armed);
        }
    }

    @Test
    void anAnswerEndsARowOfFaults() {
        autoRead(true);
        channel.receiveEnds(new IOException("e"));
        channel.receiveEnds(Ending.ANSWER, new NoRouteToHostException("p"));
        channel.receiveEnds(new IOException("e"));
        assertTrue(channel.armed);
        channel.receiveEnds(Ending.FAULT, null);
        assertFalse(channel.armed);
    }

    @Test
    void receiveThatCannotBeArmedIsToldAndTriedAgain() {
        channel.armFails = new IOException("no slots");
        autoRead(true);
        inbox.assertEvents("complete", "!no slots", "complete", "!no slots");
        assertReceives("MM");
        channel.armFails = null;
        loop.advanceMillis(1);
        assertReceives("MMM");
        arrive("1", true);
        channel.endTurn();
        inbox.assertEvents("complete", "!no slots", "complete", "!no slots", "1", "complete");
    }

    @Test
    void errorThatComesWhileNobodyReadsIsToldWithTheNextRead() {
        autoRead(true);
        autoRead(false);
        channel.receiveEnds(new IOException("late"));
        inbox.assertEvents();
        channel.read();
        loop.run();
        inbox.assertEvents("complete", "!late");
        assertReceives("MCR");
    }

    @Test
    void datagramThatCouldNotBeHandedUpIsReported() {
        autoRead(true);
        ByteBuf content = payload("1", 1);
        FakePayload payload = new FakePayload(content);
        payload.failure = new IllegalStateException("no memory");
        channel.arrive(payload);
        channel.endTurn();
        inbox.assertEvents("complete", "!no memory");
        assertTrue(payload.isGone());
        assertEquals(0, content.refCnt());
        assertEquals(1, channel.dropped);
        assertEquals(0, channel.received);
    }

    @Test
    void whatMayBeSeveralDatagramsInOneIsDropped() {
        autoRead(true);
        ByteBuf content = payload("1", 1);
        channel.arriveUnmarked(content);
        channel.endTurn();
        inbox.assertEvents();
        assertEquals(0, content.refCnt());
        assertEquals(1, channel.dropped);
    }

    @Test
    void trainYieldsOneDatagramARead() {
        channel.read();
        channel.arriveTrain(payload("aaabbbc", 7), 3);
        channel.receiveEnds(null);
        inbox.assertEvents("aaa", "complete");
        channel.read();
        loop.run();
        channel.read();
        loop.run();
        inbox.assertEvents("aaa", "complete", "bbb", "complete", "c", "complete");
        assertReceives("R");
        assertEquals(3, channel.received);
    }

    @Test
    void readInChannelReadCompleteAfterAnErrorArmsOnce() {
        channel.pipeline().addLast(new ChannelInboundHandlerAdapter() {
            @Override
            public void channelReadComplete(ChannelHandlerContext ctx) {
                ctx.read();
            }
        });
        channel.read();
        channel.receiveEnds(Ending.ANSWER, new PortUnreachableException("one"));
        inbox.assertEvents("complete", "!one");
        assertReceives("RR");
    }

    @Test
    void theAllocatorSetBeforeTheFirstDatagramIsTheOneAsked() {
        CountingAllocator early = new CountingAllocator(10);
        channel.config().setRecvByteBufAllocator(early);
        autoRead(true);
        CountingAllocator late = new CountingAllocator(4);
        channel.config().setRecvByteBufAllocator(late);
        arrive("123456", true);
        arrive("123456", true);
        channel.endTurn();
        inbox.assertEvents("1234", "1234", "complete");
        assertEquals(0, early.handles);
        assertEquals(1, late.handles);
        assertEquals(2, channel.truncated);
    }

    @Test
    void aChangedLimitHoldsForTheNextDatagramOfTheSameBatch() {
        autoRead(true);
        channel.config().setMaxDatagramPayloadSize(2);
        arrive("12345", true);
        channel.config().setMaxDatagramPayloadSize(4);
        arrive("12345", true);
        channel.config().setMaxDatagramPayloadSize(0);
        arrive("12345", true);
        channel.config().setRecvByteBufAllocator(new FixedRecvByteBufAllocator(3));
        arrive("12345", true);
        channel.endTurn();
        inbox.assertEvents("12", "1234", "12345", "123", "complete");
        assertEquals(3, channel.truncated);
    }

    @Test
    void theLimitIsAskedOnceABatch() {
        CountingAllocator allocator = new CountingAllocator(10);
        channel.config().setRecvByteBufAllocator(allocator);
        autoRead(true);
        for (int i = 0; i < 10; i++) {
            arrive("" + i, true);
        }
        channel.endTurn();
        assertEquals(1, allocator.guesses);
        arrive("10", true);
        assertEquals(2, allocator.guesses);
    }

    @Test
    void datagramsOfATrainAreCutByTheSameRule() {
        channel.config().setMaxDatagramPayloadSize(2);
        autoRead(true);
        arrive("abc", true);
        channel.arriveTrain(payload("abcdefgh", 8), 3);
        channel.arriveTrain(payload("abcd", 4), 1);
        channel.endTurn();
        inbox.assertEvents("ab", "ab", "de", "gh", "a", "b", "c", "d", "complete");
        assertEquals(3, channel.truncated);
        assertEquals(8, channel.received);
    }

    /** A user's: it may fail whenever it is asked. */
    @SuppressWarnings("deprecation") // nothing else is there
    private static final class FailingAllocator extends DefaultMaxMessagesRecvByteBufAllocator {
        private final String failsAt;
        boolean fails = true;

        FailingAllocator(String failsAt) {
            super(100);
            this.failsAt = failsAt;
        }

        private void asked(String what) {
            if (fails && what.equals(failsAt)) {
                throw new IllegalStateException("no " + what);
            }
        }

        @Override
        public Handle newHandle() {
            asked("handle");
            return new MaxMessageHandle() {
                @Override
                public int guess() {
                    asked("size");
                    return 10;
                }

                @Override
                public void reset(ChannelConfig config) {
                    asked("batch");
                    super.reset(config);
                }
            };
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"handle", "size", "batch"})
    void anAllocatorThatFailsCostsTheDatagramAlone(String failsAt) {
        FailingAllocator allocator = new FailingAllocator(failsAt);
        channel.config().setRecvByteBufAllocator(allocator);
        autoRead(true);
        ByteBuf content = payload("1", 1);
        FakePayload payload = new FakePayload(content);
        channel.arrive(payload);
        channel.endTurn();
        assertTrue(payload.isGone());
        assertEquals(0, content.refCnt());
        assertEquals(1, channel.dropped);
        inbox.assertEvents(
                failsAt.equals("size") ? new String[]{"complete", "!no size"} : new String[]{"!no " + failsAt});
        allocator.fails = false;
        inbox.forget();
        arrive("2", true);
        channel.endTurn();
        inbox.assertEvents("2", "complete");
    }

    @Test
    void anAllocatorThatFailsCostsEachDatagramOfATrainAndEachHeldOneForItself() {
        FailingAllocator allocator = new FailingAllocator("batch");
        channel.config().setRecvByteBufAllocator(allocator);
        autoRead(true);
        inbox.onError(cause -> allocator.fails = false);
        channel.arriveTrain(payload("abcdef", 6), 2);
        channel.endTurn();
        inbox.assertEvents("!no batch", "cd", "ef", "complete");
        autoRead(false);
        arrive("1", true);
        arrive("2", true);
        channel.receiveEnds(null);
        inbox.forget();
        allocator.fails = true;
        autoRead(true);
        channel.endTurn();
        inbox.assertEvents("!no batch", "2", "complete");
        assertEquals(2, channel.dropped);
    }

    /** Expects datagrams of one size, and counts how often it is asked. */
    @SuppressWarnings("deprecation") // nothing else is there
    private static final class CountingAllocator extends DefaultMaxMessagesRecvByteBufAllocator {
        private final int size;
        int handles;
        int guesses;

        CountingAllocator(int size) {
            super(100);
            this.size = size;
        }

        @Override
        public Handle newHandle() {
            handles++;
            return new MaxMessageHandle() {
                @Override
                public int guess() {
                    guesses++;
                    return size;
                }
            };
        }
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
    void closeInsideChannelReadEndsTheChannelAfterTheReceive() {
        inbox.onRead(ch -> channel.shut());
        channel.read();
        arrive("1", false);
        loop.run();
        assertFalse(channel.isOpen());
        assertReceives("RC");
    }
}
