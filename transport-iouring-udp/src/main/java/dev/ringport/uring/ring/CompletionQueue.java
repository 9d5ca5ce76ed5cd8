// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.uring.ring;

import dev.ringport.uring.abi.IoUringCqe;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;

/**
 * The completion queue of one ring. The tail is read with acquire, once for all entries before it, and the head is
 * given back with release, once for a batch: {@link #release()}. Used by the ring's thread only.
 */
public final class CompletionQueue {
    private static final VarHandle INT = ValueLayout.JAVA_INT.varHandle();

    private final MemorySegment queue;
    private final long headOffset;
    private final long tailOffset;
    private final long cqesOffset;
    private final int mask;
    private int head;
    private int knownTail;
    private long userData;
    private int res;
    private int flags;

    CompletionQueue(MemorySegment queue, long headOffset, long tailOffset, long cqesOffset, int entries) {
        this.queue = queue;
        this.headOffset = headOffset;
        this.tailOffset = tailOffset;
        this.cqesOffset = cqesOffset;
        mask = entries - 1;
        head = (int) INT.get(queue, headOffset);
        knownTail = head;
    }

    /** Number of entries. */
    public int entries() {
        return mask + 1;
    }

    /** Whether there is a completion. */
    public boolean hasNext() {
        if (head == knownTail) {
            knownTail = (int) INT.getAcquire(queue, tailOffset);
        }
        return head != knownTail;
    }

    /** The token of the next completion, which {@link #hasNext()} has found. */
    public long peekUserData() {
        return IoUringCqe.userData(queue, cqesOffset + (head & mask) * IoUringCqe.BYTES);
    }

    /** Takes the next completion; false if there is none. */
    public boolean next() {
        if (!hasNext()) {
            return false;
        }
        long cqe = cqesOffset + (head & mask) * IoUringCqe.BYTES;
        userData = IoUringCqe.userData(queue, cqe);
        res = IoUringCqe.res(queue, cqe);
        flags = IoUringCqe.flags(queue, cqe);
        head++;
        return true;
    }

    /** The token of the completion taken. */
    public long userData() {
        return userData;
    }

    /** The result of the completion taken, or {@code -errno}. */
    public int res() {
        return res;
    }

    /** {@code IORING_CQE_F_*} of the completion taken. */
    public int flags() {
        return flags;
    }

    /** Gives the entries that were taken back to the kernel. */
    public void release() {
        INT.setRelease(queue, headOffset, head);
    }
}
