// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.iocp.tcp;

import dev.ringport.iocp.loop.LoopHandle;
import dev.ringport.iocp.loop.OverlappedSocket;
import dev.ringport.iocp.loop.SocketAtLoop;
import dev.ringport.loop.ChannelEnd;
import dev.ringport.loop.GuardedUnsafe;
import io.netty.channel.AbstractChannel;
import io.netty.channel.Channel;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.ChannelPromise;
import io.netty.channel.EventLoop;
import io.netty.channel.IoEvent;
import io.netty.channel.IoRegistration;
import java.net.InetSocketAddress;
import java.nio.channels.AlreadyBoundException;
import java.nio.channels.ClosedChannelException;
import org.jspecify.annotations.Nullable;

/**
 * What connections and servers share: the socket, the loop, and that neither close nor deregistration ends before the
 * last operation has.
 */
public abstract class AbstractStreamChannel extends AbstractChannel {
    /** Made in the constructor of the superclass, so an initializer here would take it away again. */
    private @Nullable GuardedUnsafe guarded;

    private final OverlappedSocket socket;
    private final SocketAtLoop atLoop;
    private final ChannelEnd end;
    private volatile @Nullable InetSocketAddress local;

    @SuppressWarnings("this-escape") // the end only keeps it
    protected AbstractStreamChannel(@Nullable Channel parent, OverlappedSocket socket) {
        super(parent);
        this.socket = socket;
        end = new ChannelEnd(actualUnsafe());
        atLoop = new SocketAtLoop(this, socket, end::progressed);
    }

    /** Starts what waits for a loop. */
    abstract void startWaiting();

    /** The channel closes: ends what it can, cancels the rest. What ends of it makes the close go on. */
    abstract void beginClose();

    /** The channel leaves its loop: cancels what waits. Data that was on its way is kept. */
    abstract void beginLeaving();

    /** Whether something besides operations in flight keeps a close or deregistration waiting. */
    abstract boolean hasUnfinishedWork();

    /** How long a close waits, in milliseconds. */
    abstract int closeBoundMillis();

    /** The bound has passed, or the loop ends: the socket is closed the hard way. */
    abstract void giveUp();

    /** The channel leaves its loop with nothing in flight, or closes: operations give their memory back. */
    abstract void releaseOperations();

    /** Netty closes the channel now, and drops what is flushed and has not left. */
    void aboutToClose(@Nullable ChannelOutboundBuffer in) {}

    /** The last thing before the socket is closed. From any thread. */
    abstract void beforeClose();

    protected final OverlappedSocket socket() {
        return socket;
    }

    /** The channel's place at its loop. */
    protected final SocketAtLoop atLoop() {
        return atLoop;
    }

    /** Whether the loop takes operations: one that the user drives has to run first. */
    final boolean canStart() {
        return atLoop.takesOperations();
    }

    /** Whether the channel starts no new operations of its own accord: it is closing, or leaves its loop. */
    final boolean isEnding() {
        return end.isEnding();
    }

    final boolean isClosing() {
        return end.isClosing();
    }

    /** As {@link ChannelEnd#isClosedWhileRegistering()}. */
    final boolean isClosedWhileRegistering() {
        return end.isClosedWhileRegistering();
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

    private @Nullable Throwable refusal(EventLoop loop) {
        return atLoop.refusal(loop);
    }

    private void deregisterWhenEnded(ChannelPromise promise) {
        end.deregister(promise);
    }

    @Override
    public final boolean isOpen() {
        return socket.isOpen();
    }

    @Override
    protected final boolean isCompatible(EventLoop loop) {
        return SocketAtLoop.isCompatible(loop);
    }

    @Override
    protected final @Nullable InetSocketAddress localAddress0() {
        InetSocketAddress known = local;
        return known != null ? known : socket.localAddress();
    }

    @Override
    public final @Nullable InetSocketAddress localAddress() {
        return (InetSocketAddress) super.localAddress();
    }

    @Override
    public final @Nullable InetSocketAddress remoteAddress() {
        return (InetSocketAddress) super.remoteAddress();
    }

    /** As NIO refuses a second bind; Windows calls it an invalid argument. */
    final void checkUnbound() {
        if (socket.localAddress() != null) {
            throw new AlreadyBoundException();
        }
    }

    /** The local address, once it does not change any more. */
    @SuppressWarnings("deprecation") // there is no other way
    protected final void local(@Nullable InetSocketAddress address) {
        // Whoever asked before, as between an implicit bind and the connect, was told of the wildcard.
        invalidateLocalAddress();
        local = address;
    }

    @Override
    protected void doDisconnect() throws Exception {
        doClose();
    }

    @Override
    protected final void doRegister(ChannelPromise promise) {
        atLoop.register(actualUnsafe(), promise, () -> {
            end.joined();
            end.registering(promise);
            eventLoop().execute(this::startWaiting);
        });
    }

    @Override
    protected final void doDeregister() {
        if (atLoop.isThere()) {
            // A close that was asked for meanwhile has no loop any more that could bring what it waits for.
            end.giveUp();
            releaseOperations();
            atLoop.leave();
        }
    }

    /** Something else than an operation has ended that a close waits for. */
    final void progressed() {
        end.progressed();
    }

    @Override
    protected void doClose() throws Exception {
        end.closed();
        if (socket.isOpen()) {
            beforeClose();
            socket.close();
        }
    }

    /** The unsafe behind the guard. */
    final StreamUnsafe actualUnsafe() {
        return (StreamUnsafe) super.unsafe();
    }

    @Override
    protected abstract StreamUnsafe newUnsafe();

    /** A class whose loading tells whether Netty has what connections need of it. */
    public static Class<?> unsafeClass() {
        return StreamUnsafe.class;
    }

    /**
     * The channel as its loop and its pipeline see it. Not public: javac would give it a bridge to {@code deregister}, which
     * is final before Netty 4.2.11.
     */
    protected abstract class StreamUnsafe extends AbstractUnsafe implements LoopHandle, ChannelEnd.Owner {
        @Override
        public final void handle(IoRegistration at, IoEvent event) {
            throw new IllegalStateException("the channel submits no operations of this kind");
        }

        @Override
        public final void close() {
            close(voidPromise());
        }

        @Override
        public final void loopStarted() {
            startWaiting();
        }

        @Override
        public final void closeWithoutWaiting() {
            if (!end.isClosing()) {
                close(voidPromise());
            }
            end.giveUp();
        }

        @Override
        protected final void close(ChannelPromise promise, Throwable cause, ClosedChannelException closeCause) {
            end.close(promise, cause, closeCause);
        }

        @Override
        protected final void flush0() {
            // Netty would fail what was flushed before the close and is on its way.
            if (!end.isClosedWhileRegistering()) {
                super.flush0();
            }
        }

        @Override
        public final Channel channel() {
            return AbstractStreamChannel.this;
        }

        @Override
        public final boolean canWait() {
            return isRegistered() && canStart();
        }

        @Override
        public final boolean isIdle() {
            return atLoop.inFlight() == 0 && !hasUnfinishedWork();
        }

        @Override
        public final void beginClose() {
            AbstractStreamChannel.this.beginClose();
        }

        @Override
        public final void beginLeaving() {
            AbstractStreamChannel.this.beginLeaving();
        }

        @Override
        public final int closeBoundMillis() {
            return AbstractStreamChannel.this.closeBoundMillis();
        }

        @Override
        public final void giveUp() {
            AbstractStreamChannel.this.giveUp();
        }

        @Override
        public final void closeNow(ChannelPromise promise, Throwable cause, ClosedChannelException closeCause) {
            aboutToClose(outboundBuffer());
            super.close(promise, cause, closeCause);
        }

        @Override
        public final void deregisterNow(ChannelPromise promise) {
            atLoop.deregister(promise, this::deregister);
        }
    }
}
