// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.iocp.tcp;

import dev.ringport.iocp.loop.Addresses;
import dev.ringport.iocp.loop.OverlappedSocket;
import io.netty.channel.ChannelMetadata;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.ChannelPromise;
import io.netty.channel.socket.ServerSocketChannel;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import org.jspecify.annotations.Nullable;

/** A TCP server. {@code IocpServerSocketChannel} adds the configuration and the kind of its connections. */
public abstract class ListeningChannel extends AbstractStreamChannel implements ServerSocketChannel {
    private static final ChannelMetadata METADATA = new ChannelMetadata(false, 16);
    private static final int CLOSE_BOUND_MILLIS = 10_000;
    /** What NIO listens with where a server asks for 0. */
    private static final int NIO_BACKLOG = 50;

    private final Acceptor acceptor = new Acceptor(this);
    private volatile boolean listening;

    /** A new socket. */
    protected ListeningChannel(OverlappedSocket socket) {
        super(null, socket);
    }

    /** The channel of a connection that was accepted. */
    protected abstract ConnectionChannel connection(
            OverlappedSocket accepted, @Nullable InetSocketAddress local, InetSocketAddress remote);

    /** The last options, which have to wait for the bind. */
    protected abstract void beforeBind() throws IOException;

    /** Gives a socket that is to become a connection what the server was configured with. */
    protected abstract void prepareAccepted(OverlappedSocket socket) throws IOException;

    /** How many accepts are posted at a time. */
    protected abstract int acceptsPosted();

    @Override
    public final ChannelMetadata metadata() {
        return METADATA;
    }

    @Override
    public final boolean isActive() {
        return listening && isOpen();
    }

    @Override
    protected @Nullable SocketAddress remoteAddress0() {
        return null;
    }

    @Override
    protected void doBind(SocketAddress address) throws Exception {
        InetSocketAddress to = Addresses.requireResolved(address);
        checkUnbound();
        beforeBind();
        socket().bind(to);
        int backlog = config().getBacklog();
        socket().listen(backlog > 0 ? backlog : NIO_BACKLOG);
        local(socket().localAddress());
        listening = true;
        if (!config().isAutoRead()) {
            // What a read() before the bind asked for. With auto-read on another read() follows channelActive.
            eventLoop().execute(this::startWaiting);
        }
    }

    @Override
    protected void doBeginRead() {
        acceptor.beginRead();
    }

    /** May be called by any thread. */
    protected final void autoReadCleared() {
        if (isRegistered() && eventLoop().inEventLoop()) {
            acceptor.autoReadCleared();
        } else if (isRegistered()) {
            eventLoop().execute(() -> {
                // Unless it was switched on again meanwhile.
                if (!config().isAutoRead()) {
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
    protected StreamUnsafe newUnsafe() {
        return new ServerUnsafe();
    }

    private final class ServerUnsafe extends StreamUnsafe {
        @Override
        public void connect(SocketAddress remoteAddress, @Nullable SocketAddress localAddress, ChannelPromise promise) {
            promise.setFailure(new UnsupportedOperationException("a server does not connect"));
        }
    }
}
