// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.mmsg.engine;

import dev.ringport.datagram.receive.DatagramReader;
import dev.ringport.datagram.receive.Ending;
import dev.ringport.ffm.NativeMemory;
import dev.ringport.linux.abi.Errno;
import dev.ringport.linux.receive.SocketReceive;
import dev.ringport.mmsg.abi.EpollConstants;
import dev.ringport.net.Peer;
import dev.ringport.net.PeerTable;
import java.io.IOException;

/**
 * The receive of one channel at one loop: the wish to be told that the socket is ready, and the call that follows. What
 * comes goes to the channel's {@link DatagramReader}.
 */
public final class MmsgReceive extends SocketReceive {
    /** Calls in a row that brought nothing though the socket was said to be ready; then the reader backs off. */
    private static final int MAX_VAIN_CALLS = 4;

    private enum Stage {
        RESTING,
        /** Datagrams are wanted. */
        ARMED,
        /** One datagram is wanted. */
        ARMED_FOR_ONE,
        /** Cancelled while datagrams that had come are handed on. */
        CANCELLED
    }

    private final LoopMmsgReceives loop;
    private final ChannelEngine engine;
    private Stage stage = Stage.RESTING;
    private boolean handingOn;
    private int vainCalls;

    MmsgReceive(Hosted channel, LoopMmsgReceives loop, PeerTable<? extends Peer> peers, ChannelEngine engine) {
        super(channel.channel(), channel.reader(), channel.socket(), loop, peers);
        this.loop = loop;
        this.engine = engine;
    }

    // What the reader asks.

    @Override
    public boolean takesOperations() {
        return engine.takesOperations();
    }

    @Override
    public void arm(boolean continuous) throws IOException {
        loop.open(channel().alloc());
        stage = continuous ? Stage.ARMED : Stage.ARMED_FOR_ONE;
        engine.began();
        try {
            engine.wantsChanged();
        } catch (Throwable refused) {
            rest();
            throw refused;
        }
    }

    @Override
    public void cancel() {
        if (handingOn) {
            // What came with the same call is held by the reader first.
            stage = Stage.CANCELLED;
        } else if (isWanting()) {
            end();
        }
    }

    private void end() {
        rest();
        reader().ended(Ending.DONE, null);
    }

    private void rest() {
        stage = Stage.RESTING;
        engine.ended();
    }

    /** Whether datagrams are wanted. */
    boolean isWanting() {
        return stage == Stage.ARMED || stage == Stage.ARMED_FOR_ONE;
    }

    @Override
    public void leave() {
        super.leave();
        if (stage != Stage.RESTING) {
            rest();
        }
    }

    // What the kernel says.

    /** The socket is ready. */
    void readable(int events) {
        if (!isWanting()) {
            return;
        }
        boolean one = stage == Stage.ARMED_FOR_ONE;
        int result = loop.receive(socket().fd(), one ? 1 : Integer.MAX_VALUE);
        if (result > 0) {
            vainCalls = 0;
            handOn(result);
            if (!hasLeft() && (one || stage == Stage.CANCELLED)) {
                end();
            }
        } else if (result == -Errno.EAGAIN || result == 0) {
            foundNothing(events);
        } else {
            rest();
            failed(-result);
        }
    }

    private void handOn(int filled) {
        handingOn = true;
        try {
            for (int slot = 0; slot < filled; slot++) {
                filled(slot);
                if (hasLeft()) {
                    discard();
                } else {
                    long at = slotAddress();
                    arrived(
                            LoopMmsgReceives.PAYLOAD, NativeMemory.ALL, at, loop.nameBytes(slot),
                            at + LoopMmsgReceives.CONTROL, loop.controlBytes(slot), loop.flags(slot),
                            loop.payloadBytes(slot));
                }
            }
        } finally {
            handingOn = false;
        }
    }

    /** Such as a datagram with a wrong checksum, or errors that stand in the socket's queue of errors. */
    private void foundNothing(int events) {
        int drained = (events & EpollConstants.EPOLLERR) == 0 ? 0 : drainErrorQueue();
        if (drained == 0 && ++vainCalls > MAX_VAIN_CALLS) {
            vainCalls = 0;
            rest();
            reader().ended(Ending.FAULT, null);
        }
    }
}
