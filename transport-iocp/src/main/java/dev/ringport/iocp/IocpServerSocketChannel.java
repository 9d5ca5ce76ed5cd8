// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.iocp;

import dev.ringport.iocp.abi.WindowsCalls;
import dev.ringport.iocp.loop.OverlappedSocket;
import dev.ringport.iocp.tcp.ListeningChannel;
import io.netty.channel.ChannelException;
import io.netty.channel.socket.SocketProtocolFamily;
import java.io.IOException;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * A TCP server over {@code AcceptEx}. Needs a loop with an {@link IocpIoHandler}. Its connections are
 * {@link IocpSocketChannel}s, each of which belongs to the loop that it is registered with.
 */
public final class IocpServerSocketChannel extends ListeningChannel {
    private final IocpServerSocketChannelConfig config;

    /** An IPv6 socket that also serves IPv4, or an IPv4 socket where the machine or the JVM prefers that. */
    public IocpServerSocketChannel() {
        this(null);
    }

    /**
     * A socket of the given family; null for the default.
     *
     * @throws ChannelException if the system has no such sockets
     */
    public IocpServerSocketChannel(@Nullable SocketProtocolFamily family) {
        this(Iocp.calls(), family);
    }

    IocpServerSocketChannel(WindowsCalls calls, @Nullable SocketProtocolFamily family) {
        super(OverlappedSocket.forFamily(calls, family, true));
        config = new IocpServerSocketChannelConfig(this, socket(), this::autoReadCleared);
    }

    @Override
    public IocpServerSocketChannelConfig config() {
        return config;
    }

    /** What the loop of this channel has counted, or null while the channel is not registered. */
    public @Nullable IocpCounters counters() {
        return IocpCounters.of(atLoop());
    }

    @Override
    protected IocpSocketChannel connection(
            OverlappedSocket accepted, @Nullable InetSocketAddress local, InetSocketAddress remote) {
        return new IocpSocketChannel(this, accepted, local, remote);
    }

    @Override
    protected void beforeBind() throws IOException {
        config.addressUse().beforeBind();
    }

    @Override
    protected void prepareAccepted(OverlappedSocket accepted) throws IOException {
        config.prepareAccepted(accepted);
    }

    @Override
    protected int acceptsPosted() {
        return config.getAcceptsPosted();
    }
}
