// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.uring.ring;

import dev.ringport.uring.abi.IoUringSqe;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

import static dev.ringport.uring.abi.IoUringConstants.IORING_OP_ASYNC_CANCEL;
import static dev.ringport.uring.abi.IoUringConstants.IORING_OP_POLL_ADD;
import static dev.ringport.uring.abi.IoUringConstants.IORING_OP_RECVMSG;
import static dev.ringport.uring.abi.IoUringConstants.IORING_OP_SEND;
import static dev.ringport.uring.abi.IoUringConstants.IORING_OP_SENDMSG;
import static dev.ringport.uring.abi.IoUringConstants.IORING_POLL_ADD_MULTI;
import static dev.ringport.uring.abi.IoUringConstants.IORING_RECV_MULTISHOT;
import static dev.ringport.uring.abi.IoUringConstants.IOSQE_BUFFER_SELECT;

/**
 * The submission queue of one ring: one method an operation, each of which writes the whole entry. Used by the ring's
 * thread only. A caller makes sure that there is room: {@link #isFull()}.
 *
 * <p>Entries become the kernel's with {@link #publish()}: a release store of the tail, which orders the entries before
 * it. The kernel reads them only in the enter that follows, so there is no wake-up to be lost.
 */
public final class SubmissionQueue {
    private static final VarHandle INT = ValueLayout.JAVA_INT.varHandle();

    private final MemorySegment queue;
    private final MemorySegment sqes;
    private final long headOffset;
    private final long tailOffset;
    private final long flagsOffset;
    private final int entries;
    private int tail;

    SubmissionQueue(
            MemorySegment queue, MemorySegment sqes, long headOffset, long tailOffset, long flagsOffset, int entries) {
        this.queue = queue;
        this.sqes = sqes;
        this.headOffset = headOffset;
        this.tailOffset = tailOffset;
        this.flagsOffset = flagsOffset;
        this.entries = entries;
        tail = (int) INT.get(queue, tailOffset);
    }

    /** Entries that were prepared and that the kernel has not taken. */
    public int pending() {
        return tail - (int) INT.getAcquire(queue, headOffset);
    }

    /** Whether entries must be submitted before the next one is prepared. */
    public boolean isFull() {
        return pending() >= entries;
    }

    /** Number of entries. */
    public int entries() {
        return entries;
    }

    /** Hands the prepared entries to the next enter; the answer is how many there are. */
    int publish() {
        INT.setRelease(queue, tailOffset, tail);
        return pending();
    }

    /** {@code IORING_SQ_*} flags that the kernel sets. */
    int flags() {
        return (int) INT.getOpaque(queue, flagsOffset);
    }

    /** The memory of the entries, for a test that alters what is about to be submitted. */
    MemorySegment sqes() {
        return sqes;
    }

    /** Where the entry with this distance from the newest lies; 1 is the newest. */
    long offsetFromTail(int distance) {
        return (tail - distance & entries - 1) * IoUringSqe.BYTES;
    }

    private long next() {
        return (tail++ & entries - 1) * IoUringSqe.BYTES;
    }

    private long prepare(int opcode, int fd, long addr, int len, long token) {
        long sqe = next();
        IoUringSqe.opcode(sqes, sqe, opcode);
        IoUringSqe.flags(sqes, sqe, 0);
        IoUringSqe.ioprio(sqes, sqe, 0);
        IoUringSqe.fd(sqes, sqe, fd);
        IoUringSqe.addr2(sqes, sqe, 0);
        IoUringSqe.addr(sqes, sqe, addr);
        IoUringSqe.len(sqes, sqe, len);
        IoUringSqe.msgFlags(sqes, sqe, 0);
        IoUringSqe.userData(sqes, sqe, token);
        IoUringSqe.bufGroup(sqes, sqe, 0);
        IoUringSqe.personality(sqes, sqe, 0);
        IoUringSqe.addrLen(sqes, sqe, 0);
        IoUringSqe.addr3(sqes, sqe, 0);
        return sqe;
    }

    /**
     * A datagram from one piece of memory; with an address {@code sendto(2)}, since Linux 6.1. The kernel reads
     * payload and address when it takes the entry, and again if it has to try later: both stay until the completion.
     */
    public void prepareSend(int fd, long payload, int bytes, int msgFlags, long address, int addressBytes, long token) {
        long sqe = prepare(IORING_OP_SEND, fd, payload, bytes, token);
        IoUringSqe.msgFlags(sqes, sqe, msgFlags);
        if (addressBytes > 0) {
            IoUringSqe.addr2(sqes, sqe, address);
            IoUringSqe.addrLen(sqes, sqe, addressBytes);
        }
    }

    /** A datagram that is gathered, or that the kernel cuts up. The header stays until the completion. */
    public void prepareSendmsg(int fd, long msghdr, int msgFlags, long token) {
        long sqe = prepare(IORING_OP_SENDMSG, fd, msghdr, 1, token);
        IoUringSqe.msgFlags(sqes, sqe, msgFlags);
    }

    /**
     * A receive into buffers that the kernel takes from a group.
     *
     * @param msghdr says how much room name and control data get; it stays until the terminal completion
     * @param multishot whether it stays armed. It then ends with any completion without {@code IORING_CQE_F_MORE}:
     *     also with one that carries data
     */
    public void prepareRecvmsg(int fd, long msghdr, int bufferGroup, boolean multishot, long token) {
        long sqe = prepare(IORING_OP_RECVMSG, fd, msghdr, 1, token);
        IoUringSqe.flags(sqes, sqe, IOSQE_BUFFER_SELECT);
        IoUringSqe.ioprio(sqes, sqe, multishot ? IORING_RECV_MULTISHOT : 0);
        IoUringSqe.bufGroup(sqes, sqe, bufferGroup);
    }

    /** A wait for readiness; edge-triggered, and armed for good if {@code multishot}. */
    public void preparePoll(int fd, int events, boolean multishot, long token) {
        long sqe = prepare(IORING_OP_POLL_ADD, fd, 0, multishot ? IORING_POLL_ADD_MULTI : 0, token);
        // The kernel reads poll32_events with its half-words swapped on big-endian machines.
        int mask = ByteOrder.nativeOrder() == ByteOrder.BIG_ENDIAN ? Integer.rotateLeft(events, Short.SIZE) : events;
        IoUringSqe.msgFlags(sqes, sqe, mask);
    }

    /** Cancels the operation with this token; it completes with {@code -ECANCELED} unless it was faster. */
    public void prepareCancel(long target, long token) {
        prepare(IORING_OP_ASYNC_CANCEL, -1, target, 0, token);
    }

    /** Any operation, as a user of the handler describes it. */
    public void prepare(int opcode, int fd, long addr, int len, long offset, int opFlags, long token) {
        long sqe = prepare(opcode, fd, addr, len, token);
        IoUringSqe.addr2(sqes, sqe, offset);
        IoUringSqe.msgFlags(sqes, sqe, opFlags);
    }
}
