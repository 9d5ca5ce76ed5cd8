// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.mmsg.engine;

import dev.ringport.datagram.send.SendOperation;
import dev.ringport.datagram.send.SendSlot;
import dev.ringport.linux.send.ChannelSends;
import dev.ringport.mmsg.abi.EpollConstants;
import org.jspecify.annotations.Nullable;

/** The sends of one channel at one loop. */
public final class MmsgSends extends ChannelSends {
    private final LoopMmsgSends loop;
    private final ChannelEngine engine;
    private boolean waiting;

    MmsgSends(Hosted channel, LoopMmsgSends loop, boolean segments, ChannelEngine engine) {
        super(channel.sender(), loop, channel.socket(), segments);
        this.loop = loop;
        this.engine = engine;
    }

    int fd() {
        return socket().fd();
    }

    @Override
    public @Nullable SendSlot claim() {
        return loop.claim(this);
    }

    @Override
    public void release(SendSlot slot) {
        loop.giveBack((MmsgSendSlot) slot);
    }

    @Override
    public void submit(SendSlot slot, SendOperation operation) {
        loop.submit((MmsgSendSlot) slot);
    }

    /** Not reckoned: nothing overtakes a message that found no room, because its call ends there. */
    @Override
    public long sendBufferRoom() {
        return Long.MAX_VALUE;
    }

    @Override
    public void awaitWritable() {
        if (!waiting) {
            waiting = true;
            engine.began();
            engine.wantsChanged();
        }
    }

    /** Whether the channel waits for room in the socket. */
    boolean isWaiting() {
        return waiting;
    }

    @Override
    public void cancelWait() {
        endWait();
    }

    @Override
    public void leave() {
        super.leave();
        if (waiting) {
            waiting = false;
            engine.ended();
        }
    }

    /** The socket has room, or an error that the next send tells. */
    void writable(int events) {
        if (waiting) {
            if ((events & EpollConstants.EPOLLERR) != 0) {
                drainErrorQueue();
            }
            endWait();
        }
    }

    private void endWait() {
        if (waiting) {
            waiting = false;
            engine.ended();
            sender().writable();
            loop.serveSoon(this);
        }
    }

    /** The result of a send. */
    void ended(MmsgSendSlot slot, int result) {
        try {
            completed(slot, result);
        } finally {
            loop.due(this);
        }
    }
}
