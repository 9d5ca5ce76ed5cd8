// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.uring.send;

import dev.ringport.datagram.DatagramSender;
import dev.ringport.datagram.DatagramSender.Outcome;
import dev.ringport.datagram.SendPort;
import dev.ringport.datagram.SendSlot;
import dev.ringport.loop.HandleRegistration;
import dev.ringport.uring.abi.Errno;
import dev.ringport.uring.abi.SocketConstants;
import dev.ringport.uring.ring.LoopCounters;
import dev.ringport.uring.ring.Operation;
import dev.ringport.uring.ring.RingOperations;
import dev.ringport.uring.ring.SubmissionQueue;
import dev.ringport.uring.socket.UringSocket;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** The sends of one channel as operations of its loop's ring. */
public final class ChannelSends implements SendPort {
    private final SendingChannel channel;
    private final HandleRegistration registration;
    private final LoopSends loop;
    private final RingOperations operations;
    private final UringSocket socket;
    private final boolean segments;
    private final WaitForRoom waitForRoom = new WaitForRoom();
    private boolean queued;
    private boolean settling;
    private boolean starved;

    /** The sends of a channel that has come to a loop. */
    public ChannelSends(
            SendingChannel channel, HandleRegistration registration, LoopSends loop, UringSocket socket,
            boolean segments) {
        this.channel = channel;
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
    public void submit(SendSlot slot) {
        SubmissionQueue submissions = operations.submissions();
        registration.began();
        UringSendSlot send = (UringSendSlot) slot;
        send.prepare(submissions, socket.fd(), operations.table().begin(send.operation()));
    }

    @Override
    public long sendBufferRoom() {
        return socket.sendBufferRoom(operations.ring().capture(), loop.scratch());
    }

    @Override
    public void awaitWritable() {
        if (operations.isUsable() && loop.beginWait(this)) {
            waitForRoom.arm();
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

    boolean pump() {
        queued = false;
        return channel.pumpWrites();
    }

    boolean settle() {
        settling = false;
        return channel.settleWrites();
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
        if (!channel.waitsForRoom()) {
            return false;
        }
        awaitWritable();
        return true;
    }

    @Override
    public String toString() {
        return channel.toString();
    }

    /** The result of a send. */
    void completed(UringSendSlot slot, int res) {
        LoopCounters counters = loop.counters();
        DatagramSender sender = slot.sender();
        int segmentSize = slot.segmentSize();
        Outcome outcome = outcome(res, segmentSize > 0);
        IOException cause = null;
        switch (outcome) {
            case SENT -> {
                counters.sends++;
                if (segmentSize > 0) {
                    counters.segmented += (slot.bytes() + segmentSize - 1) / segmentSize;
                }
            }
            case WOULD_BLOCK -> counters.sendsDelayed++;
            case SEGMENTATION_REFUSED, SEGMENT_TOO_LONG -> counters.segmentationRefused++;
            case FAILED -> cause = Errno.exception("sendmsg", -res);
        }
        sender.completed(slot, outcome, cause);
        registration.ended();
        loop.toSettle(this);
    }

    /**
     * EIO: the device cannot cut up. EMSGSIZE: not into segments of this size; kernels before 6.9 say EINVAL for that, as
     * they do for a socket without checksums.
     */
    private static Outcome outcome(int res, boolean segmented) {
        if (res >= 0) {
            return Outcome.SENT;
        }
        if (res == -Errno.EAGAIN) {
            return Outcome.WOULD_BLOCK;
        }
        if (segmented && res == -Errno.EIO) {
            return Outcome.SEGMENTATION_REFUSED;
        }
        return segmented && (res == -Errno.EMSGSIZE || res == -Errno.EINVAL)
                ? Outcome.SEGMENT_TOO_LONG
                : Outcome.FAILED;
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
            channel.roomAwaited();
            loop.enqueue(ChannelSends.this);
        }
    }
}
