// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.mmsg.hosts;

/** A descriptor in an {@link EpollSet}, and who is told of it. */
public abstract class Watch {
    private final int fd;
    private int index = EpollSet.NOWHERE;
    private long token;
    private int events;

    /** The watch of a descriptor that somebody else closes, after {@link EpollSet#remove}. */
    protected Watch(int fd) {
        this.fd = fd;
    }

    /** The descriptor is ready, or has an error. */
    protected abstract void ready(int readyFor);

    final int fd() {
        return fd;
    }

    final int index() {
        return index;
    }

    final long token() {
        return token;
    }

    final void placed(int at, long as) {
        index = at;
        token = as;
    }

    final int events() {
        return events;
    }

    final void events(int watchedFor) {
        events = watchedFor;
    }
}
