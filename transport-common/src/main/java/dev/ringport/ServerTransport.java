// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport;

import io.netty.channel.IoHandlerFactory;
import io.netty.channel.socket.DatagramChannel;
import io.netty.channel.socket.ServerSocketChannel;
import io.netty.channel.socket.SocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.ThreadPerTaskExecutor;
import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadFactory;

/**
 * What a whole server runs on: the transport that carries its datagrams and the one that carries its connections. They
 * are one and the same, or datagram channels of the first live on loops of the second, or each has loops of its own.
 *
 * <pre>{@code
 * ServerTransport transport = Transports.best();
 * try (ServerLoops loops = transport.newLoops(4)) {
 *     new Bootstrap().group(loops.datagrams()).channel(transport.datagramChannelClass())...
 *     new ServerBootstrap().group(loops.connections()).channel(transport.serverSocketChannelClass())...
 * }
 * }</pre>
 *
 * <p>Immutable, and free to be used from any thread.
 */
public final class ServerTransport {
    /** Which loops there are. */
    enum Loops {
        /** Those of the connections' transport serve the datagrams too. */
        SHARED,
        /** Each transport has its own. */
        SEPARATE
    }

    private final TransportProvider datagrams;
    private final TransportProvider connections;
    private final Loops loops;
    private final Class<? extends DatagramChannel> datagramChannelClass;
    private final Class<? extends SocketChannel> socketChannelClass;
    private final Class<? extends ServerSocketChannel> serverSocketChannelClass;

    ServerTransport(TransportProvider datagrams, TransportProvider connections, Loops loops) {
        this.datagrams = datagrams;
        this.connections = connections;
        this.loops = loops;
        datagramChannelClass = datagrams.datagramChannelClass();
        socketChannelClass = Objects.requireNonNull(connections.socketChannelClass());
        serverSocketChannelClass = Objects.requireNonNull(connections.serverSocketChannelClass());
    }

    /** The name of the transport that carries datagrams; if another carries connections, also that one's: {@code mmsg+epoll}. */
    public String name() {
        return datagrams.equals(connections) ? datagrams.name() : datagrams.name() + "+" + connections.name();
    }

    /** The transport that carries datagrams. */
    public TransportProvider datagrams() {
        return datagrams;
    }

    /** The transport that carries connections. It has {@link TransportProvider#socketChannelClass() both classes}. */
    public TransportProvider connections() {
        return connections;
    }

    /** Whether datagrams and connections live on the same loops, so that one group serves both. */
    public boolean isOnOneLoop() {
        return loops == Loops.SHARED;
    }

    /** The channel class for UDP. */
    public Class<? extends DatagramChannel> datagramChannelClass() {
        return datagramChannelClass;
    }

    /** The channel class for TCP connections. */
    public Class<? extends SocketChannel> socketChannelClass() {
        return socketChannelClass;
    }

    /** The channel class for TCP servers. */
    public Class<? extends ServerSocketChannel> serverSocketChannelClass() {
        return serverSocketChannelClass;
    }

    /** A factory of handlers, with default sizes, for the loops of the datagrams: also the connections' if it is on one loop. */
    public IoHandlerFactory newHandlerFactory() {
        return loops == Loops.SHARED ? connections.newHandlerFactory() : datagrams.newHandlerFactory();
    }

    /**
     * Loops for a server, on threads named after the transport, not daemons.
     *
     * @param threads of each of the groups; 0 for Netty's default, twice the processors
     */
    public ServerLoops newLoops(int threads) {
        return new ServerLoops(
                this, threads, transport -> new ThreadPerTaskExecutor(
                        new DefaultThreadFactory("ringport-" + transport.name(), Thread.MAX_PRIORITY)));
    }

    /**
     * Loops for a server.
     *
     * @param threads of each of the groups; 0 for Netty's default, twice the processors
     * @param threadFactory makes the threads of both groups, each when its loop first has something to do
     */
    public ServerLoops newLoops(int threads, ThreadFactory threadFactory) {
        return newLoopsOn(threads, new ThreadPerTaskExecutor(threadFactory));
    }

    /**
     * Loops for a server.
     *
     * @param threads of each of the groups; 0 for Netty's default, twice the processors
     * @param executor runs each loop of both groups from its first task to its end, on threads of the system
     */
    public ServerLoops newLoopsOn(int threads, Executor executor) {
        return new ServerLoops(this, threads, _ -> executor);
    }

    /** The transports by name, and whether one group serves both. */
    @Override
    public String toString() {
        return "datagrams: " + datagrams.name() + ", connections: " + connections.name() + ", "
                + (loops == Loops.SHARED ? "one group" : "two groups");
    }
}
