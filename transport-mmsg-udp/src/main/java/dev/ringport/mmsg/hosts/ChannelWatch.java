// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.mmsg.hosts;

import dev.ringport.linux.abi.Errno;
import dev.ringport.loop.HandleRegistration;
import dev.ringport.mmsg.abi.EpollConstants;
import dev.ringport.mmsg.engine.ChannelEngine;
import dev.ringport.mmsg.engine.Readiness;
import org.jspecify.annotations.Nullable;

/** A channel's socket in the epoll of its loop. */
public final class ChannelWatch extends Watch implements Readiness {
    private static final int BOTH = EpollConstants.EPOLLIN | EpollConstants.EPOLLOUT;

    private final OwnLoop loop;
    private final HandleRegistration registration;
    private @Nullable ChannelEngine engine;
    private boolean stopped;

    /** The watch of a socket; nothing is watched yet. */
    public ChannelWatch(int fd, OwnLoop loop, HandleRegistration registration) {
        super(fd);
        this.loop = loop;
        this.registration = registration;
    }

    /** Who is told. */
    public void tells(ChannelEngine channel) {
        engine = channel;
    }

    /** The descriptor is about to be closed, or the channel leaves. */
    public void stop() {
        stopped = true;
        loop.set().remove(this);
    }

    /**
     * What is no longer wanted goes on being watched until it is told once: a pipeline that reads one by one costs no
     * calls.
     */
    @Override
    public void want(int wanted) {
        if ((wanted & ~events()) != 0) {
            watch(wanted);
        }
    }

    private void watch(int wanted) {
        // An error is told whether it is wanted or not, but as an edge once.
        int events = wanted == 0 ? EpollConstants.EPOLLET : wanted;
        if (!stopped && events != events()) {
            int result = loop.set().set(this, events);
            if (result < 0) {
                throw new IllegalStateException(Errno.message("epoll_ctl", -result));
            }
        }
    }

    @Override
    public void began() {
        registration.began();
    }

    @Override
    public void ended() {
        registration.ended();
    }

    @Override
    protected void ready(int readyFor) {
        ChannelEngine channel = engine;
        if (channel == null) {
            return;
        }
        loop.touched(registration);
        int wanted = channel.wanted();
        if ((readyFor & BOTH & ~wanted) != 0 || wanted == 0) {
            watch(wanted);
        }
        channel.ready(readyFor);
    }
}
