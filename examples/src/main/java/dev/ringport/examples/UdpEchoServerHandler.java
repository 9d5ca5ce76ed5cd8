// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.examples;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.DatagramPacket;
import io.netty.util.ReferenceCountUtil;
import org.jspecify.annotations.Nullable;

/** Sends each datagram's content back to where it came from. */
@SuppressWarnings("FutureReturnValueIgnored") // a void promise tells its failure to exceptionCaught
final class UdpEchoServerHandler extends ChannelInboundHandlerAdapter {
    private final OwnedCounter received = new OwnedCounter();
    private final OwnedCounter failed = new OwnedCounter();
    private volatile @Nullable Throwable firstFailure;

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        if (message instanceof DatagramPacket packet) {
            received.add(1);
            ctx.write(new DatagramPacket(packet.content(), packet.sender()), ctx.voidPromise());
        } else {
            ReferenceCountUtil.release(message);
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        ctx.flush();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        failed.add(1);
        if (firstFailure == null) {
            firstFailure = cause;
        }
    }

    Traffic traffic() {
        long lost = failed.get();
        long arrived = received.get();
        return new Traffic(arrived - lost, arrived, lost);
    }

    @Nullable
    Throwable firstFailure() {
        return firstFailure;
    }
}
