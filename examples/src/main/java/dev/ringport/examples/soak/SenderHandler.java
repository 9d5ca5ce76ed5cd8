// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.examples.soak;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.CompositeByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.channel.socket.DatagramPacket;
import io.netty.channel.unix.SegmentedDatagramPacket;
import io.netty.util.ReferenceCountUtil;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Writes a sender's bursts, from the channel's loop or from another thread but never from both at once, as long as the
 * channel is writable and the flows' windows have room. When all is acknowledged it tells the flows' ends until those
 * are acknowledged too.
 */
@SuppressWarnings("FutureReturnValueIgnored") // promises have listeners or are void: those fail in exceptionCaught
final class SenderHandler extends ChannelInboundHandlerAdapter {
    private static final int BURSTS_AT_ONCE = 8;
    private static final int WRAPPED_EACH = 16;
    private static final long ASK_AGAIN_MILLIS = 100;

    /** Who may write now. */
    private enum Writer {
        /** The loop. */
        LOOP,
        /** The loop is inside of a burst: what that brings about writes nothing. */
        LOOP_BUSY,
        /** Another thread, until a task that it has queued behind its writes runs. */
        ELSEWHERE
    }

    /** Learns what became of a datagram, or of a train written as one message. */
    private final class Sent implements ChannelFutureListener {
        private final int flow;
        private final long sequence;

        Sent(int flow, long sequence) {
            this.flow = flow;
            this.sequence = sequence;
        }

        @Override
        public void operationComplete(ChannelFuture future) {
            promisesDone++;
            if (!future.isSuccess()) {
                faults.add(Faults.Kind.NOT_SENT, flow, sequence, String.valueOf(future.cause()));
            }
        }
    }

    private final List<OutgoingFlow> flows;
    private final BurstPlan plan;
    private final Executor elsewhere;
    private final Faults faults;
    private final CompletableFuture<Void> ended = new CompletableFuture<>();
    private final Wire wire = new Wire();
    private final Wire wireOfLoop = new Wire();

    private Writer writer = Writer.LOOP;
    private long left;
    private @Nullable Burst waiting;
    private long promisesMade;
    private long promisesDone;
    private boolean turnQueued;
    private boolean moved;
    private boolean ending;
    private @Nullable Future<?> clock;

    /**
     * A sender's handler.
     *
     * @param count how many datagrams to send
     * @param elsewhere the threads that write what the loop does not
     */
    SenderHandler(List<OutgoingFlow> flows, BurstPlan plan, long count, Executor elsewhere, Faults faults) {
        this.flows = flows;
        this.plan = plan;
        left = count;
        this.elsewhere = elsewhere;
        this.faults = faults;
    }

    /** Begins to send. On the channel's loop. */
    void start(ChannelHandlerContext ctx) {
        clock = ctx.executor().scheduleWithFixedDelay(
                () -> tick(ctx), ASK_AGAIN_MILLIS, ASK_AGAIN_MILLIS, TimeUnit.MILLISECONDS);
        send(ctx);
    }

    private void send(ChannelHandlerContext ctx) {
        if (writer != Writer.LOOP || ended.isDone()) {
            return;
        }
        writer = Writer.LOOP_BUSY;
        try {
            for (int i = 0; i < BURSTS_AT_ONCE; i++) {
                Burst burst = nextBurst();
                if (burst == null) {
                    sendEnds(ctx, false);
                    return;
                }
                if (!ctx.channel().isWritable() || !hasRoom(burst)) {
                    return;
                }
                waiting = null;
                moved = true;
                if (burst.elsewhere()) {
                    writer = Writer.ELSEWHERE;
                    elsewhere.execute(() -> writeElsewhere(ctx, burst));
                    return;
                }
                write(ctx.channel(), burst);
            }
            if (!turnQueued) {
                turnQueued = true;
                ctx.executor().execute(() -> {
                    turnQueued = false;
                    send(ctx);
                });
            }
        } finally {
            if (writer == Writer.LOOP_BUSY) {
                writer = Writer.LOOP;
            }
        }
    }

    private @Nullable Burst nextBurst() {
        if (waiting == null && left > 0) {
            waiting = plan.next(left);
            left -= waiting.count();
        }
        return waiting;
    }

    private boolean hasRoom(Burst burst) {
        for (int i = 0; i < flows.size(); i++) {
            if (!flows.get(i).takes(burst.chargeOf(i))) {
                return false;
            }
        }
        return true;
    }

    private void writeElsewhere(ChannelHandlerContext ctx, Burst burst) {
        try {
            write(ctx.channel(), burst);
        } catch (Throwable failed) {
            faults.add(Faults.Kind.EXCEPTION, Faults.NONE, Faults.NONE, "writing from another thread: " + failed);
        } finally {
            // Behind the tasks that its writes are.
            ctx.executor().execute(() -> {
                writer = Writer.LOOP;
                send(ctx);
            });
        }
    }

    private void write(Channel channel, Burst burst) {
        switch (burst.way()) {
            case TOGETHER -> {
                writeOneByOne(channel, burst, false);
                channel.flush();
            }
            case EACH -> writeOneByOne(channel, burst, true);
            case BY_HAND -> writeByHand(channel, burst);
        }
    }

    private void writeOneByOne(Channel channel, Burst burst, boolean flush) {
        for (int i = 0; i < burst.count(); i++) {
            OutgoingFlow flow = flows.get(burst.flow(i));
            int size = burst.size(i);
            long sequence = flow.next();
            ByteBuf content = buffer(channel.alloc(), size, sequence);
            flow.write(content, size, wire);
            if (size > Wire.HEADER_BYTES && sequence % WRAPPED_EACH == 2) {
                content = inTwoParts(channel.alloc(), content);
            }
            ChannelPromise promise = promise(channel, burst, flow.id(), sequence);
            Object message = flow.recipient() == null ? content : new DatagramPacket(content, flow.recipient());
            if (flush) {
                channel.writeAndFlush(message, promise);
            } else {
                channel.write(message, promise);
            }
        }
    }

    private void writeByHand(Channel channel, Burst burst) {
        OutgoingFlow flow = flows.get(burst.flow(0));
        int segmentSize = burst.size(0);
        long sequence = flow.next();
        ByteBuf content = buffer(channel.alloc(), burst.count() * segmentSize, sequence);
        for (int i = 0; i < burst.count(); i++) {
            flow.write(content, burst.size(i), wire);
        }
        channel.writeAndFlush(
                new SegmentedDatagramPacket(content, segmentSize, flow.recipient()),
                promise(channel, burst, flow.id(), sequence));
    }

    private ChannelPromise promise(Channel channel, Burst burst, int flow, long sequence) {
        if (burst.withoutPromises()) {
            return channel.voidPromise();
        }
        promisesMade++;
        ChannelPromise promise = channel.newPromise();
        promise.addListener(new Sent(flow, sequence));
        return promise;
    }

    private static ByteBuf buffer(ByteBufAllocator alloc, int bytes, long sequence) {
        return sequence % WRAPPED_EACH == 1 ? alloc.heapBuffer(bytes) : alloc.directBuffer(bytes);
    }

    private static ByteBuf inTwoParts(ByteBufAllocator alloc, ByteBuf content) {
        int rest = content.readableBytes() - Wire.HEADER_BYTES;
        CompositeByteBuf parts = alloc.compositeBuffer(2);
        parts.addComponent(true, content.readRetainedSlice(Wire.HEADER_BYTES));
        parts.addComponent(true, content.readRetainedSlice(rest));
        content.release();
        return parts;
    }

    /** Once all is acknowledged, tells the flows' ends; until then asks for acknowledgements that are not asked for. */
    private void sendEnds(ChannelHandlerContext ctx, boolean again) {
        for (OutgoingFlow flow : flows) {
            if (!flow.isAcknowledged()) {
                if (!flow.hasAskedForAll()) {
                    ask(ctx, flow);
                }
                return;
            }
        }
        if (promisesDone < promisesMade || (ending && !again)) {
            return;
        }
        ending = true;
        for (OutgoingFlow flow : flows) {
            if (!flow.hasEnded()) {
                ByteBuf content = ctx.alloc().directBuffer(Wire.HEADER_BYTES);
                flow.writeEnd(content, wire);
                write(ctx, flow, content);
            }
        }
    }

    private void ask(ChannelHandlerContext ctx, OutgoingFlow flow) {
        ByteBuf content = ctx.alloc().directBuffer(Wire.HEADER_BYTES);
        flow.writeAsking(content, wire);
        write(ctx, flow, content);
    }

    private static void write(ChannelHandlerContext ctx, OutgoingFlow flow, ByteBuf content) {
        Object message = flow.recipient() == null ? content : new DatagramPacket(content, flow.recipient());
        ctx.writeAndFlush(message, ctx.voidPromise());
    }

    /** If nothing has moved since the last time, an acknowledgement may be lost: asks again. */
    private void tick(ChannelHandlerContext ctx) {
        if (writer == Writer.LOOP && !moved && !ended.isDone() && ctx.channel().isWritable()) {
            if (waiting == null && left == 0) {
                sendEnds(ctx, true);
            }
            for (OutgoingFlow flow : flows) {
                if (!flow.isAcknowledged()) {
                    ask(ctx, flow);
                }
            }
        }
        moved = false;
        send(ctx);
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        try {
            if (message instanceof DatagramPacket packet) {
                acknowledged(packet.content());
            }
        } finally {
            ReferenceCountUtil.release(message);
        }
    }

    private void acknowledged(ByteBuf content) {
        if (content.readableBytes() != Wire.HEADER_BYTES || !wireOfLoop.read(content)) {
            faults.add(
                    Faults.Kind.CORRUPT, Faults.NONE, Faults.NONE,
                    "an acknowledgement of " + content.readableBytes() + " bytes");
            return;
        }
        int id = wireOfLoop.flow();
        for (OutgoingFlow flow : flows) {
            if (flow.id() == id) {
                moved = true;
                if (!flow.acknowledge(wireOfLoop.sequence(), wireOfLoop.charge())) {
                    faults.add(
                            Faults.Kind.OUT_OF_ORDER, id, wireOfLoop.sequence(),
                            "acknowledged after " + flow.acknowledgedSequence());
                }
                if (wireOfLoop.kind() == Wire.Kind.ENDED) {
                    flow.end();
                }
                return;
            }
        }
        faults.add(Faults.Kind.STRANGER, id, wireOfLoop.sequence(), "acknowledged to another sender");
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        if (ending && !ended.isDone() && flows.stream().allMatch(OutgoingFlow::hasEnded)) {
            stop();
            ended.complete(null);
        }
        send(ctx);
    }

    private void stop() {
        if (clock != null) {
            clock.cancel(false);
        }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        send(ctx);
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        stop();
        ctx.fireChannelInactive();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        faults.add(Faults.Kind.EXCEPTION, Faults.NONE, Faults.NONE, "sender: " + cause);
    }

    /** Done when the receivers know the ends of all flows. */
    CompletableFuture<Void> ended() {
        return ended;
    }

    List<OutgoingFlow> flows() {
        return flows;
    }
}
