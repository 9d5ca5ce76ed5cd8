// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.benchmarks;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;

/** What a server does on its channel, and what it counts. */
abstract class ServerRole extends ChannelInboundHandlerAdapter {
    private long failed;

    /** The datagrams received or, of a sender, written. Called on the event loop. */
    abstract long datagrams();

    /** The failures seen. Called on the event loop. */
    final long failed() {
        return failed;
    }

    /** Counts a failure; the first is printed. Called on the event loop. */
    final void fail(Throwable cause) {
        if (failed++ == 0) {
            cause.printStackTrace();
        }
    }

    /** The channel is bound. Not called on the event loop. */
    void start(Channel channel) {}

    /** Before the channel is closed. Not called on the event loop. */
    void stop(Channel channel) throws InterruptedException {}

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        fail(cause);
    }
}
