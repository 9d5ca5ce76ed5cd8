// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.examples;

import dev.ringport.TransportProvider;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollDatagramChannel;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.socket.DatagramChannel;
import io.netty.channel.socket.ServerSocketChannel;
import io.netty.channel.socket.SocketChannel;
import org.jspecify.annotations.Nullable;

/**
 * Netty's epoll, whose artifact need not be there: only {@link #unavailabilityCause()} may be called before it has
 * answered null.
 */
final class EpollTransport implements TransportProvider {
    @Override
    public String name() {
        return "epoll";
    }

    @Override
    public int rank() {
        return 10;
    }

    @Override
    public @Nullable Throwable unavailabilityCause() {
        try {
            return Epoll.unavailabilityCause();
        } catch (NoClassDefFoundError absent) {
            return new UnsupportedOperationException(
                    "netty-transport-classes-epoll is not there: no class " + absent.getMessage(), absent);
        }
    }

    @Override
    public String capabilities() {
        return "epoll: on";
    }

    @Override
    public IoHandlerFactory newHandlerFactory() {
        return EpollIoHandler.newFactory();
    }

    @Override
    public Class<? extends DatagramChannel> datagramChannelClass() {
        return EpollDatagramChannel.class;
    }

    @Override
    public Class<? extends SocketChannel> socketChannelClass() {
        return EpollSocketChannel.class;
    }

    @Override
    public Class<? extends ServerSocketChannel> serverSocketChannelClass() {
        return EpollServerSocketChannel.class;
    }
}
