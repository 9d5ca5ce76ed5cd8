// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.benchmarks;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.socket.DatagramPacket;
import io.netty.util.concurrent.Future;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * Writes ordinary packets from the event loop as long as the channel is writable, with one flush a batch. Of each batch
 * the last one's result is looked at.
 */
@SuppressWarnings("FutureReturnValueIgnored")
final class SendRole extends ServerRole implements Runnable {
    private static final int BATCH = 64;
    /** Then the loop looks for I/O before the next. */
    private static final int BATCHES_A_TASK = 16;

    private final InetSocketAddress to;
    private @Nullable Channel channel;
    private @Nullable ByteBuf payload;
    private boolean scheduled;
    private long written;

    SendRole(InetSocketAddress to) {
        this.to = to;
    }

    @Override
    long datagrams() {
        return written;
    }

    @Override
    void start(Channel bound) {
        bound.eventLoop().execute(() -> {
            channel = bound;
            payload = bound.alloc().directBuffer(Load.DATAGRAM_BYTES).writeZero(Load.DATAGRAM_BYTES);
            schedule(bound);
        });
    }

    @Override
    void stop(Channel bound) throws InterruptedException {
        bound.eventLoop().submit(() -> {
            channel = null;
            if (payload != null) {
                payload.release();
                payload = null;
            }
        }).sync();
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        if (channel != null && ctx.channel().isWritable()) {
            schedule(ctx.channel());
        }
    }

    private void schedule(Channel bound) {
        if (!scheduled) {
            scheduled = true;
            bound.eventLoop().execute(this);
        }
    }

    @Override
    public void run() {
        scheduled = false;
        Channel bound = channel;
        ByteBuf content = payload;
        if (bound == null || content == null) {
            return;
        }
        for (int batch = 0; batch < BATCHES_A_TASK && bound.isWritable(); batch++) {
            ChannelFuture last = null;
            for (int i = 0; i < BATCH && bound.isWritable(); i++) {
                last = bound.write(new DatagramPacket(content.retainedDuplicate(), to));
                written++;
            }
            bound.flush();
            if (last != null) {
                last.addListener(this::sent);
            }
        }
        if (bound.isWritable()) {
            schedule(bound);
        }
    }

    private void sent(Future<? super Void> result) {
        Throwable cause = result.cause();
        if (cause != null) {
            fail(cause);
        }
    }
}
