// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.mmsg.hosts;

import dev.ringport.mmsg.abi.EpollConstants;
import dev.ringport.mmsg.engine.ChannelEngine;
import dev.ringport.mmsg.engine.LoopEngine;
import dev.ringport.mmsg.engine.MmsgLoopCounters;
import dev.ringport.mmsg.engine.Readiness;

/** A channel's place at a loop, from its registration until it leaves. Used on the loop only. */
public abstract class Place implements Readiness {
    /** What can be wanted. */
    static final int BOTH = EpollConstants.EPOLLIN | EpollConstants.EPOLLOUT;

    private final LoopEngine loop;
    private final Hosted channel;
    private final ChannelEngine engine;
    private int inFlight;

    /** The channel joins the loop's engine. */
    Place(LoopEngine loop, Hosted channel) {
        this.loop = loop;
        this.channel = channel;
        engine = channel.join(loop, this);
    }

    /** The channel. */
    final Hosted channel() {
        return channel;
    }

    /** The channel's part of the loop's engine. */
    public final ChannelEngine engine() {
        return engine;
    }

    /** What the loop counts. */
    public final MmsgLoopCounters counters() {
        return loop.counters();
    }

    /** Receives and waits of the channel that go on. */
    public final int inFlight() {
        return inFlight;
    }

    @Override
    public void began() {
        inFlight++;
    }

    @Override
    public void ended() {
        inFlight--;
    }

    /** The channel ends: nothing is waited for any more. What the system still has to give up is told when it has. */
    public void cancelWaits() {
        engine.sends().cancelWait();
    }

    /** The descriptor is about to be closed: it is watched no longer. */
    public abstract void stop();

    /** The channel leaves the loop; its engine has left. */
    public abstract void leave();
}
