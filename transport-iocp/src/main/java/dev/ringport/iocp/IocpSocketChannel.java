// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.iocp;

import dev.ringport.iocp.abi.WindowsCalls;
import dev.ringport.iocp.loop.OverlappedSocket;
import dev.ringport.iocp.tcp.ConnectionChannel;
import io.netty.channel.Channel;
import io.netty.channel.ChannelException;
import io.netty.channel.socket.SocketProtocolFamily;
import java.io.IOException;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * A TCP connection over Winsock overlapped I/O. Needs a loop with an {@link IocpIoHandler}, and stays with the loop that
 * it was first registered with unless Windows can move it (see {@link Iocp#canMoveSockets()}).
 *
 * <p>A close lets what was flushed before it leave, for at most
 * {@link IocpSocketChannelConfig#getCloseTimeoutMillis()}; if that does not suffice the connection is reset, so that the
 * peer never takes a cut stream for a complete one.
 */
public final class IocpSocketChannel extends ConnectionChannel {
    private final IocpSocketChannelConfig config;

    /** An IPv6 socket that also serves IPv4, or an IPv4 socket where the machine or the JVM prefers that. */
    public IocpSocketChannel() {
        this(null);
    }

    /**
     * A socket of the given family; null for the default.
     *
     * @throws ChannelException if the system has no such sockets
     */
    public IocpSocketChannel(@Nullable SocketProtocolFamily family) {
        this(Iocp.calls(), family);
    }

    IocpSocketChannel(WindowsCalls calls, @Nullable SocketProtocolFamily family) {
        super(OverlappedSocket.forFamily(calls, family, true));
        config = new IocpSocketChannelConfig(this, socket(), this::autoReadCleared);
    }

    /** A connection that a server has accepted. */
    IocpSocketChannel(
            Channel parent, OverlappedSocket connected, @Nullable InetSocketAddress local, InetSocketAddress remote) {
        super(parent, connected, local, remote);
        config = new IocpSocketChannelConfig(this, connected, this::autoReadCleared);
    }

    @Override
    public IocpSocketChannelConfig config() {
        return config;
    }

    /** What the loop of this channel has counted, or null while the channel is not registered. */
    public @Nullable IocpCounters counters() {
        return IocpCounters.of(atLoop());
    }

    @Override
    protected void beforeBind() throws IOException {
        config.addressUse().beforeBind();
    }

    @Override
    protected int lingerSeconds() {
        return config.getSoLingerOrDefault();
    }

    @Override
    protected int closeTimeoutMillis() {
        return config.getCloseTimeoutMillis();
    }
}
