// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.mmsg.hosts;

import dev.ringport.mmsg.engine.ChannelEngine;
import dev.ringport.mmsg.engine.Hosted;
import io.netty.channel.EventLoop;
import io.netty.channel.IoEventLoop;
import io.netty.channel.IoHandle;
import io.netty.channel.IoRegistration;
import io.netty.util.concurrent.SingleThreadEventExecutor;
import java.util.function.Function;

/** The loops that are not the transport's own and serve its channels all the same. */
public final class Hosts {
    /** What became of a channel that comes to a loop. Called on the loop. */
    public interface Taken {
        /** It has its place. */
        void at(ChannelEngine place);

        /** It has not. */
        void refused(Throwable cause);
    }

    private static final boolean EPOLL = isPresent("io.netty.channel.epoll.EpollIoHandle");
    private static final boolean URING = isPresent("io.netty.channel.uring.IoUringIoHandle");

    private Hosts() {}

    private static boolean isPresent(String name) {
        try {
            Class.forName(name, false, Hosts.class.getClassLoader());
            return true;
        } catch (ClassNotFoundException | LinkageError absent) {
            return false;
        }
    }

    /** Whether a loop can serve channels: one that runs tasks by itself. */
    public static boolean canServe(EventLoop loop) {
        return loop instanceof SingleThreadEventExecutor || loop instanceof IoEventLoop;
    }

    /** Gives a channel its place at a loop: by its handler where that can watch sockets, else by the readiness thread. */
    public static void take(EventLoop loop, Hosted channel, Taken taken) {
        try {
            ForeignLoop at = ForeignLoop.of(loop);
            if (EPOLL && loop instanceof IoEventLoop ioLoop && EpollPlace.canBeAt(ioLoop)) {
                EpollPlace.take(ioLoop, at, channel, taken);
            } else if (URING && loop instanceof IoEventLoop ioLoop && UringPlace.canBeAt(ioLoop)) {
                UringPlace.take(ioLoop, at, channel, taken);
            } else {
                taken.at(AnyPlace.of(at, channel));
            }
        } catch (Throwable refused) {
            // Netty catches nothing here: the promise of the registration would never be completed.
            taken.refused(refused);
        }
    }

    /** Registers what a loop's handler sees of a channel, and gives the channel its place when that is done. */
    static void register(
            IoEventLoop loop, IoHandle handle, Function<IoRegistration, ChannelEngine> place, Taken taken) {
        loop.register(handle).addListener(future -> {
            if (!future.isSuccess()) {
                taken.refused(future.cause());
                return;
            }
            IoRegistration registration = (IoRegistration) future.getNow();
            try {
                taken.at(place.apply(registration));
            } catch (Throwable refused) {
                registration.cancel();
                taken.refused(refused);
            }
        });
    }
}
