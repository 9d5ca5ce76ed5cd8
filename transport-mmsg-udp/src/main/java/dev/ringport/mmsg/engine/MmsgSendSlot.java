// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.mmsg.engine;

import dev.ringport.datagram.send.SendOperation;
import dev.ringport.linux.abi.SocketConstants;
import dev.ringport.linux.send.LinuxSendSlot;
import dev.ringport.mmsg.abi.MmsgCalls;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/** A send operation as one of many messages of a call. */
final class MmsgSendSlot extends LinuxSendSlot {
    private @Nullable MmsgSends channel;

    MmsgSendSlot(MemorySegment memory, long base) {
        super(memory, base);
    }

    void usedBy(@Nullable MmsgSends user) {
        channel = user;
    }

    MmsgSends channel() {
        MmsgSends by = channel;
        if (by == null) {
            throw new IllegalStateException("the slot is not in use");
        }
        return by;
    }

    /** Writes its header there. */
    void write(MemorySegment headers, long header) {
        writeMessage(operation(), headers, header);
    }

    /** Whether {@link #send} will do: one piece, or nothing, and no train. */
    boolean isPlain() {
        return operation().pieces() <= 1 && operation().segmentSize() == 0;
    }

    /** Sends it by itself, which is less work for the kernel than a call for many. */
    int send(MemorySegment capture, int fd) {
        SendOperation sent = operation();
        int nameBytes = writeName(sent);
        boolean empty = sent.pieces() == 0;
        return MmsgCalls.sendto(
                capture, fd, empty ? address() : sent.address(0), empty ? 0 : sent.length(0),
                SocketConstants.MSG_DONTWAIT, nameBytes == 0 ? 0 : name(), nameBytes);
    }
}
