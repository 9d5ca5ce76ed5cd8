// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.mmsg.hosts;

import dev.ringport.linux.abi.Errno;
import dev.ringport.loop.HandleRegistration;
import dev.ringport.mmsg.engine.Hosted;

/** A channel's place at the transport's own loop. */
public final class OwnPlace extends LevelPlace {
    private final OwnLoop loop;
    private final HandleRegistration registration;
    private final Watch socket;

    /** The place of a channel with that registration; nothing is watched yet. */
    public OwnPlace(OwnLoop loop, HandleRegistration registration, Hosted channel) {
        super(loop.engine(), channel);
        this.loop = loop;
        this.registration = registration;
        socket = new Watch(channel.socket().fd()) {
            @Override
            protected void ready(int readyFor) {
                loop.touched(registration);
                told(readyFor);
            }
        };
    }

    @Override
    void watch(int events) {
        int result = loop.set().set(socket, events);
        if (result < 0) {
            throw new IllegalStateException(Errno.message("epoll_ctl", -result));
        }
    }

    @Override
    protected void began() {
        super.began();
        registration.began();
    }

    @Override
    protected void ended() {
        super.ended();
        registration.ended();
    }

    @Override
    protected void unwatch() {
        // Not left to the close: the descriptor may have a copy somewhere.
        loop.set().remove(socket);
    }
}
