// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.mmsg.hosts;

import dev.ringport.mmsg.engine.ChannelEngine;
import dev.ringport.mmsg.engine.LoopEngine;
import dev.ringport.mmsg.engine.Readiness;

/** A channel as a loop that serves it sees it. Called on the loop only. */
public interface Hosted {
    /** The descriptor of its socket. */
    int fd();

    /** Makes the channel's part of the loop's engine. */
    ChannelEngine join(LoopEngine loop, Readiness readiness);

    /** Something that an end of the channel may wait for is over. */
    void progressed();

    /** The loop ends: the channel closes. */
    void close();

    /** The loop ends: a close that still waits ends. */
    void closeWithoutWaiting();
}
