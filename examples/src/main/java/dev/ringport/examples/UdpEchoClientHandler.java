// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.examples;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.socket.DatagramPacket;
import io.netty.util.ReferenceCountUtil;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Loads with datagrams, each of which may be lost. One that cannot be sent is lost too; the load goes on. */
final class UdpEchoClientHandler extends EchoClientHandler {
    /** After this time without an answer a datagram is lost. */
    static final long LOST_AFTER_NANOS = TimeUnit.SECONDS.toNanos(1);

    private static final long SWEEP_MILLIS = 100;

    private final OutstandingDatagrams outstanding;
    private @Nullable Future<?> sweep;

    UdpEchoClientHandler(int size, int window, double rate) {
        super(size, window, rate);
        outstanding = new OutstandingDatagrams(window);
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        sweep = ctx.executor()
                .scheduleWithFixedDelay(() -> sweep(ctx), SWEEP_MILLIS, SWEEP_MILLIS, TimeUnit.MILLISECONDS);
        super.channelActive(ctx);
    }

    @Override
    boolean hasRoom() {
        return !outstanding.isFull();
    }

    @Override
    void begin(ByteBuf content, long now) {
        content.writeInt(outstanding.begin(now)).writeLong(now).writeZero(size() - HEADER_BYTES);
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
        if (content.readableBytes() == size()) {
            int sequence = content.readInt();
            long stamp = content.readLong();
            if (outstanding.end(sequence, stamp)) {
                answered(stamp);
                return;
            }
        }
        countUnexpected();
    }

    private void sweep(ChannelHandlerContext ctx) {
        countLost(outstanding.giveUp(now(), LOST_AFTER_NANOS));
        send(ctx);
    }

    @Override
    void sendingPaused(ChannelHandlerContext ctx) {
        if (isStopped() && outstanding.isEmpty()) {
            end();
        }
    }

    @Override
    int giveUpAll() {
        return outstanding.giveUp(now(), -1);
    }

    @Override
    void end() {
        if (sweep != null) {
            sweep.cancel(false);
        }
        super.end();
    }
}
