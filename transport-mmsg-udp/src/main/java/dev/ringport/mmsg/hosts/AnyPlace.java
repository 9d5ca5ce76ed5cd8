// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.mmsg.hosts;

import dev.ringport.linux.abi.Errno;
import dev.ringport.mmsg.engine.ChannelEngine;
import dev.ringport.mmsg.engine.Hosted;
import io.netty.util.internal.logging.InternalLogger;
import io.netty.util.internal.logging.InternalLoggerFactory;
import java.io.IOException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A channel's place at a loop of any kind: the {@link ReadinessThread} watches the socket and hands the turn to the loop as
 * a task. It tells once, and is asked again when the turn is over.
 */
final class AnyPlace extends ChannelEngine implements ReadinessThread.Told {
    private static final InternalLogger LOGGER = InternalLoggerFactory.getInstance(AnyPlace.class);

    private final ForeignLoop loop;
    private final ReadinessThread.Ticket ticket;
    /** What was told and has had no turn yet. */
    private final AtomicInteger told = new AtomicInteger();
    private final Runnable turn = this::turn;
    /** What is asked for and was not told. */
    private int asked;

    private AnyPlace(ForeignLoop loop, Hosted channel) throws IOException {
        super(loop.engine(), channel);
        this.loop = loop;
        ticket = ReadinessThread.join(this, channel.socket().fd());
        loop.add(this);
    }

    static AnyPlace of(ForeignLoop loop, Hosted channel) throws IOException {
        loop.closesItsChannels();
        return new AnyPlace(loop, channel);
    }

    @Override
    protected void want(int wanted) {
        if ((wanted & ~asked) != 0) {
            int result = ticket.tellOnce(wanted);
            if (result < 0) {
                throw new IllegalStateException(Errno.message("epoll_ctl", -result));
            }
            asked = wanted;
        }
    }

    /** By the readiness thread. */
    @Override
    public boolean told(int readyFor) {
        // Else the turn is to come.
        return told.getAndUpdate(before -> before | readyFor) != 0 || again();
    }

    /** By the readiness thread. */
    @Override
    public boolean again() {
        try {
            loop.loop().execute(turn);
            return true;
        } catch (RejectedExecutionException refused) {
            // A channel is closed with its loop; one that goes on has a queue that is full.
            LOGGER.debug("the event loop takes no task", refused);
            return loop.loop().isShuttingDown();
        }
    }

    private void turn() {
        int readyFor = told.getAndSet(0);
        asked = 0;
        if (isStopped()) {
            return;
        }
        if (loop.loop().isShuttingDown()) {
            // A loop ends when it has no task left; under a flood each turn would be followed by the next.
            loop.closeChannels();
        } else {
            loop.turn(this, readyFor);
        }
    }

    @Override
    protected void unwatch() {
        ticket.leave();
    }

    @Override
    public void leave() {
        super.leave();
        loop.remove(this);
    }
}
