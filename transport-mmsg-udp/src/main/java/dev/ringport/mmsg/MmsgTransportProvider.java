// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.mmsg;

import dev.ringport.TransportProvider;
import io.netty.channel.IoEventLoop;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.socket.DatagramChannel;
import org.jspecify.annotations.Nullable;

/** recvmmsg and sendmmsg on the ladder: below io_uring, above NIO. */
public final class MmsgTransportProvider implements TransportProvider {
    private static final int RANK = 50;

    /** For the service loader. */
    public MmsgTransportProvider() {}

    @Override
    public String name() {
        return "mmsg";
    }

    @Override
    public int rank() {
        return RANK;
    }

    @Override
    public @Nullable Throwable unavailabilityCause() {
        return Mmsg.unavailabilityCause();
    }

    @Override
    public String capabilities() {
        return Mmsg.capabilities();
    }

    @Override
    public IoHandlerFactory newHandlerFactory() {
        return MmsgIoHandler.newFactory();
    }

    @Override
    public boolean isLoopOf(IoEventLoop loop) {
        return loop.isIoType(MmsgIoHandler.class);
    }

    @Override
    public LoopFit datagramsOnLoopsOf(TransportProvider other) {
        return switch (other.name()) {
            case "epoll", "netty-io_uring" -> LoopFit.DIRECT;
            case "nio" -> LoopFit.HANDED_OVER;
            default -> LoopFit.NONE;
        };
    }

    /** Netty's epoll makes the same calls, and does not try them first. */
    @Override
    public @Nullable Throwable datagramObstacleOf(TransportProvider other) {
        return other.name().equals("epoll") ? Mmsg.refusal() : null;
    }

    @Override
    public Class<? extends DatagramChannel> datagramChannelClass() {
        return MmsgDatagramChannel.class;
    }
}
