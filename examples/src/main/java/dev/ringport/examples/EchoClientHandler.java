// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.examples;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.DatagramPacket;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Ticker;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Keeps a window of datagrams outstanding on a connected channel and measures how long their answers take. */
@SuppressWarnings("FutureReturnValueIgnored") // a void promise tells its failure to exceptionCaught
final class EchoClientHandler extends ChannelInboundHandlerAdapter {
    /** A sequence number and the time of sending. */
    static final int HEADER_BYTES = Integer.BYTES + Long.BYTES;

    /** After this time without an answer a datagram is lost. */
    static final long LOST_AFTER_NANOS = TimeUnit.SECONDS.toNanos(1);

    private static final long SWEEP_MILLIS = 100;
    private static final long PACE_MILLIS = 1;

    private final int size;
    private final OutstandingDatagrams outstanding;
    private final Pacer pacer;
    private final LatencyHistogram roundTrips = new LatencyHistogram();
    private final OwnedCounter sent = new OwnedCounter();
    private final OwnedCounter received = new OwnedCounter();
    private final OwnedCounter lost = new OwnedCounter();
    private final OwnedCounter unexpected = new OwnedCounter();
    private final CompletableFuture<Void> ended = new CompletableFuture<>();
    private Ticker ticker = Ticker.systemTicker();
    private @Nullable Future<?> sweep;
    private @Nullable Future<?> pace;
    private boolean sending;
    private boolean stopped;
    private volatile @Nullable Throwable firstFailure;

    EchoClientHandler(int size, int window, double rate) {
        this.size = size;
        outstanding = new OutstandingDatagrams(window);
        pacer = new Pacer(rate, window);
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        ticker = ctx.executor().ticker();
        sweep = ctx.executor()
                .scheduleWithFixedDelay(() -> sweep(ctx), SWEEP_MILLIS, SWEEP_MILLIS, TimeUnit.MILLISECONDS);
        if (pacer.isLimited()) {
            pace = ctx.executor()
                    .scheduleWithFixedDelay(() -> send(ctx), PACE_MILLIS, PACE_MILLIS, TimeUnit.MILLISECONDS);
        }
        send(ctx);
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        try {
            if (message instanceof DatagramPacket packet) {
                answered(packet.content());
            }
        } finally {
            ReferenceCountUtil.release(message);
        }
    }

    private void answered(ByteBuf content) {
        if (content.readableBytes() == size) {
            int sequence = content.readInt();
            long stamp = content.readLong();
            if (outstanding.end(sequence, stamp)) {
                roundTrips.record(ticker.nanoTime() - stamp);
                received.add(1);
                return;
            }
        }
        unexpected.add(1);
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        send(ctx);
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        send(ctx);
    }

    /** Fills the window. A flush may change the writability and so call this again. */
    private void send(ChannelHandlerContext ctx) {
        if (sending) {
            return;
        }
        sending = true;
        while (writeUntilFull(ctx) > 0) {
            ctx.flush();
        }
        sending = false;
        endIfDone();
    }

    private int writeUntilFull(ChannelHandlerContext ctx) {
        int count = 0;
        while (!stopped && !outstanding.isFull() && ctx.channel().isWritable()) {
            long now = ticker.nanoTime();
            if (!pacer.take(now)) {
                break;
            }
            ByteBuf content = ctx.alloc().ioBuffer(size);
            content.writeInt(outstanding.begin(now)).writeLong(now).writeZero(size - HEADER_BYTES);
            ctx.write(content, ctx.voidPromise());
            count++;
        }
        sent.add(count);
        return count;
    }

    private void sweep(ChannelHandlerContext ctx) {
        lost.add(outstanding.giveUp(ticker.nanoTime(), LOST_AFTER_NANOS));
        send(ctx);
    }

    private void endIfDone() {
        if (stopped && outstanding.isEmpty()) {
            end();
        }
    }

    private void end() {
        stopped = true;
        if (sweep != null) {
            sweep.cancel(false);
        }
        if (pace != null) {
            pace.cancel(false);
        }
        ended.complete(null);
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        lost.add(outstanding.giveUp(ticker.nanoTime(), -1));
        end();
    }

    /** A datagram that cannot be sent is lost as well, and noticed in its time; the load goes on. */
    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (firstFailure == null) {
            firstFailure = cause;
        }
    }

    /** Sends no more; the returned future is done once all datagrams have their answer or are lost. */
    CompletableFuture<Void> stop(Channel channel) {
        channel.eventLoop().execute(() -> {
            stopped = true;
            endIfDone();
        });
        return ended;
    }

    Traffic traffic() {
        return new Traffic(sent.get(), received.get(), lost.get());
    }

    /** Answers to nothing that waited for one: late, twice, or with another content. */
    long unexpected() {
        return unexpected.get();
    }

    /** Not before the future of {@link #stop} is done. */
    LatencyHistogram roundTrips() {
        return roundTrips;
    }

    @Nullable
    Throwable firstFailure() {
        return firstFailure;
    }
}
