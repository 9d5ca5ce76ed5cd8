// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.uring.send;

import dev.ringport.datagram.send.DatagramSender;
import dev.ringport.datagram.send.DatagramSender.Outcome;
import dev.ringport.datagram.send.SendEngine;
import dev.ringport.datagram.send.SendOperation;
import dev.ringport.datagram.send.SendSlot;
import dev.ringport.linux.abi.Errno;
import dev.ringport.linux.abi.SocketConstants;
import dev.ringport.linux.socket.LinuxSocket;
import dev.ringport.loop.HandleRegistration;
import dev.ringport.uring.ring.LoopCounters;
import dev.ringport.uring.ring.Operation;
import dev.ringport.uring.ring.RingOperations;
import dev.ringport.uring.ring.SubmissionQueue;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** The sends of one channel as operations of its loop's ring. */
public final class ChannelSends implements SendEngine {
    private final DatagramSender sender;
    private final HandleRegistration registration;
    private final LoopSends loop;
    private final RingOperations operations;
    private final LinuxSocket socket;
    private final boolean segments;
    private final WaitForRoom waitForRoom = new WaitForRoom();
    private boolean queued;
    private boolean settling;
    private boolean starved;

    /** The sends of a channel that has come to a loop. */
    public ChannelSends(
            DatagramSender sender, HandleRegistration registration, LoopSends loop, LinuxSocket socket,
            boolean segments) {
        this.sender = sender;
        this.registration = registration;
        this.loop = loop;
        this.socket = socket;
        this.segments = segments;
        operations = loop.operations();
        operations.table().add(waitForRoom);
    }

    @Override
    public @Nullable SendSlot claim() {
        return loop.claim(this);
    }

    @Override
    public void release(SendSlot slot) {
        loop.release((UringSendSlot) slot);
    }

    @Override
    public void submit(SendSlot slot, SendOperation operation) {
        SubmissionQueue submissions = operations.submissions();
        registration.began();
        UringSendSlot send = (UringSendSlot) slot;
        send.prepare(operation, submissions, socket.fd(), operations.table().begin(send.inRing()));
    }

    @Override
    public long sendBufferRoom() {
        return socket.sendBufferRoom(operations.ring().capture(), loop.scratch());
    }

    @Override
    public void awaitWritable() {
        if (!operations.isUsable() || !loop.beginWait(this)) {
            return;
        }
        try {
            waitForRoom.arm();
        } catch (IllegalStateException refused) {
            // The kernel takes no entries: the send itself is what is tried again.
            loop.endWait();
            sender.writable();
            loop.enqueue(this);
        }
    }

    @Override
    public boolean canSegment() {
        return segments;
    }

    /** Serves the channel at the end of the turn, or at once outside of one. */
    public void request() {
        loop.request(this);
    }

    /** Sends what is flushed, as far as it goes at once. */
    public void flushNow(int rounds) {
        loop.flushNow(this, rounds);
    }

    /** No longer waits for room. */
    public void cancelWait() {
        operations.cancel(waitForRoom);
    }

    /** The channel leaves its loop. */
    public void leave() {
        loop.forget(this);
        operations.forget(waitForRoom);
    }

    /** Submits what it can; true if there is more to submit at once. */
    boolean serve() {
        queued = false;
        boolean more = sender.serve();
        if (sender.inFlight() == 0) {
            // Messages that could not be sent: their promises are due.
            loop.toSettle(this);
        }
        return more;
    }

    /** Completes promises; true if there is more to submit. */
    boolean settle() {
        settling = false;
        return sender.settle();
    }

    boolean isQueued() {
        return queued;
    }

    /** Marks that the channel is in the queue; true if it was not. */
    boolean enterQueue() {
        boolean added = !queued;
        queued = true;
        return added;
    }

    /** Marks that promises of the channel are due; true if it was not. */
    boolean enterSettling() {
        boolean added = !settling;
        settling = true;
        return added;
    }

    /** Marks that the channel found no free slot; true if it was not marked. */
    boolean enterStarved() {
        boolean added = !starved;
        starved = true;
        return added;
    }

    void leaveStarved() {
        starved = false;
    }

    /** Arms the wait for room that found too many others waiting; false if it is no longer wanted. */
    boolean armWait() {
        if (!sender.wantsRoom()) {
            return false;
        }
        awaitWritable();
        return true;
    }

    /** The result of a send. */
    void completed(UringSendSlot slot, int res) {
        LoopCounters counters = loop.counters();
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
        try {
            operation.sender().completed(slot, outcome, cause);
        } finally {
            registration.ended();
            loop.toSettle(this);
        }
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

    private void drainErrorQueue() {
        loop.counters().errorsDropped += socket.drainErrorQueue(operations.ring().capture());
    }

    /** Waits until the socket's send buffer has room again. */
    private final class WaitForRoom extends Operation {
        void arm() {
            SubmissionQueue submissions = operations.submissions();
            registration.began();
            submissions.preparePoll(socket.fd(), SocketConstants.POLLOUT, false, operations.table().begin(this));
        }

        @Override
        public void completed(int res, int flags) {
            registration.ended();
            loop.endWait();
            if (res > 0 && (res & SocketConstants.POLLERR) != 0) {
                // Until its queue of errors is empty the kernel answers at once, room or not.
                drainErrorQueue();
            }
            sender.writable();
            loop.toSettle(ChannelSends.this);
            loop.enqueue(ChannelSends.this);
        }
    }
}
