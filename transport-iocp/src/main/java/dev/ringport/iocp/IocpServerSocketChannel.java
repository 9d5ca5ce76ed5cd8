// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.iocp;

import dev.ringport.iocp.abi.WindowsCalls;
import io.netty.channel.ChannelException;
import io.netty.channel.ChannelMetadata;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.ChannelPromise;
import io.netty.channel.socket.ServerSocketChannel;
import io.netty.channel.socket.SocketProtocolFamily;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * A TCP server over {@code AcceptEx}. Needs a loop with an {@link IocpIoHandler}. Its connections are
 * {@link IocpSocketChannel}s, each of which belongs to the loop that it is registered with.
 */
public final class IocpServerSocketChannel extends AbstractIocpChannel implements ServerSocketChannel {
    private static final ChannelMetadata METADATA = new ChannelMetadata(false, 16);
    private static final int CLOSE_BOUND_MILLIS = 10_000;

    private final IocpServerSocketChannelConfig config;
    private final Acceptor acceptor = new Acceptor(this);
    private volatile boolean listening;

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
        super(null, IocpSocket.forFamily(calls, family, true));
        config = new IocpServerSocketChannelConfig(this, socket());
    }

    @Override
    public ChannelMetadata metadata() {
        return METADATA;
    }

    @Override
    public IocpServerSocketChannelConfig config() {
        return config;
    }

    @Override
    public boolean isActive() {
        return listening && isOpen();
    }

    @Override
    protected @Nullable SocketAddress remoteAddress0() {
        return null;
    }

    @Override
    protected void doBind(SocketAddress address) throws Exception {
        InetSocketAddress to = Addresses.requireResolved(address);
        config.beforeBind();
        socket().bind(to);
        socket().listen(config.getBacklog());
        local(socket().localAddress());
        listening = true;
        if (!config.isAutoRead()) {
            // What a read() before the bind asked for. With auto-read on another read() follows channelActive.
            eventLoop().execute(this::startWaiting);
        }
    }

    @Override
    protected void doBeginRead() {
        acceptor.beginRead();
    }

    /** May be called by any thread. */
    void autoReadCleared() {
        if (isRegistered() && eventLoop().inEventLoop()) {
            acceptor.autoReadCleared();
        } else if (isRegistered()) {
            eventLoop().execute(() -> {
                // Unless it was switched on again meanwhile.
                if (!config.isAutoRead()) {
                    acceptor.autoReadCleared();
                }
            });
        }
    }

    @Override
    protected void doWrite(ChannelOutboundBuffer in) {
        throw new UnsupportedOperationException("a server does not write");
    }

    @Override
    protected Object filterOutboundMessage(Object message) {
        throw new UnsupportedOperationException("a server does not write");
    }

    @Override
    void startWaiting() {
        if (canStart() && isRegistered() && listening) {
            acceptor.resume();
        }
    }

    @Override
    void beginClose() {
        acceptor.cancel();
    }

    @Override
    void beginLeaving() {
        acceptor.cancel();
    }

    @Override
    boolean hasUnfinishedWork() {
        return false;
    }

    @Override
    int closeBoundMillis() {
        return CLOSE_BOUND_MILLIS;
    }

    @Override
    void giveUp() {
        acceptor.cancel();
    }

    @Override
    void releaseOperations() {
        acceptor.dispose();
    }

    @Override
    void beforeClose() {
        listening = false;
    }

    @Override
    protected void doClose() throws Exception {
        super.doClose();
        acceptor.close();
    }

    @Override
    protected IocpUnsafe newUnsafe() {
        return new ServerUnsafe();
    }

    private final class ServerUnsafe extends IocpUnsafe {
        @Override
        public void connect(SocketAddress remoteAddress, @Nullable SocketAddress localAddress, ChannelPromise promise) {
            promise.setFailure(new UnsupportedOperationException("a server does not connect"));
        }
    }
}
