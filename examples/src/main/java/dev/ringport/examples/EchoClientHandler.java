// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.examples;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.concurrent.Ticker;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Keeps a window of messages outstanding on a connected channel and measures how long their answers take. */
@SuppressWarnings("FutureReturnValueIgnored") // a void promise tells its failure to exceptionCaught
abstract class EchoClientHandler extends ChannelInboundHandlerAdapter {
    /** A sequence number and the time of sending. */
    static final int HEADER_BYTES = Integer.BYTES + Long.BYTES;

    private static final long PACE_MILLIS = 1;

    private final int size;
    private final Pacer pacer;
    private final LatencyHistogram roundTrips = new LatencyHistogram();
    private final OwnedCounter sent = new OwnedCounter();
    private final OwnedCounter received = new OwnedCounter();
    private final OwnedCounter lost = new OwnedCounter();
    private final OwnedCounter unexpected = new OwnedCounter();
    private final CompletableFuture<Void> ended = new CompletableFuture<>();
    private Ticker ticker = Ticker.systemTicker();
    private @Nullable Future<?> pace;
    private boolean sending;
    private boolean stopped;
    private volatile @Nullable Throwable firstFailure;

    EchoClientHandler(int size, int window, double rate) {
        this.size = size;
        pacer = new Pacer(rate, window);
    }

    /** Whether one message more may be outstanding. */
    abstract boolean hasRoom();

    /** Writes a message of the size that was asked for; it is outstanding from now on. */
    abstract void begin(ByteBuf content, long now);

    /** Called whenever a round of sending is over; {@link #end()} is to be called once nothing more can come. */
    abstract void sendingPaused(ChannelHandlerContext ctx);

    /** How many messages are outstanding; they are not from now on. */
    abstract int giveUpAll();

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        ticker = ctx.executor().ticker();
        if (pacer.isLimited()) {
            pace = ctx.executor()
                    .scheduleWithFixedDelay(() -> send(ctx), PACE_MILLIS, PACE_MILLIS, TimeUnit.MILLISECONDS);
        }
        send(ctx);
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
    final void send(ChannelHandlerContext ctx) {
        if (sending) {
            return;
        }
        sending = true;
        while (writeUntilFull(ctx) > 0) {
            ctx.flush();
        }
        sending = false;
        sendingPaused(ctx);
    }

    private int writeUntilFull(ChannelHandlerContext ctx) {
        int count = 0;
        while (!stopped && hasRoom() && ctx.channel().isWritable()) {
            long now = ticker.nanoTime();
            if (!pacer.take(now)) {
                break;
            }
            ByteBuf content = ctx.alloc().ioBuffer(size);
            begin(content, now);
            ctx.write(content, ctx.voidPromise());
            count++;
        }
        sent.add(count);
        return count;
    }

    final int size() {
        return size;
    }

    final long now() {
        return ticker.nanoTime();
    }

    final boolean isStopped() {
        return stopped;
    }

    final void answered(long stamp) {
        roundTrips.record(now() - stamp);
        received.add(1);
    }

    final void countUnexpected() {
        unexpected.add(1);
    }

    final void countLost(int count) {
        lost.add(count);
    }

    /** Nothing more is sent, and nothing more can come. */
    void end() {
        stopped = true;
        if (pace != null) {
            pace.cancel(false);
        }
        ended.complete(null);
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        countLost(giveUpAll());
        end();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (firstFailure == null) {
            firstFailure = cause;
        }
    }

    /** Sends no more; {@link #ended()} is done once all messages have their answer or are lost. */
    final void stop(Channel channel) {
        channel.eventLoop().execute(() -> {
            stopped = true;
            ChannelHandlerContext ctx = channel.pipeline().context(this);
            if (ctx != null) {
                sendingPaused(ctx);
            }
        });
    }

    final CompletableFuture<Void> ended() {
        return ended;
    }

    final Traffic traffic() {
        return new Traffic(sent.get(), received.get(), lost.get());
    }

    /** Answers to nothing that waited for one: late, twice, or with another content. */
    final long unexpected() {
        return unexpected.get();
    }

    /** Not before {@link #ended()} is done. */
    final LatencyHistogram roundTrips() {
        return roundTrips;
    }

    final @Nullable Throwable firstFailure() {
        return firstFailure;
    }
}
