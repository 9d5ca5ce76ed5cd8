// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.mmsg.hosts;

import dev.ringport.mmsg.engine.Hosted;
import io.netty.channel.IoEvent;
import io.netty.channel.IoEventLoop;
import io.netty.channel.IoRegistration;
import io.netty.channel.epoll.EpollIoEvent;
import io.netty.channel.epoll.EpollIoHandle;
import io.netty.channel.epoll.EpollIoOps;
import io.netty.channel.unix.FileDescriptor;
import org.jspecify.annotations.Nullable;

/** A channel's place at a loop over Netty's epoll. */
final class EpollPlace extends LevelPlace {
    private final ForeignLoop loop;
    private final IoRegistration registration;

    private EpollPlace(ForeignLoop loop, Hosted channel, IoRegistration registration) {
        super(loop.engine(), channel);
        this.loop = loop;
        this.registration = registration;
        begin();
        loop.add(this);
    }

    static boolean canBeAt(IoEventLoop loop) {
        return loop.isCompatible(EpollIoHandle.class);
    }

    static void take(IoEventLoop at, ForeignLoop loop, Hosted channel, Hosts.Taken taken) {
        Handle handle = new Handle(channel);
        Hosts.register(
                at, handle, registration -> handle.place = new EpollPlace(loop, channel, registration), taken);
    }

    /** The channel as Netty's handler sees it. */
    private static final class Handle implements EpollIoHandle {
        private final Hosted channel;
        private final FileDescriptor descriptor;
        private @Nullable EpollPlace place;

        Handle(Hosted channel) {
            this.channel = channel;
            // Never closed through it.
            descriptor = new FileDescriptor(channel.socket().fd());
        }

        @Override
        public FileDescriptor fd() {
            return descriptor;
        }

        @Override
        public void handle(IoRegistration by, IoEvent event) {
            EpollPlace here = place;
            if (here != null) {
                int readyFor = ((EpollIoEvent) event).ops().value();
                here.loop.turn(() -> here.told(readyFor));
            }
        }

        /** By the handler, which ends and has cancelled the registration. */
        @Override
        public void close() {
            channel.close();
            channel.closeWithoutWaiting();
        }
    }

    @Override
    void watch(int events) {
        if (registration.isValid()) {
            registration.submit(EpollIoOps.valueOf(events));
        }
    }

    @Override
    protected void unwatch() {
        // The handler takes the descriptor out of its epoll.
        registration.cancel();
    }

    @Override
    public void leave() {
        super.leave();
        loop.remove(this);
    }
}
