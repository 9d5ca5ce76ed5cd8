// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.iocp;

import dev.ringport.loop.WrongLoop;
import io.netty.channel.Channel;
import io.netty.channel.ChannelPromise;
import io.netty.channel.EventLoop;
import io.netty.channel.IoEventLoop;
import io.netty.channel.IoRegistration;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A channel's registration with its loop, and to whose port its socket belongs. */
final class SocketAtLoop {
    private final Channel channel;
    private final IocpSocket socket;
    private @Nullable IoRegistration registration;
    /** The loop whose port the socket belongs to. */
    private volatile @Nullable EventLoop attachedTo;

    SocketAtLoop(Channel channel, IocpSocket socket) {
        this.channel = channel;
        this.socket = socket;
    }

    /** Why the channel cannot go to a loop; null if it can. From any thread. */
    @Nullable
    Throwable refusal(EventLoop loop) {
        if (!(loop instanceof IoEventLoop ioLoop) || !ioLoop.isCompatible(IocpHandle.class)) {
            return WrongLoop.refusal(
                    channel.getClass(), "an event loop with an IocpIoHandler", loop,
                    "make the group by new MultiThreadIoEventLoopGroup(IocpIoHandler.newFactory())");
        }
        EventLoop former = attachedTo;
        if (former == null || loop.equals(former) || Iocp.canMoveSockets()) {
            return null;
        }
        return new UnsupportedOperationException(
                "this Windows cannot move a socket to another completion port: register " + channel
                        + " with its former event loop");
    }

    /** Registers the handle and lets the socket's packets come to the loop. */
    void register(IocpHandle handle, ChannelPromise promise, Consumer<IocpRegistration> joined) {
        EventLoop loop = channel.eventLoop();
        ((IoEventLoop) loop).register(handle).addListener(future -> {
            if (!future.isSuccess()) {
                promise.setFailure(future.cause());
                return;
            }
            IoRegistration wrapper = (IoRegistration) future.getNow();
            try {
                IocpRegistration at = wrapper.attachment();
                socket.attach(at.handler());
                attachedTo = loop;
                registration = wrapper;
                joined.accept(at);
            } catch (Throwable refused) {
                registration = null;
                wrapper.cancel();
                promise.setFailure(refused);
                return;
            }
            promise.setSuccess();
        });
    }

    /** Leaves the loop; the registration ends with the last operation. */
    void leave() {
        IoRegistration wrapper = registration;
        registration = null;
        if (wrapper != null) {
            wrapper.cancel();
        }
    }
}
