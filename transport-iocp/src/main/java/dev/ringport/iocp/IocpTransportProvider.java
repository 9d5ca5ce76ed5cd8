// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.iocp;

import dev.ringport.TransportProvider;
import io.netty.channel.IoEventLoop;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.socket.DatagramChannel;
import io.netty.channel.socket.ServerSocketChannel;
import io.netty.channel.socket.SocketChannel;
import org.jspecify.annotations.Nullable;

/** Completion ports on the ladder. */
public final class IocpTransportProvider implements TransportProvider {
    private static final int RANK = 100;

    /** For the service loader. */
    public IocpTransportProvider() {}

    @Override
    public String name() {
        return "iocp";
    }

    @Override
    public int rank() {
        return RANK;
    }

    @Override
    public @Nullable Throwable unavailabilityCause() {
        return Iocp.unavailabilityCause();
    }

    @Override
    public String capabilities() {
        return Iocp.capabilities();
    }

    @Override
    public IoHandlerFactory newHandlerFactory() {
        return IocpIoHandler.newFactory();
    }

    @Override
    public boolean isLoopOf(IoEventLoop loop) {
        return loop.isIoType(IocpIoHandler.class);
    }

    @Override
    public Class<? extends DatagramChannel> datagramChannelClass() {
        return IocpDatagramChannel.class;
    }

    @Override
    public Class<? extends SocketChannel> socketChannelClass() {
        return IocpSocketChannel.class;
    }

    @Override
    public Class<? extends ServerSocketChannel> serverSocketChannelClass() {
        return IocpServerSocketChannel.class;
    }
}
