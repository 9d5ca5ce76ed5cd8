// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.loop;

import io.netty.channel.Channel;
import io.netty.channel.ChannelPromise;
import java.nio.channels.ClosedChannelException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The end of a channel whose operations complete later: neither close nor deregistration ends before the last operation
 * has, a close at most within its bound. Used on the loop only.
 */
public final class ChannelEnd {
    /** The channel whose end this is. */
    public interface Owner {
        /** The channel. */
        Channel channel();

        /** Whether operations can be waited for: there is a loop that takes completions. */
        boolean canWait();

        /** Whether nothing is left to wait for. */
        boolean isIdle();

        /** The channel closes: finish what must be finished, cancel the rest. */
        void beginClose();

        /** The channel leaves its loop: cancel what waits. */
        void beginLeaving();

        /** The most time that a close waits, in milliseconds. */
        int closeBoundMillis();

        /** The bound has passed, or the loop ends: what is not finished is given up. */
        void giveUp();

        /** Netty's own close. */
        void closeNow(ChannelPromise promise, Throwable cause, ClosedChannelException closeCause);

        /** Netty's own deregistration. */
        void deregisterNow(ChannelPromise promise);
    }

    private enum Phase {
        /** It starts operations, or will where it is registered next. */
        STAYING,
        /** It leaves its loop, or has left it. */
        LEAVING,
        /** It is closing or closed; for good. */
        CLOSING
    }

    private final Owner owner;
    private Phase phase = Phase.STAYING;
    private @Nullable Runnable pendingClose;
    private @Nullable ChannelPromise pendingDeregistration;
    private @Nullable Future<?> bound;
    /** The pipeline is being told of a registration. */
    private volatile boolean registering;

    /** The end of one channel. */
    public ChannelEnd(Owner owner) {
        this.owner = owner;
    }

    /** Whether the channel is closing or closed. */
    public boolean isClosing() {
        return phase == Phase.CLOSING;
    }

    /** Whether the channel starts no new operations: it is closing, or leaves its loop. */
    public boolean isEnding() {
        return phase != Phase.STAYING;
    }

    /** The channel has come to a loop. */
    public void joined() {
        if (phase == Phase.LEAVING) {
            phase = Phase.STAYING;
        }
    }

    /**
     * The pipeline is about to be told of a registration.
     *
     * @param registration Netty's own promise, with the listener that tells: this one's comes after it
     */
    public void registering(ChannelPromise registration) {
        registering = true;
        registration.addListener(told -> registering = false);
    }

    /**
     * Whether a handler has closed the channel while it is told of the registration, and the close waits for what was
     * sent before. The channel must not be active then, or Netty tells the pipeline that it becomes so after its close.
     */
    public boolean isClosedWhileRegistering() {
        return registering && pendingClose != null;
    }

    /** The channel is closed, by whatever way. */
    public void closed() {
        phase = Phase.CLOSING;
    }

    /** Something that an end may wait for is over. */
    public void progressed() {
        if (isEnding() && owner.isIdle()) {
            finish();
        }
    }

    private void finish() {
        ChannelPromise deregistration = pendingDeregistration;
        if (deregistration != null) {
            pendingDeregistration = null;
            owner.deregisterNow(deregistration);
        }
        Runnable close = pendingClose;
        if (close != null) {
            pendingClose = null;
            if (bound != null) {
                bound.cancel(false);
                bound = null;
            }
            close.run();
        }
    }

    /** Closes the channel once its operations have ended. */
    public void close(ChannelPromise promise, Throwable cause, ClosedChannelException closeCause) {
        boolean waits = pendingClose != null;
        if (!owner.canWait() || (isClosing() && !waits)) {
            closed();
            closeNow(promise, cause, closeCause);
            return;
        }
        if (!promise.setUncancellable()) {
            return;
        }
        if (waits) {
            if (!promise.isVoid()) {
                owner.channel().closeFuture().addListener(closed -> promise.trySuccess());
            }
            return;
        }
        pendingClose = () -> closeNow(promise, cause, closeCause);
        closed();
        owner.beginClose();
        progressed();
        if (pendingClose != null) {
            bound = owner.channel()
                    .eventLoop()
                    .schedule(this::giveUp, owner.closeBoundMillis(), TimeUnit.MILLISECONDS);
        }
    }

    /**
     * Netty tells the pipeline of a close by a task, which a loop that gives a last close its time no longer takes: handlers
     * would never give back what they hold.
     */
    private void closeNow(ChannelPromise promise, Throwable cause, ClosedChannelException closeCause) {
        Channel channel = owner.channel();
        boolean untold = channel.isOpen() && channel.isRegistered() && channel.eventLoop().isShutdown()
                && channel.eventLoop().inEventLoop();
        boolean active = channel.isActive();
        owner.closeNow(promise, cause, closeCause);
        if (untold && !channel.isOpen()) {
            if (active) {
                channel.pipeline().fireChannelInactive();
            }
            channel.pipeline().fireChannelUnregistered();
        }
    }

    /** Ends a close that still waits: operations under way keep their memory. */
    public void giveUp() {
        if (pendingClose != null) {
            owner.giveUp();
            finish();
        }
    }

    /** Deregisters the channel once its operations have ended. */
    public void deregister(ChannelPromise promise) {
        ChannelPromise before = pendingDeregistration;
        boolean waits = before != null || pendingClose != null;
        if (!owner.channel().isRegistered() || (isEnding() && !waits)) {
            owner.deregisterNow(promise);
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
            owner.channel().closeFuture().addListener(closed -> owner.deregisterNow(promise));
            return;
        }
        // A void one takes no listeners.
        pendingDeregistration = promise.isVoid() ? owner.channel().newPromise() : promise;
        phase = Phase.LEAVING;
        owner.beginLeaving();
        progressed();
    }
}
