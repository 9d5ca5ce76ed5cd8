// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport;

import io.netty.channel.IoEventLoop;
import io.netty.channel.IoHandler;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.DatagramChannel;
import io.netty.channel.socket.ServerSocketChannel;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioDatagramChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A rung made for a test. Its channels are NIO's. */
class FakeTransport implements TransportProvider {
    private enum Carries {
        DATAGRAMS, BOTH
    }

    private final IoHandlerFactory handlers = NioIoHandler.newFactory();
    private final String name;
    private final int rank;
    private final int connectionRank;
    private final Carries carries;
    private final Map<String, LoopFit> fits = new HashMap<>();
    private Supplier<@Nullable Throwable> cause = () -> null;
    private @Nullable String obstructed;
    private Class<? extends IoHandler> ownHandler = IoHandler.class;

    private FakeTransport(String name, int rank, int connectionRank, Carries carries) {
        this.name = name;
        this.rank = rank;
        this.connectionRank = connectionRank;
        this.carries = carries;
    }

    /** For a provider that a services file names. */
    FakeTransport(String name) {
        this(name, 200, 200, Carries.DATAGRAMS);
    }

    /** That is available, and fails when it is asked of others. */
    static FakeTransport failingOfOthers(String name) {
        return new FakeTransport(name) {
            @Override
            public boolean isLoopOf(IoEventLoop loop) {
                throw new IllegalStateException(name);
            }

            @Override
            public @Nullable Throwable datagramObstacleOf(TransportProvider other) {
                throw new NoClassDefFoundError(name);
            }

            @Override
            public LoopFit datagramsOnLoopsOf(TransportProvider other) {
                throw new IllegalStateException(name);
            }
        };
    }

    static FakeTransport ofDatagrams(String name, int rank) {
        return new FakeTransport(name, rank, rank, Carries.DATAGRAMS);
    }

    static FakeTransport ofBoth(String name, int rank, int connectionRank) {
        return new FakeTransport(name, rank, connectionRank, Carries.BOTH);
    }

    FakeTransport living(LoopFit fit, String host) {
        fits.put(host, fit);
        return this;
    }

    /** Its loops are those with such a handler. */
    FakeTransport owning(Class<? extends IoHandler> handler) {
        ownHandler = handler;
        return this;
    }

    FakeTransport off(String why) {
        Throwable refused = new UnsupportedOperationException(why);
        cause = () -> refused;
        return this;
    }

    /** Its probe says why datagrams of another fail. */
    FakeTransport obstructing(String name) {
        obstructed = name;
        return this;
    }

    /** Its probe fails. */
    FakeTransport failing(Error failure) {
        cause = () -> {
            throw failure;
        };
        return this;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public int rank() {
        return rank;
    }

    @Override
    public int connectionRank() {
        return connectionRank;
    }

    @Override
    public @Nullable Throwable unavailabilityCause() {
        return cause.get();
    }

    @Override
    public String capabilities() {
        Throwable why = cause.get();
        return name + (why == null ? ": on" : ": off (" + why.getMessage() + ")");
    }

    @Override
    public @Nullable Throwable datagramObstacleOf(TransportProvider other) {
        return other.name().equals(obstructed) ? cause.get() : null;
    }

    @Override
    public IoHandlerFactory newHandlerFactory() {
        return handlers;
    }

    @Override
    public boolean isLoopOf(IoEventLoop loop) {
        return loop.isIoType(ownHandler);
    }

    @Override
    public Class<? extends DatagramChannel> datagramChannelClass() {
        return NioDatagramChannel.class;
    }

    @Override
    public @Nullable Class<? extends SocketChannel> socketChannelClass() {
        return carries == Carries.BOTH ? NioSocketChannel.class : null;
    }

    @Override
    public @Nullable Class<? extends ServerSocketChannel> serverSocketChannelClass() {
        return carries == Carries.BOTH ? NioServerSocketChannel.class : null;
    }

    @Override
    public LoopFit datagramsOnLoopsOf(TransportProvider other) {
        return fits.getOrDefault(other.name(), LoopFit.NONE);
    }
}
