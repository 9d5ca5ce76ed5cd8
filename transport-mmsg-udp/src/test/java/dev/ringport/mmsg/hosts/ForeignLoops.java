// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.mmsg.hosts;

import io.netty.channel.EventLoop;

/** A look at what is kept for loops that are not the transport's own. */
public final class ForeignLoops {
    private ForeignLoops() {}

    /** Receives and waits that go on at those that the calling thread drives. */
    public static int inFlight() {
        return ForeignLoop.inFlight();
    }

    /** Whether anything is kept for a loop. */
    public static boolean isKnown(EventLoop loop) {
        return ForeignLoop.isKnown(loop);
    }
}
