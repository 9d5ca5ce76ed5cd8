// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport;

import io.netty.channel.IoHandlerFactory;
import io.netty.channel.socket.DatagramChannel;
import org.jspecify.annotations.Nullable;

/** A provider for datagrams that is NIO by another name. */
abstract class Delegating implements TransportProvider {
    private final TransportProvider nio = new NioTransport();
    private final String name;

    Delegating(String name) {
        this.name = name;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public int rank() {
        return 200;
    }

    @Override
    public @Nullable Throwable unavailabilityCause() {
        return null;
    }

    @Override
    public String capabilities() {
        return name + ": on";
    }

    @Override
    public IoHandlerFactory newHandlerFactory() {
        return nio.newHandlerFactory();
    }

    @Override
    public Class<? extends DatagramChannel> datagramChannelClass() {
        return nio.datagramChannelClass();
    }
}
