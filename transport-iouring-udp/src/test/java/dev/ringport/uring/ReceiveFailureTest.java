// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.uring;

import dev.ringport.testkit.CapturedLog;
import dev.ringport.testkit.FarEnd;
import dev.ringport.testkit.Leaks;
import dev.ringport.testrules.UnseenFailures;
import dev.ringport.uring.abi.IoUringConstants;
import dev.ringport.uring.abi.IoUringSqe;
import dev.ringport.uring.testing.UringManualLoop;
import io.netty.buffer.AbstractByteBufAllocator;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.DatagramPacket;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.MockTicker;
import io.netty.util.concurrent.Ticker;
import java.lang.foreign.MemorySegment;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;

/** Receives that fail, and datagrams that no buffer can be had for: the pipeline hears of it, the loop does not spin. */
@Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ReceiveFailureTest {
    private volatile boolean failing;
    private int attempts;

    private static final class Events extends ChannelInboundHandlerAdapter {
        private final List<Integer> received = new ArrayList<>();
        private final List<Throwable> caught = new ArrayList<>();
        private int completes;

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object message) {
            received.add(((DatagramPacket) message).content().readInt());
            ReferenceCountUtil.release(message);
        }

        @Override
        public void channelReadComplete(ChannelHandlerContext ctx) {
            completes++;
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
            UnseenFailures.seen(cause);
            caught.add(cause);
        }
    }

    private static final class StubbornAllocator extends AbstractByteBufAllocator {
        private final int every;
        private boolean failing = true;
        private int asked;

        StubbornAllocator(int every) {
            super(true);
            this.every = every;
        }

        @Override
        protected ByteBuf newDirectBuffer(int initialCapacity, int maxCapacity) {
            if (failing && ++asked % every == 0) {
                throw new OutOfMemoryError("on purpose");
            }
            return UnpooledByteBufAllocator.DEFAULT.directBuffer(initialCapacity, maxCapacity);
        }

        @Override
        protected ByteBuf newHeapBuffer(int initialCapacity, int maxCapacity) {
            return UnpooledByteBufAllocator.DEFAULT.heapBuffer(initialCapacity, maxCapacity);
        }

        @Override
        public boolean isDirectBufferPooled() {
            return false;
        }
    }

    private void breakReceives(MemorySegment sqes, long base) {
        if (IoUringSqe.opcode(sqes, base) == IoUringConstants.IORING_OP_RECVMSG) {
            attempts++;
            if (failing) {
                IoUringSqe.fd(sqes, base, -1);
            }
        }
    }

    private static ByteBuffer number(int number) {
        return ByteBuffer.allocate(Integer.BYTES).putInt(0, number);
    }

    private static void send(UringManualLoop manual, UringDatagramChannel channel, FarEnd to, int number)
            throws Exception {
        ChannelFuture write = channel.writeAndFlush(new DatagramPacket(Unpooled.copyInt(number), to.address()));
        manual.succeed(write);
        ByteBuffer datagram = to.take();
        assertThat(datagram).isNotNull();
        assertThat(datagram.getInt()).isEqualTo(number);
    }

    @Test
    void aReceiveThatAlwaysFailsIsTriedLessAndLessOftenAndRecovers() throws Exception {
        MockTicker ticker = Ticker.newMockTicker();
        UringIoHandlerConfig config = new UringIoHandlerConfig().submissionFilter(this::breakReceives);
        UringManualLoop manual = new UringManualLoop(config, ticker);
        try (CapturedLog log = CapturedLog.capture(); FarEnd peer = new FarEnd()) {
            failing = true;
            Events events = new Events();
            UringDatagramChannel channel = manual.bind(events);
            manual.until("it failed twice", () -> events.caught.size() == 2);
            // The first comes again at once, the others after 1, 2, 4 … 1,024 ms, and then once in 1,024 ms.
            long waitedMillis = 0;
            for (int retry = 0; retry < 14; retry++) {
                int before = attempts;
                long wait = 1L << Math.min(retry, 10);
                ticker.advance(wait - 1, TimeUnit.MILLISECONDS);
                manual.turns(5);
                assertThat(attempts).as("attempts before %d ms had passed", wait).isEqualTo(before);
                ticker.advance(1, TimeUnit.MILLISECONDS);
                manual.turns(5);
                assertThat(attempts).as("attempts after %d ms", wait).isEqualTo(before + 1);
                waitedMillis += wait;
            }
            assertThat(waitedMillis).isGreaterThan(5_000);
            assertThat(events.caught).hasSize(16);
            assertThat(events.completes).isEqualTo(16);
            assertThat(log.lines("cannot receive")).hasSize(1);
            send(manual, channel, peer, 5);

            failing = false;
            ticker.advance(1024, TimeUnit.MILLISECONDS);
            manual.turns(5);
            peer.send(number(1), channel.localAddress());
            manual.until("the datagram was received", () -> events.received.equals(List.of(1)));
            assertThat(events.caught).hasSize(16);
        }
        manual.close();
    }

    @Test
    void aSingleFailureDoesNotDelayTheNextReceive() throws Exception {
        MockTicker ticker = Ticker.newMockTicker();
        UringIoHandlerConfig config = new UringIoHandlerConfig().submissionFilter((sqes, base) -> {
            breakReceives(sqes, base);
            failing = false;
        });
        UringManualLoop manual = new UringManualLoop(config, ticker);
        try (FarEnd peer = new FarEnd(); CapturedLog log = CapturedLog.capture()) {
            Events events = new Events();
            UringDatagramChannel channel = manual.register(events);
            manual.turns(2);
            failing = true;
            manual.succeed(channel.bind(new InetSocketAddress(peer.address().getAddress(), 0)));
            peer.send(number(1), channel.localAddress());
            manual.until("the datagram was received", () -> events.received.equals(List.of(1)));
            assertThat(events.caught).hasSize(1);
            assertThat(log.lines("cannot receive")).isEmpty();
        }
        manual.close();
    }

    @Test
    void aChannelThatBacksOffCloses() {
        UringIoHandlerConfig config = new UringIoHandlerConfig().submissionFilter(this::breakReceives);
        try (UringManualLoop manual = new UringManualLoop(config)) {
            failing = true;
            Events events = new Events();
            UringDatagramChannel channel = manual.bind(events);
            manual.until("it failed five times", () -> events.caught.size() == 5);
            manual.succeed(channel.close());
            manual.until("it is deregistered", () -> !channel.isRegistered());
        }
    }

    private static void receiveAll(UringManualLoop manual, FarEnd peer, Events events,
            UringDatagramChannel to,
            int from, int count, int lost) throws Exception {
        int seen = events.received.size() + events.caught.size();
        for (int i = from; i < from + count; i++) {
            peer.send(number(i), to.localAddress());
        }
        manual.until("all are received or reported",
                () -> events.received.size() + events.caught.size() >= seen + count);
        manual.turns(3);
        assertThat(events.received.size() + events.caught.size()).isEqualTo(seen + count);
        assertThat(events.caught).hasSize(lost);
    }

    @Test
    void datagramsWithoutABufferAreDroppedCountedAndReported() throws Exception {
        try (Leaks leaks = Leaks.watch();
                FarEnd peer = new FarEnd();
                UringManualLoop manual = new UringManualLoop(new UringIoHandlerConfig().receiveSlots(16))) {
            Events events = new Events();
            UringDatagramChannel channel = manual.bind(events);
            manual.turns(3);
            ByteBufAllocator usual = channel.config().getAllocator();
            StubbornAllocator third = new StubbornAllocator(3);
            channel.config().setAllocator(third);
            receiveAll(manual, peer, events, channel, 0, 150, 50);
            assertThat(events.received.subList(0, 4)).containsExactly(0, 1, 3, 4);

            StubbornAllocator all = new StubbornAllocator(1);
            channel.config().setAllocator(all);
            long enters = channel.counters().get(UringCounters.Counter.ENTERS);
            receiveAll(manual, peer, events, channel, 150, 150, 200);
            assertThat(channel.counters().get(UringCounters.Counter.ENTERS) - enters).as("enters").isLessThan(200);
            assertThat(events.received).hasSize(100);
            assertThat(channel.counters().get(UringCounters.Counter.DROPPED)).isEqualTo(200);
            assertThat(events.caught).allMatch(cause -> cause instanceof OutOfMemoryError);

            all.failing = false;
            receiveAll(manual, peer, events, channel, 600, 100, 200);
            assertThat(events.received.getLast()).isEqualTo(699);
            channel.config().setAllocator(usual);
            receiveAll(manual, peer, events, channel, 700, 100, 200);
            send(manual, channel, peer, 9);
            manual.succeed(channel.close());
            leaks.assertNone();
        }
    }
}
