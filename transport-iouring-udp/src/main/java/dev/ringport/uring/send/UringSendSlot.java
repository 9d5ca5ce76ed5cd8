// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.uring.send;

import dev.ringport.datagram.send.SendOperation;
import dev.ringport.linux.abi.SocketConstants;
import dev.ringport.linux.send.LinuxSendSlot;
import dev.ringport.uring.ring.Operation;
import dev.ringport.uring.ring.SubmissionQueue;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/** A send operation as an entry of the ring. */
final class UringSendSlot extends LinuxSendSlot {
    private @Nullable UringSends port;
    private final Operation inRing = new Operation() {
        @Override
        public void completed(int res, int flags) {
            UringSends by = port;
            if (by == null) {
                throw new IllegalStateException("a slot that is not in use completed");
            }
            by.ended(UringSendSlot.this, res);
        }

        @Override
        public boolean completesAnywhere() {
            return true;
        }
    };

    UringSendSlot(MemorySegment memory, long base) {
        super(memory, base);
    }

    /** The slot as the ring knows it. */
    Operation inRing() {
        return inRing;
    }

    void usedBy(@Nullable UringSends user) {
        port = user;
    }

    /**
     * Prepares the entry. MSG_DONTWAIT: without it the kernel parks a send that finds the socket's buffer full and lets
     * later ones overtake it.
     */
    void prepare(SendOperation sent, SubmissionQueue submissions, int fd, long token) {
        int pieces = sent.pieces();
        if (pieces <= 1 && sent.segmentSize() == 0) {
            int nameBytes = writeName(sent);
            long payload = pieces == 0 ? address() : sent.address(0);
            int bytes = pieces == 0 ? 0 : sent.length(0);
            submissions.prepareSend(fd, payload, bytes, SocketConstants.MSG_DONTWAIT, name(), nameBytes, token);
            return;
        }
        writeMessage(sent);
        submissions.prepareSendmsg(fd, address(), SocketConstants.MSG_DONTWAIT, token);
    }
}
