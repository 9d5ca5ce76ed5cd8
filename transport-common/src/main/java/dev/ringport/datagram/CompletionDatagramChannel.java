// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.datagram;

import dev.ringport.datagram.receive.DatagramReader;
import dev.ringport.datagram.send.DatagramSender;
import dev.ringport.datagram.send.MessageFilter;
import dev.ringport.datagram.send.Outbox;
import dev.ringport.loop.ChannelEnd;
import dev.ringport.loop.GuardedUnsafe;
import io.netty.channel.AbstractChannel;
import io.netty.channel.Channel;
import io.netty.channel.ChannelMetadata;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.ChannelPromise;
import io.netty.channel.EventLoop;
import io.netty.channel.RecvByteBufAllocator;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.channels.AlreadyBoundException;
import java.nio.channels.AlreadyConnectedException;
import java.nio.channels.ClosedChannelException;
import org.jspecify.annotations.Nullable;

/**
 * A datagram channel whose operations complete later. It keeps what does not depend on the system: addresses, when to
 * read, when to send, and that neither close nor deregistration ends before the last operation has.
 */
public abstract class CompletionDatagramChannel extends AbstractChannel implements MulticastOverloads {
    private static final ChannelMetadata METADATA = new ChannelMetadata(true, 16);
    /** How long a close waits for operations that were cancelled. Their memory is kept if it passes. */
    private static final int CLOSE_BOUND_MILLIS = 10_000;

    /** Made in the constructor of the superclass, so an initializer here would take it away again. */
    private @Nullable GuardedUnsafe guarded;

    private final DatagramReader reader;
    private final ChannelEnd end;
    private volatile @Nullable InetSocketAddress local;
    private volatile @Nullable InetSocketAddress remote;
    /** What the channel was bound to explicitly. */
    private @Nullable InetSocketAddress bound;
    private final DatagramSender sender = new DatagramSender(new ChannelOutbox());
    private boolean sending;
    private boolean waitsCancelled;
    /** The end began inside of a promise's listener, where the window could not move on. */
    private boolean sendsLater;

    @SuppressWarnings("this-escape") // the unsafe that it escapes to was made by this class's own
    protected CompletionDatagramChannel() {
        super(null);
        end = new ChannelEnd(actualUnsafe());
        reader = new DatagramReader(actualUnsafe());
    }

    @Override
    public final Unsafe unsafe() {
        GuardedUnsafe guard = guarded;
        if (guard == null) {
            guard = new GuardedUnsafe(super.unsafe(), this::refusal, this::deregisterWhenEnded);
            guarded = guard;
        }
        return guard;
    }

    /** The unsafe behind the guard. */
    protected final CompletionUnsafe actualUnsafe() {
        return (CompletionUnsafe) super.unsafe();
    }

    /** Why the channel cannot go to a loop that is compatible; null if it can, as by default. From any thread. */
    protected @Nullable Throwable refusal(EventLoop loop) {
        return null;
    }

    private void deregisterWhenEnded(ChannelPromise promise) {
        end.deregister(promise);
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

    /** Asks for {@link DatagramSender#serve}: at once, or together with what else the loop sends. */
    protected abstract void requestSend();

    /** Sends what is flushed, as far as it goes at once, and handles the results of it. */
    protected abstract void sendFlushed();

    /** Cancels what waits for the socket other than the receive. */
    protected abstract void cancelWaits();

    /**
     * Whether a close lets sends wait for room in the socket, within its bound. If not, what finds no room when the
     * channel closes is given up. A wait for room counts among {@link #operationsInFlight()}.
     */
    protected boolean waitsForRoomAtClose() {
        return false;
    }

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
        return end.isEnding();
    }

    @Override
    public ChannelMetadata metadata() {
        return METADATA;
    }

    @Override
    public boolean isActive() {
        return isOpen() && !end.isClosedWhileRegistering()
                && (local != null || remote != null || (config().isActiveOnRegistration() && isRegistered()));
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
        sender.connectedTo(connectedTo);
    }

    @Override
    protected void doBind(SocketAddress address) throws Exception {
        if (socketAddress() != null) {
            throw new AlreadyBoundException();
        }
        bindSocket(MessageFilter.requireResolved(address));
        bound = socketAddress();
        local = bound;
        reader.addressesChanged();
        reader.arm();
    }

    @Override
    protected void doDisconnect() throws Exception {
        if (remote == null) {
            return;
        }
        sendBeforeChange();
        disconnectSocket();
        remote = null;
        sender.connectedTo(null);
        local = socketAddress();
        InetSocketAddress before = bound;
        if (before != null) {
            if (local == null || local.getPort() != before.getPort()) {
                // The system gives up a port that it chose itself, though the channel was bound explicitly.
                bindSocket(before);
            }
            local = before;
        }
        reader.addressesChanged();
    }

    @Override
    protected void doBeginRead() {
        reader.beginRead();
    }

    /** What limits a receive has changed. May be called by any thread. */
    protected void receiveRulesChanged() {
        reader.rulesChanged();
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
            requestSend();
        }
    }

    /** What was flushed when the close began still leaves, also if it takes more than one attempt. */
    private boolean sendsWhileClosing() {
        return end.isClosing() && !waitsCancelled && loopTakesOperations();
    }

    /** The sending side. */
    protected final DatagramSender sender() {
        return sender;
    }

    /** The channel as its sender sees it. */
    private final class ChannelOutbox implements Outbox {
        @Override
        public @Nullable ChannelOutboundBuffer messages() {
            return unsafe().outboundBuffer();
        }

        @Override
        public int maxMessages() {
            return maxMessagesPerWrite();
        }

        @Override
        public boolean maySend() {
            return !isEnding() || sending || sendsWhileClosing();
        }

        @Override
        public boolean segmentsAutomatically() {
            return config().isAutoSegmentation();
        }

        @Override
        public long nanoTime() {
            return eventLoop().ticker().nanoTime();
        }

        @Override
        public void settled() {
            if (isEnding()) {
                endingSettled();
            }
            operationEnded();
        }
    }

    private void endingSettled() {
        if (sendsLater && !sender.isSettling()) {
            sendsLater = false;
            sendWhileEnding();
        }
        if (!sending && sender.isWaitingForRoom() && !waitsCancelled && !waitsAtEnd()) {
            // Found full by a send that was under way when the end began.
            waitsCancelled = true;
            cancelWaits();
        }
    }

    /**
     * Something changes that a datagram leaves with, or where it goes to: what was flushed before leaves first. If that
     * takes longer, it is at least taken now, for the peer that the channel is connected to now. From any thread; it
     * can be done on the loop alone.
     */
    protected final void sendBeforeChange() {
        if (!isRegistered() || !eventLoop().inEventLoop()) {
            return;
        }
        ChannelOutboundBuffer in = unsafe().outboundBuffer();
        if (in != null && in.size() > 0 && !isEnding()) {
            sendFlushed();
            sender.takeFlushed();
        }
    }

    private boolean waitsAtEnd() {
        return end.isClosing() && waitsForRoomAtClose();
    }

    /** Goes on with a close or deregistration that waits for the last operation. */
    protected final void operationEnded() {
        end.progressed();
    }

    /**
     * Lets what was flushed leave, cancels the receive and all waiting, and goes on when the last operation has ended:
     * a goodbye that is written and flushed right before close must reach the peer.
     */
    private void endOperations() {
        if (end.isClosing()) {
            sender.endAfterFlushed();
        }
        sendWhileEnding();
        sendsLater = sender.isSettling();
        reader.cancel();
        if (!waitsAtEnd()) {
            cancelWaits();
        }
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
        if (!end.isClosing()) {
            unsafe().close(voidPromise());
        }
        end.giveUp();
    }

    /**
     * The channel has come to a loop; called when its registration is there.
     *
     * @param registration completed next
     */
    protected final void joinedLoop(ChannelPromise registration) {
        end.joined();
        end.registering(registration);
        waitsCancelled = false;
        eventLoop().execute(this::resume);
    }

    /** Starts what was asked for while the loop could not. */
    protected final void resume() {
        reader.resume();
        ChannelOutboundBuffer in = unsafe().outboundBuffer();
        if (in != null && !in.isEmpty() && !isEnding()) {
            requestSend();
        }
    }

    @Override
    protected void doClose() throws Exception {
        end.closed();
        local = null;
        remote = null;
        sender.close();
        reader.close();
    }

    /** The unsafe of every completion-based datagram channel. */
    @SuppressWarnings("deprecation") // of the receive handle, to which Netty offers no alternative
    protected class CompletionUnsafe extends AbstractUnsafe implements ChannelEnd.Owner, DatagramReader.Owner {
        private @Nullable RecvByteBufAllocator handleOf;
        private RecvByteBufAllocator.@Nullable Handle handle;

        /** For subclasses. */
        protected CompletionUnsafe() {}

        /** The handle of the allocator that is set now: made when first asked for, and anew for another allocator. */
        @Override
        @SuppressWarnings("ReferenceEquality") // it matters which one it is
        public RecvByteBufAllocator.Handle recvBufAllocHandle() {
            RecvByteBufAllocator allocator = config().getRecvByteBufAllocator();
            RecvByteBufAllocator.Handle current = handle;
            if (current == null || allocator != handleOf) {
                current = allocator.newHandle();
                handle = current;
                handleOf = allocator;
            }
            return current;
        }

        @Override
        public void connect(
                SocketAddress remoteAddress, @Nullable SocketAddress localAddress, ChannelPromise promise) {
            if (!promise.setUncancellable() || !ensureOpen(promise)) {
                return;
            }
            boolean wasActive = isActive();
            try {
                if (end.isClosing()) {
                    throw new ClosedChannelException();
                }
                if (localAddress != null) {
                    doBind(localAddress);
                }
            } catch (Throwable t) {
                safeSetFailure(promise, annotateConnectException(t, remoteAddress));
                closeIfClosed();
                return;
            }
            try {
                if (remote != null) {
                    throw new AlreadyConnectedException();
                }
                InetSocketAddress to = MessageFilter.requireResolved(remoteAddress);
                sendBeforeChange();
                connectSocket(to);
                remote = to;
                local = socketAddress();
                sender.connectedTo(to);
                reader.addressesChanged();
                reader.arm();
            } catch (Throwable t) {
                if (!wasActive && isActive()) {
                    // Bound it is.
                    pipeline().fireChannelActive();
                }
                // As NIO does; whoever hears of the failure finds the channel closed.
                Throwable cause = annotateConnectException(t, remoteAddress);
                close(voidPromise());
                closeFuture().addListener(closed -> safeSetFailure(promise, cause));
                return;
            }
            safeSetSuccess(promise);
            if (!wasActive && isActive()) {
                pipeline().fireChannelActive();
            }
        }

        @Override
        protected void close(ChannelPromise promise, Throwable cause, ClosedChannelException closeCause) {
            end.close(promise, cause, closeCause);
        }

        @Override
        protected void flush0() {
            ChannelOutboundBuffer in = outboundBuffer();
            if (in != null && (sender.hasTaken() || end.isClosedWhileRegistering()) && isOpen() && !isActive()) {
                // Netty would fail all that is flushed, with it what the system has and the window counts.
                doWrite(in);
                return;
            }
            super.flush0();
        }

        @Override
        public Channel channel() {
            return CompletionDatagramChannel.this;
        }

        @Override
        public boolean isEnding() {
            return end.isEnding();
        }

        @Override
        public void receiveEnded() {
            operationEnded();
        }

        @Override
        public int maxPayload() {
            return config().getMaxDatagramPayloadSize();
        }

        @Override
        public boolean canWait() {
            return isRegistered();
        }

        @Override
        public boolean isIdle() {
            if (sending || operationsInFlight() > 0) {
                return false;
            }
            return !(sender.isSettling() || (sendsWhileClosing() && sender.hasUnsent()));
        }

        @Override
        public void beginClose() {
            endOperations();
        }

        @Override
        public void beginLeaving() {
            endOperations();
        }

        @Override
        public int closeBoundMillis() {
            return CLOSE_BOUND_MILLIS;
        }

        @Override
        public void giveUp() {}

        @Override
        public void closeNow(ChannelPromise promise, Throwable cause, ClosedChannelException closeCause) {
            super.close(promise, cause, closeCause);
        }

        @Override
        public void deregisterNow(ChannelPromise promise) {
            deregister(promise);
        }
    }
}
