// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport;

import io.netty.channel.IoEventLoop;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.socket.DatagramChannel;
import io.netty.channel.socket.ServerSocketChannel;
import io.netty.channel.socket.SocketChannel;
import org.jspecify.annotations.Nullable;

/**
 * A transport that {@link Transports} knows: a rung of the ladder. Ringport's are found with
 * {@link java.util.ServiceLoader}; Netty's {@code epoll}, {@code netty-io_uring}, {@code kqueue} and {@code nio} are
 * built in.
 *
 * <p>The channel classes and {@link #newHandlerFactory()} may be asked for only where {@link #unavailabilityCause()} is
 * null; elsewhere they may throw what it answers.
 *
 * <p>All methods may be called from any thread.
 */
public interface TransportProvider {
    /** How the datagram channels of one transport live on the loops of another. */
    enum LoopFit {
        /** They cannot be registered there. */
        NONE,
        /** They can, but another thread watches their sockets and hands each turn to the loop. */
        HANDED_OVER,
        /** The loop itself watches their sockets. */
        DIRECT
    }

    /** Its short name, such as {@code uring}. Also what {@code -Dringport.transport} takes. */
    String name();

    /** Where it stands for datagrams: of those that are available the one with the highest rank carries them. NIO has 0. */
    int rank();

    /** Where it stands for connections, if it has them; the same as {@link #rank()} by default. NIO has 0. */
    default int connectionRank() {
        return rank();
    }

    /** Why it cannot be used on this system, with the remedy in the message; null if it can. */
    @Nullable
    Throwable unavailabilityCause();

    /** What was found about it, in one line. */
    String capabilities();

    /** A factory of handlers with default sizes. */
    IoHandlerFactory newHandlerFactory();

    /**
     * Whether a loop's handler is of the kind that {@link #newHandlerFactory()} makes. False by default, and also where this
     * transport cannot be used.
     */
    default boolean isLoopOf(IoEventLoop loop) {
        return false;
    }

    /**
     * Why datagrams of another transport would fail here, though it takes itself for available: it makes calls that this one
     * has tried and the system refuses. Null, as by default, if nothing is known.
     */
    default @Nullable Throwable datagramObstacleOf(TransportProvider other) {
        return null;
    }

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

    /**
     * How channels of {@link #datagramChannelClass()} live on loops whose handlers another transport's
     * {@link #newHandlerFactory()} makes. Not at all, by default.
     *
     * @param other another transport, available, told apart by its {@link #name()}: {@code nio}, {@code epoll},
     *            {@code netty-io_uring}, {@code kqueue}, or that of another provider
     */
    default LoopFit datagramsOnLoopsOf(TransportProvider other) {
        return LoopFit.NONE;
    }
}
