// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.mmsg.hosts;

import dev.ringport.mmsg.abi.EpollConstants;
import dev.ringport.mmsg.engine.ChannelEngine;
import dev.ringport.mmsg.engine.Hosted;
import dev.ringport.mmsg.engine.LoopEngine;

/**
 * A place at a loop whose epoll tells as long as a socket is ready. What is no longer wanted goes on being watched until
 * it is told once: a pipeline that reads one by one costs no calls. An error is told whether it is wanted or not, so where
 * nothing is wanted it is told as an edge, once.
 */
abstract class LevelPlace extends ChannelEngine {
    private int watched;

    LevelPlace(LoopEngine loop, Hosted channel) {
        super(loop, channel);
    }

    /** Watches the socket for something else. */
    abstract void watch(int events);

    @Override
    protected final void want(int wanted) {
        if ((wanted & ~watched) != 0) {
            change(wanted);
        }
    }

    private void change(int wanted) {
        int events = wanted == 0 ? EpollConstants.EPOLLET : wanted;
        if (events != watched) {
            watch(events);
            watched = events;
        }
    }

    /** The loop watches the socket from now on: for errors at most. */
    final void begin() {
        change(0);
    }

    /** The loop's epoll tells. */
    final void told(int readyFor) {
        if (isStopped()) {
            return;
        }
        int wanted = wanted();
        if ((readyFor & BOTH & ~wanted) != 0 || wanted == 0) {
            change(wanted);
        }
        ready(readyFor);
    }
}
