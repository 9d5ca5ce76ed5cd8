// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.mmsg.engine;

import dev.ringport.linux.socket.UdpOffloads;
import dev.ringport.mmsg.abi.EpollConstants;

/**
 * A channel at a loop, from its registration until it leaves: its receive, its sends, and what its socket is watched for.
 * How it is watched is the loop's, by a subclass. Used on the loop only.
 */
public abstract class ChannelEngine {
    /** What a socket can be watched for. */
    protected static final int BOTH = EpollConstants.EPOLLIN | EpollConstants.EPOLLOUT;
    private static final int RECEIVE = EpollConstants.EPOLLIN | EpollConstants.EPOLLERR | EpollConstants.EPOLLHUP;
    private static final int SEND = EpollConstants.EPOLLOUT | EpollConstants.EPOLLERR | EpollConstants.EPOLLHUP;

    private enum Stage {
        WATCHED,
        /** What the socket is ready for is handled: what changes in the meantime is asked for afterwards, once. */
        HANDLING,
        /** The descriptor is about to be closed, or the channel leaves. */
        STOPPED
    }

    private final LoopEngine loop;
    private final Hosted channel;
    private final MmsgReceive receive;
    private final MmsgSends sends;
    private Stage stage = Stage.WATCHED;
    private int inFlight;

    /** A channel that has come to a loop; its reader and its sender know it from now on. */
    @SuppressWarnings("this-escape") // reader and sender call nobody before they are asked
    protected ChannelEngine(LoopEngine loop, Hosted channel) {
        this.loop = loop;
        this.channel = channel;
        boolean inet6 = channel.socket().isInet6();
        receive = new MmsgReceive(channel, loop.receives(), loop.trains().peers(inet6), this);
        sends = new MmsgSends(channel, loop.sends(), UdpOffloads.segmentation(), this);
        channel.reader().attach(receive);
        channel.sender().attach(sends, loop.trains(), inet6);
    }

    // What the loop does.

    /**
     * From now on {@link #ready} is to be called as long as the socket is ready for one of these, and when an error is
     * pending. With none it is best not called. Not asked any more once the channel has stopped.
     *
     * @param events {@code EPOLLIN}, {@code EPOLLOUT}, both or none
     */
    protected abstract void want(int events);

    /** The socket is watched no longer. Called once, before its descriptor is closed. */
    protected abstract void unwatch();

    /** The descriptor is about to be closed. */
    public final void stop() {
        if (stage != Stage.STOPPED) {
            stage = Stage.STOPPED;
            unwatch();
        }
    }

    /** The channel leaves the loop. */
    public void leave() {
        stop();
        sends.leave();
        receive.leave();
    }

    /** Whether it is watched no longer. */
    protected final boolean isStopped() {
        return stage == Stage.STOPPED;
    }

    /** A receive or a wait for room has begun, which an end of the channel waits for. */
    protected void began() {
        inFlight++;
    }

    /** It has ended. */
    protected void ended() {
        inFlight--;
    }

    // What the channel asks.

    /** The channel. */
    public final Hosted channel() {
        return channel;
    }

    /** What the loop counts. */
    public final MmsgLoopCounters counters() {
        return loop.counters();
    }

    /** Receives and waits of the channel that go on. */
    public final int inFlight() {
        return inFlight;
    }

    /** What the channel sends with. */
    public final MmsgSends sends() {
        return sends;
    }

    /** Whether the loop still serves. */
    public final boolean takesOperations() {
        return loop.isOpen();
    }

    /** The channel ends: nothing is waited for any more. What the system still has to give up is told when it has. */
    public void cancelWaits() {
        sends.cancelWait();
    }

    // What the loop tells.

    /** The socket is ready, within a turn of the loop. */
    public final void ready(int events) {
        if (stage != Stage.WATCHED) {
            return;
        }
        stage = Stage.HANDLING;
        try {
            if ((events & RECEIVE) != 0) {
                receive.readable(events);
            }
            if ((events & SEND) != 0) {
                sends.writable(events);
            }
        } finally {
            if (stage == Stage.HANDLING) {
                stage = Stage.WATCHED;
                want(wanted());
            }
        }
    }

    /** What the socket is to be watched for. */
    protected final int wanted() {
        return (receive.isWanting() ? EpollConstants.EPOLLIN : 0) | (sends.isWaiting() ? EpollConstants.EPOLLOUT : 0);
    }

    final void wantsChanged() {
        if (stage == Stage.WATCHED) {
            want(wanted());
        }
    }
}
