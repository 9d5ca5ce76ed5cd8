// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.examples;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.socket.DuplexChannel;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;

/**
 * Loads with messages on a connection and compares each byte that comes back. Having sent all, it ends its direction of
 * the connection, still reads what is outstanding, and then expects the end of the other direction.
 */
@SuppressWarnings("FutureReturnValueIgnored") // a connection that ends too early is noticed as such
final class TcpEchoClientHandler extends EchoClientHandler {
    private static final int PATTERNS = 256;

    private final int window;
    private final long limit;
    /** Message n has the bytes from n modulo {@link #PATTERNS} on behind its header. */
    private final byte[] patterns;
    private final ByteBuffer header = ByteBuffer.allocate(HEADER_BYTES);
    private final ArrayDeque<Long> stamps;
    private long begun;
    private long completed;
    private int position;
    private boolean outputEnded;

    /** With 0 messages there is no limit. */
    TcpEchoClientHandler(int size, int window, double rate, int messages) {
        super(size, window, rate);
        this.window = window;
        limit = messages == 0 ? Long.MAX_VALUE : messages;
        stamps = new ArrayDeque<>(window);
        patterns = new byte[size - HEADER_BYTES + PATTERNS];
        for (int i = 0; i < patterns.length; i++) {
            patterns[i] = (byte) (i ^ i >> 8);
        }
    }

    @Override
    boolean hasRoom() {
        return stamps.size() < window && begun < limit;
    }

    @Override
    void begin(ByteBuf content, long now) {
        content.writeInt((int) begun)
                .writeLong(now)
                .writeBytes(patterns, pattern(begun), size() - HEADER_BYTES);
        stamps.add(now);
        begun++;
    }

    private static int pattern(long message) {
        return (int) (message % PATTERNS);
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        ByteBuf content = (ByteBuf) message;
        try {
            while (content.isReadable()) {
                if (!takeSame(content)) {
                    countUnexpected();
                    fail(ctx, "a byte from " + position + " on of message " + completed + " is not what was sent");
                    return;
                }
            }
        } finally {
            ReferenceCountUtil.release(message);
        }
    }

    /** Takes what belongs to one part of one message, and tells whether it is what was sent. */
    private boolean takeSame(ByteBuf content) {
        Long stamp = stamps.peek();
        if (stamp == null) {
            return false;
        }
        boolean inHeader = position < HEADER_BYTES;
        int count = Math.min(content.readableBytes(), (inHeader ? HEADER_BYTES : size()) - position);
        ByteBuffer expected = inHeader
                ? header.clear().putInt((int) completed).putLong(stamp).flip().slice(position, count)
                : ByteBuffer.wrap(patterns, pattern(completed) + position - HEADER_BYTES, count);
        if (!expected.equals(content.nioBuffer(content.readerIndex(), count))) {
            return false;
        }
        content.skipBytes(count);
        position += count;
        if (position == size()) {
            position = 0;
            completed++;
            answered(stamps.remove());
        }
        return true;
    }

    @Override
    void sendingPaused(ChannelHandlerContext ctx) {
        if ((isStopped() || begun == limit) && !outputEnded) {
            outputEnded = true;
            ctx.writeAndFlush(Unpooled.EMPTY_BUFFER)
                    .addListener(_ -> ((DuplexChannel) ctx.channel()).shutdownOutput());
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        if (!outputEnded || !stamps.isEmpty()) {
            fail(ctx, "the connection ended with " + stamps.size() + " messages outstanding");
        }
        super.channelInactive(ctx);
    }

    private void fail(ChannelHandlerContext ctx, String what) {
        exceptionCaught(ctx, new IOException(what));
    }

    @Override
    int giveUpAll() {
        int count = stamps.size();
        stamps.clear();
        return count;
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        super.exceptionCaught(ctx, cause);
        ctx.close();
    }
}
