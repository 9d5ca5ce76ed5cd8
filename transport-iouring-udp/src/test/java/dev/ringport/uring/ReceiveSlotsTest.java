// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.uring;

import dev.ringport.testkit.FarEnd;
import dev.ringport.testkit.Leaks;
import dev.ringport.uring.UringCounters.Counter;
import dev.ringport.uring.abi.IoUringBuf;
import dev.ringport.uring.ring.BufferRing;
import dev.ringport.uring.testing.UringManualLoop;
import dev.ringport.uring.testing.UringUdp;
import io.netty.buffer.AbstractByteBufAllocator;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.DatagramPacket;
import io.netty.channel.unix.SegmentedDatagramPacket;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** The memory that datagrams and trains come into. */
class ReceiveSlotsTest {
    private static final int TRAIN = 24_000;
    private static final int SEGMENT = 1_200;

    private final List<ByteBuf> contents = new ArrayList<>();
    private final List<Throwable> caught = new ArrayList<>();

    private ChannelInboundHandlerAdapter recorder() {
        return new ChannelInboundHandlerAdapter() {
            @Override
            public void channelRead(ChannelHandlerContext ctx, Object message) {
                contents.add(((DatagramPacket) message).content());
            }

            @Override
            public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
                caught.add(cause);
            }
        };
    }

    private void releaseAll() {
        contents.forEach(ByteBuf::release);
        contents.clear();
    }

    /** Fails for buffers that are as large as a slot, or for those that are smaller. */
    private static final class PickyAllocator extends AbstractByteBufAllocator {
        private boolean large = true;
        private boolean small = true;
        private int largeMade;

        PickyAllocator() {
            super(true);
        }

        @Override
        protected ByteBuf newDirectBuffer(int initialCapacity, int maxCapacity) {
            boolean isLarge = initialCapacity > 65_536;
            if (!(isLarge ? large : small)) {
                throw new OutOfMemoryError("on purpose");
            }
            largeMade += isLarge ? 1 : 0;
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

    private static byte[] random(int seed) {
        byte[] bytes = new byte[TRAIN];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }

    private static void send(UringManualLoop manual, UringDatagramChannel from, byte[] train, UringDatagramChannel to) {
        manual.succeed(from.writeAndFlush(
                new SegmentedDatagramPacket(Unpooled.wrappedBuffer(train), SEGMENT, to.localAddress())));
    }

    private void assertTrain(UringManualLoop manual, byte[] train, int from) {
        manual.until("the train has come", () -> contents.size() == from + TRAIN / SEGMENT);
        assertContents(train, from);
    }

    private void assertContents(byte[] train, int from) {
        for (int i = 0; i < TRAIN / SEGMENT; i++) {
            assertThat(ByteBufUtil.getBytes(contents.get(from + i)))
                    .isEqualTo(Arrays.copyOfRange(train, i * SEGMENT, (i + 1) * SEGMENT));
        }
    }

    private static ByteBuf root(ByteBuf buffer) {
        ByteBuf root = buffer;
        for (ByteBuf outer = root.unwrap(); outer != null; outer = root.unwrap()) {
            root = outer;
        }
        return root;
    }

    @Test
    void aSlotThatAMappedTrainCameIntoHandsUpTheNextWhereItLies() {
        Leaks leaks = Leaks.watch();
        try (UringManualLoop manual = new UringManualLoop(new UringIoHandlerConfig().receiveSlots(1))) {
            UringDatagramChannel sender = manual.bind(new ChannelInboundHandlerAdapter());
            UringDatagramChannel channel = manual.bind(recorder());
            PickyAllocator allocator = new PickyAllocator();
            channel.config().setAllocator(allocator);
            send(manual, sender, random(1), channel);
            assertTrain(manual, random(1), 0);
            assertThat(root(contents.getFirst()).capacity()).as("copied").isEqualTo(TRAIN);
            assertThat(allocator.largeMade).isEqualTo(1);
            send(manual, sender, random(2), channel);
            assertTrain(manual, random(2), TRAIN / SEGMENT);
            assertThat(root(contents.getLast()).capacity()).as("where it lay").isGreaterThan(65_536);
            assertThat(allocator.largeMade).isEqualTo(2);
            // The first ones are still what they were.
            assertContents(random(1), 0);
            releaseAll();
            manual.succeed(sender.close());
            manual.succeed(channel.close());
        }
        leaks.assertNone();
    }

    @Test
    void withoutMemoryForASlotsBufferTrainsAreCopiedOrDroppedAndNoSlotIsLost() throws Exception {
        Leaks leaks = Leaks.watch();
        try (FarEnd peer = new FarEnd();
                UringManualLoop manual = new UringManualLoop(new UringIoHandlerConfig().receiveSlots(2))) {
            UringDatagramChannel sender = manual.bind(new ChannelInboundHandlerAdapter());
            UringDatagramChannel channel = manual.bind(recorder());
            PickyAllocator allocator = new PickyAllocator();
            channel.config().setAllocator(allocator);
            allocator.large = false;
            for (int round = 0; round < 10; round++) {
                send(manual, sender, random(round), channel);
                assertTrain(manual, random(round), round * (TRAIN / SEGMENT));
            }
            releaseAll();
            assertThat(UringUdp.count(channel, Counter.DROPPED)).isZero();

            allocator.large = true;
            for (int round = 0; round < 4; round++) {
                send(manual, sender, random(round), channel);
                assertTrain(manual, random(round), 0);
                releaseAll();
            }
            allocator.large = false;
            for (int round = 1; round <= 10; round++) {
                int expected = round;
                send(manual, sender, random(round), channel);
                manual.until("it is dropped", () -> caught.size() == expected);
            }
            assertThat(contents).isEmpty();
            assertThat(UringUdp.count(channel, Counter.DROPPED)).isEqualTo(10);

            peer.send(ByteBuffer.allocate(5), channel.localAddress());
            manual.until("a short datagram has come", () -> contents.size() == 1);
            releaseAll();
            allocator.large = true;
            send(manual, sender, random(9), channel);
            assertTrain(manual, random(9), 0);
            releaseAll();
            manual.succeed(sender.close());
            manual.succeed(channel.close());
        }
        leaks.assertNone();
    }

    @Test
    void slotsThatCannotBeHadAreTriedAgainLaterAllOfThem() throws Exception {
        try (UringManualLoop manual = new UringManualLoop(new UringIoHandlerConfig().receiveSlots(4));
                FarEnd peer = new FarEnd();
                Arena arena = Arena.ofConfined()) {
            manual.turns(1);
            // Takes the place that the slots need in the kernel.
            BufferRing other = new BufferRing(
                    manual.handler().loop().operations().ring(), 0, 2,
                    arena.allocate(2 * IoUringBuf.BYTES, BufferRing.ALIGNMENT));
            UringDatagramChannel channel = manual.bind(recorder());
            manual.until("it was tried again and again", () -> caught.size() == 4);
            assertThat(caught).allMatch(cause -> cause.getMessage().contains("PBUF_RING"));
            other.unregister();
            for (int i = 1; i <= 20; i++) {
                int expected = i;
                peer.send(ByteBuffer.allocate(i), channel.localAddress());
                manual.until("the datagram has come", () -> contents.size() == expected);
            }
            releaseAll();
        }
    }
}
