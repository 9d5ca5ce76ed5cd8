// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.uring.send;

import dev.ringport.datagram.send.SendOperation;
import dev.ringport.datagram.send.SendSlot;
import dev.ringport.linux.abi.Iovec;
import dev.ringport.linux.abi.Msghdr;
import dev.ringport.linux.abi.SocketConstants;
import dev.ringport.net.ControlMessageWriter;
import dev.ringport.net.Peer;
import dev.ringport.net.SocketAddressCodec;
import dev.ringport.uring.ring.Operation;
import dev.ringport.uring.ring.SubmissionQueue;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * A send operation with the native memory that the kernel reads until it has completed. The memory belongs to the
 * loop's arena and is this slot's alone.
 *
 * <pre>{@code
 *   0         56   64         96        128
 *   | msghdr  |    | address  | control  | iovec[64]
 * }</pre>
 */
final class UringSendSlot extends SendSlot {
    private static final int ADDRESS = 64;
    private static final int CONTROL = ADDRESS + SocketAddressCodec.ROOM;
    private static final int IOVECS = CONTROL + 32;
    /** What one slot takes in bytes. */
    static final long BYTES = IOVECS + SendOperation.MAX_PIECES * Iovec.BYTES;

    private final MemorySegment memory;
    private final long base;
    private @Nullable ChannelSends port;
    private final Operation inRing = new Operation() {
        @Override
        public void completed(int res, int flags) {
            ChannelSends by = port;
            if (by == null) {
                throw new IllegalStateException("a slot that is not in use completed");
            }
            by.completed(UringSendSlot.this, res);
        }

        @Override
        public boolean completesAnywhere() {
            return true;
        }
    };

    UringSendSlot(MemorySegment memory, long base) {
        this.memory = memory;
        this.base = base;
    }

    /** The slot as the ring knows it. */
    Operation inRing() {
        return inRing;
    }

    void usedBy(@Nullable ChannelSends user) {
        port = user;
    }

    /**
     * Prepares the entry. MSG_DONTWAIT: without it the kernel parks a send that finds the socket's buffer full and lets
     * later ones overtake it.
     */
    void prepare(SendOperation sent, SubmissionQueue submissions, int fd, long token) {
        Peer to = sent.recipient();
        if (to != null) {
            to.copyTo(memory, base + ADDRESS);
        }
        int pieces = sent.pieces();
        if (pieces <= 1 && sent.segmentSize() == 0) {
            long payload = pieces == 0 ? memory.address() + base : sent.address(0);
            int bytes = pieces == 0 ? 0 : sent.length(0);
            submissions.prepareSend(
                    fd,
                    payload,
                    bytes,
                    SocketConstants.MSG_DONTWAIT,
                    memory.address() + base + ADDRESS,
                    to == null ? 0 : to.length(),
                    token);
            return;
        }
        for (int i = 0; i < pieces; i++) {
            long iovec = base + IOVECS + i * Iovec.BYTES;
            Iovec.iovBase(memory, iovec, sent.address(i));
            Iovec.iovLen(memory, iovec, sent.length(i));
        }
        long address = memory.address() + base;
        Msghdr.msgName(memory, base, to == null ? 0 : address + ADDRESS);
        Msghdr.msgNamelen(memory, base, to == null ? 0 : to.length());
        Msghdr.msgIov(memory, base, address + IOVECS);
        Msghdr.msgIovlen(memory, base, pieces);
        int control = sent.segmentSize() == 0
                ? 0
                : ControlMessageWriter.putShort(
                        memory,
                        base + CONTROL,
                        SocketConstants.SOL_UDP,
                        SocketConstants.UDP_SEGMENT,
                        sent.segmentSize());
        Msghdr.msgControl(memory, base, control == 0 ? 0 : address + CONTROL);
        Msghdr.msgControllen(memory, base, control);
        Msghdr.msgFlags(memory, base, 0);
        submissions.prepareSendmsg(fd, address, SocketConstants.MSG_DONTWAIT, token);
    }
}
