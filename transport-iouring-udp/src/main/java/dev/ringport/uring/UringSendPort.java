// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.uring;

import dev.ringport.datagram.DatagramSender;
import dev.ringport.datagram.DatagramSender.Outcome;
import dev.ringport.datagram.SendPort;
import dev.ringport.datagram.SendSlot;
import dev.ringport.uring.abi.Errno;
import dev.ringport.uring.abi.SocketConstants;
import dev.ringport.uring.ring.Operation;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** The sends of one channel as operations of its loop's ring. */
final class UringSendPort implements SendPort {
    private final UringDatagramChannel channel;
    private final UringRegistration registration;
    private final UringIoHandler handler;
    private final UringSocket socket;
    private final WaitForRoom waitForRoom = new WaitForRoom();

    UringSendPort(UringDatagramChannel channel, UringRegistration registration, UringSocket socket) {
        this.channel = channel;
        this.registration = registration;
        this.socket = socket;
        handler = registration.handler();
        handler.operations().add(waitForRoom);
    }

    @Override
    public @Nullable SendSlot claim() {
        return handler.writers().claim(channel, this);
    }

    @Override
    public void release(SendSlot slot) {
        handler.writers().release((UringSendSlot) slot);
    }

    @Override
    public void submit(SendSlot slot) {
        handler.makeRoom();
        registration.began();
        UringSendSlot send = (UringSendSlot) slot;
        send.prepare(
                handler.ring().submissions(), socket.fd(), handler.operations().begin(send.operation()));
    }

    @Override
    public long sendBufferRoom() {
        return socket.sendBufferRoom(handler.ring().capture(), handler.writers().scratch());
    }

    @Override
    public void awaitWritable() {
        if (handler.isUsable() && handler.writers().beginWait(channel)) {
            waitForRoom.arm();
        }
    }

    @Override
    public boolean canSegment() {
        return Uring.canSegment();
    }

    /** The wait for room in the socket's send buffer. */
    Operation waitForRoom() {
        return waitForRoom;
    }

    /** The result of a send. */
    void completed(UringSendSlot slot, int res) {
        UringCounters counters = handler.counters();
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
        handler.writers().toSettle(channel);
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
            handler.makeRoom();
            registration.began();
            handler.ring().submissions()
                    .preparePoll(socket.fd(), SocketConstants.POLLOUT, false, handler.operations().begin(this));
        }

        @Override
        public void completed(int res, int flags) {
            registration.ended();
            handler.writers().endWait();
            DatagramSender sender = channel.sender();
            if (sender != null) {
                sender.writable();
                handler.writers().enqueue(channel);
            }
            channel.operationOver();
        }
    }
}
