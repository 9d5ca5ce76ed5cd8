// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.iocp.loop;

import dev.ringport.loop.WrongLoop;
import io.netty.channel.Channel;
import io.netty.channel.ChannelPromise;
import io.netty.channel.EventLoop;
import io.netty.channel.IoEventLoop;
import io.netty.channel.IoRegistration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A channel's place at its loop, which is there from its registration to its deregistration: it counts the channel's
 * operations in and out, and knows to whose port the socket belongs. What is not said to be for any thread is for the
 * loop.
 */
public final class SocketAtLoop {
    private final Channel channel;
    private final OverlappedSocket socket;
    private final Runnable operationEnded;
    private @Nullable IoRegistration wrapper;
    private @Nullable LoopRegistration registration;
    private volatile @Nullable CompletionLoop loop;
    /** The loop whose port the socket belongs to. */
    private volatile @Nullable EventLoop attachedTo;
    /** The deregistrations that wait until it is known whether sockets can be moved; null if none does. */
    private @Nullable List<ChannelPromise> leaving;

    /**
     * For a channel that has no loop yet.
     *
     * @param operationEnded called on the loop whenever an operation of the channel has ended and was told of it
     */
    public SocketAtLoop(Channel channel, OverlappedSocket socket, Runnable operationEnded) {
        this.channel = channel;
        this.socket = socket;
        this.operationEnded = operationEnded;
    }

    /** Why the channel cannot go to a loop; null if it can. From any thread. */
    public @Nullable Throwable refusal(EventLoop to) {
        if (!isCompatible(to)) {
            return WrongLoop.refusal(
                    channel.getClass(), "an event loop with an IocpIoHandler", to,
                    "make the group by new MultiThreadIoEventLoopGroup(IocpIoHandler.newFactory())");
        }
        EventLoop former = attachedTo;
        if (former == null || to.equals(former) || socket.canMove()) {
            return null;
        }
        return new UnsupportedOperationException(
                "this Windows cannot move a socket to another completion port: register " + channel
                        + " with its former event loop");
    }

    /**
     * Calls what deregisters the channel, at once or when it is known whether sockets can be moved: no loop may wait for that
     * when the channel is registered with another. In the order of the calls. On the loop, both.
     */
    public void deregister(ChannelPromise promise, Consumer<ChannelPromise> deregistration) {
        if (leaving != null) {
            leaving.add(promise);
            return;
        }
        EventLoop at = attachedTo;
        if (at == null || !isThere()) {
            deregistration.accept(promise);
            return;
        }
        List<ChannelPromise> promises = new ArrayList<>(1);
        promises.add(promise);
        leaving = promises;
        boolean waits = socket.runWhenMovesAreKnown(() -> {
            try {
                at.execute(() -> {
                    leaving = null;
                    promises.forEach(deregistration);
                });
            } catch (RejectedExecutionException ended) {
                promises.forEach(each -> each.tryFailure(ended));
            }
        });
        if (!waits) {
            leaving = null;
            deregistration.accept(promise);
        }
    }

    /** Whether the loop's handler takes channels of this kind. From any thread. */
    public static boolean isCompatible(EventLoop loop) {
        return loop instanceof IoEventLoop ioLoop && ioLoop.isCompatible(LoopHandle.class);
    }

    /**
     * Registers the handle and lets the socket's packets come to the loop.
     *
     * @param joined the channel is at its loop; what it throws ends the registration
     */
    public void register(LoopHandle handle, ChannelPromise promise, Runnable joined) {
        EventLoop to = channel.eventLoop();
        ((IoEventLoop) to).register(handle).addListener(future -> {
            if (!future.isSuccess()) {
                promise.setFailure(future.cause());
                return;
            }
            IoRegistration registered = (IoRegistration) future.getNow();
            try {
                LoopRegistration at = registered.attachment();
                socket.attach(at.loop().port());
                attachedTo = to;
                wrapper = registered;
                registration = at;
                loop = at.loop();
                joined.run();
            } catch (Throwable refused) {
                forget();
                registered.cancel();
                promise.setFailure(refused);
                return;
            }
            promise.setSuccess();
        });
    }

    private void forget() {
        wrapper = null;
        registration = null;
        loop = null;
    }

    /** Leaves the loop; the registration ends with the last operation. */
    public void leave() {
        IoRegistration registered = wrapper;
        forget();
        if (registered != null) {
            registered.cancel();
        }
    }

    /** Whether the channel is at a loop. */
    public boolean isThere() {
        return registration != null;
    }

    /** The loop. Only between registration and deregistration. */
    public CompletionLoop loop() {
        CompletionLoop at = loop;
        if (at == null) {
            throw new IllegalStateException("not registered");
        }
        return at;
    }

    /** What the loop has counted, or null while there is none. From any thread. */
    public @Nullable LoopCounters counters() {
        CompletionLoop at = loop;
        return at == null ? null : at.counters();
    }

    /** Whether the loop takes operations: one that the user drives has to run first. */
    public boolean takesOperations() {
        CompletionLoop at = loop;
        return at != null && at.isUsable();
    }

    /** The registration, by which an operation counts itself in and out also after the channel has left. */
    LoopRegistration registration() {
        LoopRegistration at = registration;
        if (at == null) {
            throw new IllegalStateException("not registered");
        }
        return at;
    }

    void operationEnded() {
        operationEnded.run();
    }

    /** Operations of the channel that have begun and were not told of their end. */
    public int inFlight() {
        LoopRegistration at = registration;
        return at == null ? 0 : at.inFlight();
    }
}
