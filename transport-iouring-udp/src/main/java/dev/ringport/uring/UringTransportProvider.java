// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.uring;

import dev.ringport.TransportProvider;
import io.netty.channel.IoEventLoop;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.socket.DatagramChannel;
import org.jspecify.annotations.Nullable;

/** io_uring on the ladder. */
public final class UringTransportProvider implements TransportProvider {
    private static final int RANK = 100;

    /** For the service loader. */
    public UringTransportProvider() {}

    @Override
    public String name() {
        return "uring";
    }

    @Override
    public int rank() {
        return RANK;
    }

    @Override
    public @Nullable Throwable unavailabilityCause() {
        return Uring.unavailabilityCause();
    }

    @Override
    public String capabilities() {
        return Uring.capabilities();
    }

    @Override
    public IoHandlerFactory newHandlerFactory() {
        return UringIoHandler.newFactory();
    }

    @Override
    public boolean isLoopOf(IoEventLoop loop) {
        return loop.isIoType(UringIoHandler.class);
    }

    @Override
    public Class<? extends DatagramChannel> datagramChannelClass() {
        return UringDatagramChannel.class;
    }
}
