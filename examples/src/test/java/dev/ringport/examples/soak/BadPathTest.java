// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.examples.soak;

import dev.ringport.examples.soak.Faults.Kind;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.channel.socket.DatagramPacket;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** A sender and a receiver with a path between them that does something wrong: exactly that is found, and both end. */
@Timeout(60)
class BadPathTest {
    private static final InetSocketAddress SENDER = new InetSocketAddress(InetAddress.getLoopbackAddress(), 5);
    private static final InetSocketAddress RECEIVER = new InetSocketAddress(InetAddress.getLoopbackAddress(), 6);
    private static final int WINDOW = 200_000;
    private static final int DATAGRAMS = 6_000;
    private static final int EACH = 31;

    private final Faults faults = new Faults();
    private final Wire wire = new Wire();
    private final ReceiverHandler arrivals = new ReceiverHandler(faults);
    private final EmbeddedChannel receiver = new EmbeddedChannel(arrivals);
    private final OutgoingFlow flow = new OutgoingFlow(0, RECEIVER, WINDOW);
    private final SenderHandler handler = new SenderHandler(
            List.of(flow),
            new BurstPlan(new SplittableRandom(1), new int[]{1472}, false, true, WINDOW / 2),
            DATAGRAMS,
            Runnable::run,
            faults);
    private final Refusals refusals = new Refusals();
    private final EmbeddedChannel sender = new EmbeddedChannel(refusals, handler);

    private int passed;
    private long wrong;

    /** Fails the promises of some writes. */
    @SuppressWarnings("FutureReturnValueIgnored") // the promise is the sender's
    private static final class Refusals extends ChannelOutboundHandlerAdapter {
        private int each;
        private int written;
        private int failed;

        @Override
        public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
            written++;
            if (each > 0 && written % each == 0 && written <= DATAGRAMS / 2) {
                failed++;
                ReferenceCountUtil.release(message);
                promise.setFailure(new IOException("refused"));
            } else {
                ctx.write(message, promise);
            }
        }
    }

    /** What the path does with a datagram. */
    private interface Path {
        void pass(DatagramPacket packet);
    }

    @AfterEach
    void close() {
        sender.finishAndReleaseAll();
        receiver.finishAndReleaseAll();
    }

    private void deliver(ByteBuf content) {
        receiver.writeInbound(new DatagramPacket(content, RECEIVER, SENDER));
    }

    private void run(Path path) {
        ChannelHandlerContext context = sender.pipeline().context(handler);
        handler.start(context);
        while (!handler.ended().isDone()) {
            sender.runPendingTasks();
            boolean moved = false;
            for (DatagramPacket packet = sender.readOutbound(); packet != null; packet = sender.readOutbound()) {
                path.pass(packet);
                moved = true;
            }
            for (DatagramPacket packet = receiver.readOutbound(); packet != null; packet = receiver.readOutbound()) {
                sender.writeInbound(new DatagramPacket(packet.content(), SENDER, RECEIVER));
                moved = true;
            }
            if (!moved && !handler.ended().isDone()) {
                sender.advanceTimeBy(100, TimeUnit.MILLISECONDS);
                sender.runScheduledPendingTasks();
            }
        }
    }

    /** Passes all on but each so many-th that is of a kind. */
    private void runButFor(Predicate<ByteBuf> kind, Path bad) {
        run(packet -> {
            if (kind.test(packet.content()) && ++passed % EACH == 0) {
                wrong++;
                bad.pass(packet);
            } else {
                deliver(packet.content());
            }
        });
    }

    private boolean counts(ByteBuf content) {
        return content.readableBytes() < Wire.HEADER_BYTES || isNumbered(content);
    }

    private boolean isNumbered(ByteBuf content) {
        return isOf(Wire.Kind.DATA, content);
    }

    private boolean isOf(Wire.Kind kind, ByteBuf content) {
        return content.readableBytes() >= Wire.HEADER_BYTES && wire.read(content) && wire.kind() == kind;
    }

    private FlowChecker arrived() {
        assertEquals(1, arrivals.checker().flows().size());
        FlowChecker arrived = arrivals.checker().flows().iterator().next();
        assertTrue(arrived.hasEnded());
        assertTrue(flow.sent() >= DATAGRAMS);
        return arrived;
    }

    private void assertFound(@Nullable Kind kind, long lost) {
        long found = kind == null ? 0 : wrong;
        assertEquals(found, kind == null ? 0 : faults.count(kind), () -> faults.lines().toString());
        assertEquals(found, faults.count(), () -> faults.lines().toString());
        FlowChecker arrived = arrived();
        assertEquals(lost, arrived.lost());
        assertEquals(flow.sent(), arrived.received() + arrived.receivedUnnumbered() + lost);
    }

    @Test
    void nothingIsWrong() {
        run(packet -> deliver(packet.content()));
        assertFound(null, 0);
    }

    @Test
    void someAreLost() {
        runButFor(this::counts, packet -> packet.release());
        assertTrue(wrong > 100);
        assertFound(null, wrong);
    }

    @Test
    void endsAreLost() {
        run(packet -> {
            if (isOf(Wire.Kind.END, packet.content()) && wrong++ < 3) {
                packet.release();
            } else {
                deliver(packet.content());
            }
        });
        assertEquals(4, wrong);
        assertFound(null, 0);
    }

    @Test
    void someComeTwice() {
        runButFor(this::isNumbered, packet -> {
            deliver(packet.content().copy());
            deliver(packet.content());
        });
        assertFound(Kind.DUPLICATE, 0);
    }

    @Test
    void someAreCorrupt() {
        SplittableRandom random = new SplittableRandom(2);
        runButFor(this::isNumbered, packet -> {
            ByteBuf content = packet.content();
            int index = random.nextInt(content.readableBytes());
            deliver(content.setByte(index, content.getByte(index) ^ (1 << random.nextInt(8))));
        });
        assertFound(Kind.CORRUPT, wrong);
    }

    @Test
    void someAreOvertaken() {
        ByteBuf[] late = new ByteBuf[1];
        run(packet -> {
            ByteBuf content = packet.content();
            boolean numbered = isNumbered(content);
            if (numbered && late[0] == null && ++passed % EACH == 0) {
                late[0] = content;
                return;
            }
            deliver(content);
            if (late[0] != null && numbered) {
                wrong++;
                deliver(late[0]);
                late[0] = null;
            }
        });
        assertTrue(wrong > 100);
        assertFound(Kind.OUT_OF_ORDER, 0);
    }

    @Test
    void promisesFail() {
        refusals.each = EACH;
        run(packet -> deliver(packet.content()));
        assertTrue(refusals.failed > 50);
        assertTrue(faults.count(Kind.NOT_SENT) > 0 && faults.count(Kind.EXCEPTION) > 0);
        assertEquals(refusals.failed, faults.count());
        assertEquals(refusals.failed, arrived().lost());
    }

    @Test
    void aPacketChangesWhileItIsKept() {
        int kept = 0;
        for (int i = 0; i < 10_000; i++) {
            ByteBuf content = Unpooled.buffer();
            flow.write(content, 100, wire);
            deliver(content);
            if (content.refCnt() > 0) {
                kept++;
                content.setByte(50, content.getByte(50) + 1);
            }
        }
        receiver.finishAndReleaseAll();
        assertTrue(kept > 100);
        assertEquals(kept, faults.count(Kind.CHANGED));
        assertEquals(kept, faults.count());
    }
}
