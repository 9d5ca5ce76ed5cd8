// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.datagram;

import io.netty.channel.AbstractChannel;
import io.netty.channel.ChannelMetadata;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.ChannelPromise;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.channels.AlreadyConnectedException;
import java.nio.channels.ClosedChannelException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A datagram channel whose operations complete later. It keeps what does not depend on the system: addresses, when to
 * read, when to send, and that neither close nor deregistration ends before the last operation has.
 */
public abstract class CompletionDatagramChannel extends AbstractChannel implements MulticastOverloads {
    private static final ChannelMetadata METADATA = new ChannelMetadata(true, 16);
    /** How long a close waits for operations that were cancelled. Their memory is kept if it passes. */
    private static final long CLOSE_BOUND_SECONDS = 10;

    @SuppressWarnings("this-escape") // the reader only keeps it
    private final DatagramReader reader = new DatagramReader(this);
    private volatile @Nullable InetSocketAddress local;
    private volatile @Nullable InetSocketAddress remote;
    /** What the channel was bound to explicitly. */
    private @Nullable InetSocketAddress bound;
    private @Nullable Runnable pendingClose;
    private @Nullable ChannelPromise pendingDeregistration;
    private boolean closing;
    private boolean leaving;
    private boolean sending;
    private boolean waitsCancelled;
    /** The end began inside of a promise's listener, where the window could not move on. */
    private boolean sendsLater;
    private @Nullable Future<?> closeBound;

    protected CompletionDatagramChannel() {
        super(null);
    }

    // What the system provides.

    /** Binds the socket. */
    protected abstract void bindSocket(InetSocketAddress address) throws IOException;

    /** Connects the socket. */
    protected abstract void connectSocket(InetSocketAddress address) throws IOException;

    /** Dissolves the connection. */
    protected abstract void disconnectSocket() throws IOException;

    /** The socket's own address, or null while it has no port. From any thread. */
    protected abstract @Nullable InetSocketAddress socketAddress();

    /** Whether the socket is of {@code AF_INET6}. */
    protected abstract boolean isInet6();

    /** The channel's sender, or null before its first registration. */
    protected abstract @Nullable DatagramSender sender();

    /** The longest datagram that the user expects, in bytes: what is longer is cut. */
    protected abstract int receiveLimit();

    /** Arms a receive; it may be one that goes on by itself if {@code continuous}. */
    protected abstract void armReceive(boolean continuous);

    /** Cancels the armed receive; what has completed already still comes. */
    protected abstract void cancelReceive();

    /** Asks for {@link DatagramReader#endBatch()} once the results at hand are handled. */
    protected abstract void joinReadBatch();

    /** Asks for {@link DatagramSender#pump}: at once, or together with the other results at hand. */
    protected abstract void requestPump();

    /** Sends what is flushed, as far as it goes at once, and handles the results of it. */
    protected abstract void sendFlushed();

    /** Cancels what waits for the socket other than the receive. */
    protected abstract void cancelWaits();

    /** Whether the loop takes operations: one that the user drives has to run first. */
    protected boolean loopTakesOperations() {
        return true;
    }

    /** Operations that the system has not completed. */
    protected abstract int operationsInFlight();

    @Override
    public abstract CompletionDatagramConfig config();

    /** The receiving side. */
    protected final DatagramReader reader() {
        return reader;
    }

    /** Whether the channel no longer starts operations: it is closing, or leaves its loop. */
    protected final boolean isEnding() {
        return closing || leaving;
    }

    @Override
    public ChannelMetadata metadata() {
        return METADATA;
    }

    @Override
    public boolean isActive() {
        return isOpen() && (local != null || remote != null || (config().isActiveOnRegistration() && isRegistered()));
    }

    @Override
    public boolean isConnected() {
        return remote != null;
    }

    @Override
    public @Nullable InetSocketAddress localAddress() {
        return (InetSocketAddress) super.localAddress();
    }

    @Override
    public @Nullable InetSocketAddress remoteAddress() {
        return (InetSocketAddress) super.remoteAddress();
    }

    @Override
    protected @Nullable SocketAddress localAddress0() {
        InetSocketAddress known = local;
        return known != null ? known : socketAddress();
    }

    @Override
    protected @Nullable SocketAddress remoteAddress0() {
        return remote;
    }

    /** The socket was opened elsewhere and may have addresses already. */
    protected final void adopted(@Nullable InetSocketAddress boundTo, @Nullable InetSocketAddress connectedTo) {
        bound = connectedTo == null ? boundTo : null;
        local = boundTo;
        remote = connectedTo;
    }

    @Override
    protected void doBind(SocketAddress address) throws Exception {
        bindSocket(MessageFilter.requireResolved(address));
        bound = socketAddress();
        local = bound;
        reader.arm();
    }

    @Override
    protected void doDisconnect() throws Exception {
        if (remote == null) {
            return;
        }
        disconnectSocket();
        remote = null;
        local = socketAddress();
        InetSocketAddress before = bound;
        if (before != null && !before.equals(local)) {
            // The system gives up a port that it chose itself, though the channel was bound explicitly.
            bindSocket(before);
            local = socketAddress();
        }
        DatagramSender sender = sender();
        if (sender != null) {
            sender.connectedTo(null);
        }
    }

    @Override
    protected void doBeginRead() {
        reader.beginRead();
    }

    /** May be called by any thread. */
    final void autoReadCleared() {
        if (!isRegistered()) {
            return;
        }
        if (eventLoop().inEventLoop()) {
            reader.autoReadCleared();
        } else {
            eventLoop().execute(() -> {
                // Unless it was switched on again meanwhile.
                if (!config().isAutoRead()) {
                    reader.autoReadCleared();
                }
            });
        }
    }

    @Override
    protected Object filterOutboundMessage(Object message) throws Exception {
        return MessageFilter.filter(message, alloc(), isInet6());
    }

    @Override
    protected void doWrite(ChannelOutboundBuffer in) {
        if (!isEnding()) {
            requestPump();
        }
    }

    /** Submits what is flushed; true if there is more to submit at once. */
    protected final boolean pump() {
        ChannelOutboundBuffer in = unsafe().outboundBuffer();
        DatagramSender sender = sender();
        if (in == null || sender == null || (isEnding() && !sending)) {
            return false;
        }
        boolean more = sender.pump(in, maxMessagesPerWrite());
        return sender.inFlight() == 0 ? settle() || more : more;
    }

    /** Completes promises after results came; true if there is more to submit. */
    protected final boolean settle() {
        ChannelOutboundBuffer in = unsafe().outboundBuffer();
        DatagramSender sender = sender();
        if (in == null || sender == null) {
            return false;
        }
        boolean more = sender.settle(in);
        if (sendsLater && !sender.isSettling()) {
            sendsLater = false;
            sendWhileEnding();
        }
        if (isEnding() && !sending && sender.isWaitingForRoom() && !waitsCancelled) {
            // Found full by a send that was under way when the end began.
            waitsCancelled = true;
            cancelWaits();
        }
        operationEnded();
        return more && unsafe().outboundBuffer() != null;
    }

    /** Goes on with a close or deregistration that waits for the last operation. */
    protected final void operationEnded() {
        if (!isEnding() || sending || operationsInFlight() > 0) {
            return;
        }
        DatagramSender sender = sender();
        if (sender != null && sender.isSettling()) {
            return;
        }
        finishEnding();
    }

    private void finishEnding() {
        ChannelPromise deregistration = pendingDeregistration;
        if (deregistration != null) {
            pendingDeregistration = null;
            ((CompletionUnsafe) unsafe()).deregisterNow(deregistration);
        }
        Runnable close = pendingClose;
        if (close != null) {
            pendingClose = null;
            if (closeBound != null) {
                closeBound.cancel(false);
                closeBound = null;
            }
            close.run();
        }
    }

    /**
     * Lets what was flushed leave, cancels the receive and all waiting, and goes on when the last operation has ended:
     * a goodbye that is written and flushed right before close must reach the peer.
     */
    private void endOperations() {
        sendWhileEnding();
        DatagramSender sender = sender();
        sendsLater = sender != null && sender.isSettling();
        reader.cancel();
        cancelWaits();
        operationEnded();
    }

    private void sendWhileEnding() {
        sending = true;
        try {
            sendFlushed();
        } finally {
            sending = false;
        }
    }

    /** Ends a close that still waits, because the loop ends: operations in flight keep their memory. */
    protected final void closeWithoutWaiting() {
        if (!closing) {
            unsafe().close(voidPromise());
        }
        finishEnding();
    }

    /** The channel has come to a loop; called when its registration is there. */
    protected final void joinedLoop() {
        leaving = false;
        waitsCancelled = false;
        eventLoop().execute(this::resume);
    }

    /** Starts what was asked for while the loop could not. */
    protected final void resume() {
        reader.resume();
        ChannelOutboundBuffer in = unsafe().outboundBuffer();
        if (in != null && !in.isEmpty() && !isEnding()) {
            requestPump();
        }
    }

    @Override
    protected void doClose() throws Exception {
        closing = true;
        local = null;
        remote = null;
        DatagramSender sender = sender();
        if (sender != null) {
            sender.close();
        }
        reader.close();
    }

    /** The unsafe of every completion-based datagram channel. */
    protected class CompletionUnsafe extends AbstractUnsafe {
        /** For subclasses. */
        protected CompletionUnsafe() {}

        @Override
        public void connect(
                SocketAddress remoteAddress, @Nullable SocketAddress localAddress, ChannelPromise promise) {
            if (!promise.setUncancellable() || !ensureOpen(promise)) {
                return;
            }
            boolean wasActive = isActive();
            try {
                if (closing) {
                    throw new ClosedChannelException();
                }
                if (remote != null) {
                    throw new AlreadyConnectedException();
                }
                InetSocketAddress to = MessageFilter.requireResolved(remoteAddress);
                if (localAddress != null) {
                    doBind(localAddress);
                }
                connectSocket(to);
                remote = to;
                local = socketAddress();
                DatagramSender sender = sender();
                if (sender != null) {
                    sender.connectedTo(to);
                }
                reader.arm();
            } catch (Throwable t) {
                safeSetFailure(promise, annotateConnectException(t, remoteAddress));
                closeIfClosed();
                if (!wasActive && isActive()) {
                    // Bound it is.
                    pipeline().fireChannelActive();
                }
                return;
            }
            safeSetSuccess(promise);
            if (!wasActive && isActive()) {
                pipeline().fireChannelActive();
            }
        }

        @Override
        protected void close(ChannelPromise promise, Throwable cause, ClosedChannelException closeCause) {
            if (!isRegistered() || (closing && pendingClose == null)) {
                closing = true;
                super.close(promise, cause, closeCause);
                return;
            }
            if (!promise.setUncancellable()) {
                return;
            }
            if (closing) {
                if (!promise.isVoid()) {
                    closeFuture().addListener(closed -> promise.trySuccess());
                }
                return;
            }
            pendingClose = () -> super.close(promise, cause, closeCause);
            closing = true;
            endOperations();
            if (pendingClose != null) {
                closeBound = eventLoop()
                        .schedule(
                                CompletionDatagramChannel.this::finishEnding, CLOSE_BOUND_SECONDS, TimeUnit.SECONDS);
            }
        }

        @Override
        protected void flush0() {
            ChannelOutboundBuffer in = outboundBuffer();
            DatagramSender sender = sender();
            if (in != null && sender != null && sender.hasTaken() && isOpen() && !isActive()) {
                // Netty would fail all that is flushed, with it what the system has and the window counts.
                doWrite(in);
                return;
            }
            super.flush0();
        }

        @Override
        public void deregister(ChannelPromise promise) {
            ChannelPromise before = pendingDeregistration;
            boolean waits = before != null || pendingClose != null;
            if (!isRegistered() || (isEnding() && !waits)) {
                super.deregister(promise);
                return;
            }
            if (!promise.setUncancellable()) {
                return;
            }
            if (before != null) {
                before.addListener(done -> promise.trySuccess());
                return;
            }
            if (pendingClose != null) {
                closeFuture().addListener(closed -> super.deregister(promise));
                return;
            }
            pendingDeregistration = promise;
            leaving = true;
            endOperations();
        }

        private void deregisterNow(ChannelPromise promise) {
            super.deregister(promise);
        }
    }
}
