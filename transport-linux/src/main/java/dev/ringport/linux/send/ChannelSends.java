// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.linux.send;

import dev.ringport.datagram.send.DatagramSender;
import dev.ringport.datagram.send.DatagramSender.Outcome;
import dev.ringport.datagram.send.SendEngine;
import dev.ringport.datagram.send.SendOperation;
import dev.ringport.datagram.send.SendSlot;
import dev.ringport.linux.abi.Errno;
import dev.ringport.linux.socket.DatagramCounters;
import dev.ringport.linux.socket.LinuxSocket;
import java.io.IOException;

/** The sends of one channel at one loop: its place among those of the loop, and what the kernel's results mean. */
public abstract class ChannelSends implements SendEngine {
    private final DatagramSender sender;
    private final LoopSends<?> loop;
    private final LinuxSocket socket;
    private final boolean segments;
    private boolean queued;
    private boolean settling;
    private boolean starved;

    /**
     * The sends of a channel that has come to a loop.
     *
     * @param segments whether the kernel knows {@code UDP_SEGMENT}
     */
    protected ChannelSends(DatagramSender sender, LoopSends<?> loop, LinuxSocket socket, boolean segments) {
        this.sender = sender;
        this.loop = loop;
        this.socket = socket;
        this.segments = segments;
    }

    /** The channel's sender. */
    protected final DatagramSender sender() {
        return sender;
    }

    /** The channel's socket. */
    protected final LinuxSocket socket() {
        return socket;
    }

    @Override
    public final boolean canSegment() {
        return segments;
    }

    /** Serves the channel at the end of the turn, or at once outside of one. */
    public final void request() {
        loop.request(this);
    }

    /** Sends what is flushed, as far as it goes at once. */
    public final void flushNow(int rounds) {
        loop.flushNow(this, rounds);
    }

    /** No longer waits for room. */
    public abstract void cancelWait();

    /** The channel leaves its loop. */
    public void leave() {
        loop.forget(this);
    }

    /** Submits what it can; true if there is more to submit at once. */
    final boolean serve() {
        queued = false;
        boolean more = sender.serve();
        if (sender.inFlight() == 0) {
            // Messages that could not be sent: their promises are due.
            loop.toSettle(this);
        }
        return more;
    }

    /** Completes promises; true if there is more to submit. */
    final boolean settle() {
        settling = false;
        return sender.settle();
    }

    final boolean isQueued() {
        return queued;
    }

    /** Marks that the channel is in the queue; true if it was not. */
    final boolean enterQueue() {
        boolean added = !queued;
        queued = true;
        return added;
    }

    /** Marks that promises of the channel are due; true if it was not. */
    final boolean enterSettling() {
        boolean added = !settling;
        settling = true;
        return added;
    }

    /** Marks that the channel found no free slot; true if it was not marked. */
    final boolean enterStarved() {
        boolean added = !starved;
        starved = true;
        return added;
    }

    final void leaveStarved() {
        starved = false;
    }

    /**
     * The result of a send: the bytes sent, or {@code -errno}. Promises are due after the results at hand, by
     * {@link LoopSends#toSettle}.
     */
    protected final void completed(SendSlot slot, int res) {
        DatagramCounters counters = loop.counters();
        SendOperation operation = slot.operation();
        Outcome outcome = outcome(res);
        IOException cause = null;
        switch (outcome) {
            case SENT -> {
                counters.sends++;
                if (operation.segmentSize() > 0) {
                    counters.segmented += operation.datagrams();
                }
            }
            case WOULD_BLOCK -> counters.sendsDelayed++;
            case ANSWERED, TOO_LONG, FAILED -> {
                if (operation.wasTriedAgain()) {
                    counters.segmentationRefused++;
                }
                cause = Errno.exception("sendmsg", -res);
                if (Errno.isAnswerToDatagram(-res)) {
                    drainErrorQueue();
                }
            }
        }
        operation.sender().completed(slot, outcome, cause);
    }

    /**
     * EMSGSIZE may answer an earlier datagram (ICMP); of a train it also says that a segment is above the MTU, for which
     * kernels before 6.9 say EINVAL, as they do for a socket without checksums.
     */
    private static Outcome outcome(int res) {
        if (res >= 0) {
            return Outcome.SENT;
        }
        return switch (-res) {
            case Errno.EAGAIN -> Outcome.WOULD_BLOCK;
            case Errno.EMSGSIZE, Errno.EINVAL -> Outcome.TOO_LONG;
            default -> Errno.isAnswerToDatagram(-res) ? Outcome.ANSWERED : Outcome.FAILED;
        };
    }

    /** Until its queue of errors is empty the kernel tells that the socket takes data, room or not. */
    protected final void drainErrorQueue() {
        loop.counters().errorsDropped += socket.drainErrorQueue(loop.capture());
    }
}
