// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.benchmarks;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.socket.DatagramPacket;

/** Counts what comes and releases it. */
final class ReceiveRole extends ServerRole {
    private long received;

    @Override
    long datagrams() {
        return received;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        received++;
        ((DatagramPacket) message).release();
    }
}
