// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.uring.send;

import dev.ringport.datagram.send.DatagramSender;
import dev.ringport.datagram.send.SendOperation;
import dev.ringport.datagram.send.SendSlot;
import dev.ringport.linux.abi.SocketConstants;
import dev.ringport.linux.send.ChannelSends;
import dev.ringport.linux.socket.LinuxSocket;
import dev.ringport.loop.HandleRegistration;
import dev.ringport.uring.ring.Operation;
import dev.ringport.uring.ring.RingOperations;
import dev.ringport.uring.ring.SubmissionQueue;
import org.jspecify.annotations.Nullable;

/** The sends of one channel as operations of its loop's ring. */
public final class UringSends extends ChannelSends {
    private final HandleRegistration registration;
    private final RingSends loop;
    private final RingOperations operations;
    private final WaitForRoom waitForRoom = new WaitForRoom();

    /** The sends of a channel that has come to a loop. */
    public UringSends(
            DatagramSender sender, HandleRegistration registration, RingSends loop, LinuxSocket socket,
            boolean segments) {
        super(sender, loop, socket, segments);
        this.registration = registration;
        this.loop = loop;
        operations = loop.operations();
        operations.table().add(waitForRoom);
    }

    @Override
    public @Nullable SendSlot claim() {
        return loop.claim(this);
    }

    @Override
    public void release(SendSlot slot) {
        loop.giveBack((UringSendSlot) slot);
    }

    @Override
    public void submit(SendSlot slot, SendOperation operation) {
        SubmissionQueue submissions = operations.submissions();
        registration.began();
        UringSendSlot send = (UringSendSlot) slot;
        send.prepare(operation, submissions, socket().fd(), operations.table().begin(send.inRing()));
    }

    @Override
    public long sendBufferRoom() {
        return socket().sendBufferRoom(loop.capture(), loop.scratch());
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
            sender().writable();
            loop.enqueue(this);
        }
    }

    @Override
    public void cancelWait() {
        operations.cancel(waitForRoom);
    }

    @Override
    public void leave() {
        super.leave();
        operations.forget(waitForRoom);
    }

    /** Arms the wait for room that found too many others waiting; false if it is no longer wanted. */
    boolean armWait() {
        if (!sender().wantsRoom()) {
            return false;
        }
        awaitWritable();
        return true;
    }

    /** The result of a send. */
    void ended(UringSendSlot slot, int res) {
        try {
            completed(slot, res);
        } finally {
            registration.ended();
            loop.due(this);
        }
    }

    /** Waits until the socket's send buffer has room again. */
    private final class WaitForRoom extends Operation {
        void arm() {
            SubmissionQueue submissions = operations.submissions();
            registration.began();
            submissions.preparePoll(socket().fd(), SocketConstants.POLLOUT, false, operations.table().begin(this));
        }

        @Override
        public void completed(int res, int flags) {
            registration.ended();
            loop.endWait();
            if (res > 0 && (res & SocketConstants.POLLERR) != 0) {
                drainErrorQueue();
            }
            sender().writable();
            loop.due(UringSends.this);
            loop.enqueue(UringSends.this);
        }
    }
}
