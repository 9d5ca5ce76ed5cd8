// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.benchmarks;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.socket.DatagramPacket;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Writes and flushes one ordinary packet at a time from a thread that is not the event loop, and waits while the
 * channel is not writable.
 */
@SuppressWarnings("FutureReturnValueIgnored") // The load counts what came.
final class ThreadSendRole extends ServerRole {
    /** In case a wake-up was missed. */
    private static final long LONGEST_WAIT_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

    private final InetSocketAddress to;
    private volatile @Nullable Thread sender;
    private volatile boolean stopped;
    private final OwnedCounter written = new OwnedCounter();

    ThreadSendRole(InetSocketAddress to) {
        this.to = to;
    }

    @Override
    long datagrams() {
        return written.get();
    }

    @Override
    void start(Channel channel) {
        Thread thread = new Thread(() -> send(channel), "sender");
        sender = thread;
        thread.start();
    }

    @Override
    void stop(Channel channel) throws InterruptedException {
        stopped = true;
        Thread thread = sender;
        if (thread != null) {
            LockSupport.unpark(thread);
            thread.join();
        }
    }

    private void send(Channel channel) {
        ByteBuf payload = channel.alloc().directBuffer(Load.DATAGRAM_BYTES).writeZero(Load.DATAGRAM_BYTES);
        while (!stopped) {
            if (channel.isWritable()) {
                channel.writeAndFlush(new DatagramPacket(payload.retainedDuplicate(), to));
                written.add(1);
            } else {
                LockSupport.parkNanos(this, LONGEST_WAIT_NANOS);
            }
        }
        payload.release();
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        if (ctx.channel().isWritable()) {
            LockSupport.unpark(sender);
        }
    }
}
