// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.loop;

import io.netty.channel.EventLoop;
import io.netty.channel.IoEventLoop;
import io.netty.channel.IoHandler;
import java.util.List;

/** What is said of a channel that comes to a loop which cannot serve it. Netty names the loop's class, which is all loops'. */
public final class WrongLoop {
    private static final List<String> HANDLERS = List.of(
            "io.netty.channel.nio.NioIoHandler", "io.netty.channel.epoll.EpollIoHandler",
            "io.netty.channel.uring.IoUringIoHandler", "io.netty.channel.kqueue.KQueueIoHandler",
            "io.netty.channel.local.LocalIoHandler", "dev.ringport.uring.UringIoHandler",
            "dev.ringport.mmsg.MmsgIoHandler", "dev.ringport.iocp.IocpIoHandler");

    private WrongLoop() {}

    /**
     * The failure of such a registration.
     *
     * @param channel the channel's class
     * @param needed what kind of loop it needs
     * @param cure what to do, as a clause
     */
    public static IllegalStateException refusal(Class<?> channel, String needed, EventLoop loop, String cure) {
        return new IllegalStateException("a " + channel.getSimpleName() + " needs " + needed + ", and this one has "
                + handlerOf(loop) + ": " + cure);
    }

    private static String handlerOf(EventLoop loop) {
        if (loop instanceof IoEventLoop ioLoop) {
            for (String name : HANDLERS) {
                try {
                    Class<?> type = Class.forName(name, false, loop.getClass().getClassLoader());
                    if (IoHandler.class.isAssignableFrom(type) && ioLoop.isIoType(type.asSubclass(IoHandler.class))) {
                        return "a " + type.getSimpleName();
                    }
                } catch (ClassNotFoundException | LinkageError absent) {
                    // Then it is not that one.
                }
            }
            return "a handler of another kind";
        }
        return "no handler (" + loop.getClass().getName() + ")";
    }
}
