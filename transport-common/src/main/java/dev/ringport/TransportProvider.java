// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport;

import io.netty.channel.IoHandlerFactory;
import io.netty.channel.socket.DatagramChannel;
import io.netty.channel.socket.ServerSocketChannel;
import io.netty.channel.socket.SocketChannel;
import org.jspecify.annotations.Nullable;

/** A transport that {@link Transports} knows. Found with {@link java.util.ServiceLoader}. */
public interface TransportProvider {
    /** Its short name, such as {@code uring}. */
    String name();

    /** Where it stands on the ladder: the available one with the highest rank is the best. NIO has 0. */
    int rank();

    /** Why it cannot be used on this system, with the remedy in the message; null if it can. */
    @Nullable
    Throwable unavailabilityCause();

    /** What was found about it, in one line. */
    String capabilities();

    /** A factory of handlers with default sizes. */
    IoHandlerFactory newHandlerFactory();

    /** The channel class for UDP. */
    Class<? extends DatagramChannel> datagramChannelClass();

    /** The channel class for TCP connections; null, as by default, if the transport has no TCP. */
    default @Nullable Class<? extends SocketChannel> socketChannelClass() {
        return null;
    }

    /** The channel class for TCP servers; null, as by default, if the transport has no TCP. */
    default @Nullable Class<? extends ServerSocketChannel> serverSocketChannelClass() {
        return null;
    }
}
