// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.uring;

import dev.ringport.uring.loop.LoopSizes;
import dev.ringport.uring.receive.SlotSizes;
import dev.ringport.uring.ring.Ring;
import io.netty.util.internal.ObjectUtil;
import org.jspecify.annotations.Nullable;

/**
 * The sizes of one loop's ring. Each loop of a group has a ring of its own; the values hold for loops made after they
 * were set. Not thread-safe.
 */
public final class UringIoHandlerConfig {
    private static final int MAX_SUBMISSION_ENTRIES = 32_768;
    private static final int MAX_COMPLETION_ENTRIES = 65_536;
    private static final int MAX_SLOTS = 32_768;
    private static final int MAX_PAYLOAD = 65_536;
    private static final int MIN_ENTRIES = 8;

    private int submissionQueueEntries = 256;
    private int completionQueueEntries = 4096;
    private int receiveSlots = 512;
    private int receiveSlotBytes = 2048;
    private int largeReceiveSlots = 64;
    private int shutdownTimeoutMillis = 2000;
    private Ring.@Nullable SubmissionFilter submissionFilter;
    private Ring.@Nullable EnterFilter enterFilter;

    /** The defaults. */
    public UringIoHandlerConfig() {}

    /** Entries of the submission queue. Default 256. */
    public int submissionQueueEntries() {
        return submissionQueueEntries;
    }

    /**
     * Sets the entries of the submission queue: how many operations one system call takes. More in one flush cost one
     * system call more for each filled queue.
     *
     * @param entries 8 to 32,768, rounded up to a power of two
     * @throws IllegalArgumentException if out of range
     */
    public UringIoHandlerConfig submissionQueueEntries(int entries) {
        submissionQueueEntries = powerOfTwo(
                ObjectUtil.checkInRange(entries, MIN_ENTRIES, MAX_SUBMISSION_ENTRIES, "entries"));
        return this;
    }

    /** Entries of the completion queue. Default 4096; never fewer than the submission queue has. */
    public int completionQueueEntries() {
        return Math.max(completionQueueEntries, submissionQueueEntries);
    }

    /**
     * Sets the entries of the completion queue. At most half of them, and at most 512, are sends in flight; the rest is
     * for receives. A queue that is too small loses nothing, but costs system calls.
     *
     * @param entries 8 to 65,536, rounded up to a power of two
     * @throws IllegalArgumentException if out of range
     */
    public UringIoHandlerConfig completionQueueEntries(int entries) {
        completionQueueEntries = powerOfTwo(
                ObjectUtil.checkInRange(entries, MIN_ENTRIES, MAX_COMPLETION_ENTRIES, "entries"));
        return this;
    }

    /** Receive slots of the usual size. Default 512. */
    public int receiveSlots() {
        return receiveSlots;
    }

    /**
     * Sets how many datagrams of the usual size the kernel can hand over before the loop must take them; what comes
     * beyond waits in the socket's receive buffer. All channels of the loop share them. They are allocated at first
     * use: {@link #receiveSlotBytes()} and 304 bytes each.
     *
     * @param slots 1 to 32,768, rounded up to a power of two
     * @throws IllegalArgumentException if out of range
     */
    public UringIoHandlerConfig receiveSlots(int slots) {
        receiveSlots = powerOfTwo(ObjectUtil.checkInRange(slots, 1, MAX_SLOTS, "slots"));
        return this;
    }

    /** The payload that a slot of the usual size has room for, in bytes. Default 2048. */
    public int receiveSlotBytes() {
        return receiveSlotBytes;
    }

    /**
     * Sets the payload that a slot of the usual size has room for. A channel whose RECVBUF_ALLOCATOR or
     * MAX_DATAGRAM_PAYLOAD_SIZE wants more, or that has UDP_GRO, receives into large slots instead.
     *
     * @param bytes 64 to 65,536
     * @throws IllegalArgumentException if out of range
     */
    public UringIoHandlerConfig receiveSlotBytes(int bytes) {
        receiveSlotBytes = ObjectUtil.checkInRange(bytes, 64, MAX_PAYLOAD, "bytes");
        return this;
    }

    /** Receive slots of 64 KiB. Default 64. */
    public int largeReceiveSlots() {
        return largeReceiveSlots;
    }

    /**
     * Sets the number of slots of 64 KiB. They are allocated at first use.
     *
     * @param slots 1 to 32,768, rounded up to a power of two
     * @throws IllegalArgumentException if out of range
     */
    public UringIoHandlerConfig largeReceiveSlots(int slots) {
        largeReceiveSlots = powerOfTwo(ObjectUtil.checkInRange(slots, 1, MAX_SLOTS, "slots"));
        return this;
    }

    /** How long a loop that ends waits for operations in flight, in milliseconds. Default 2000. */
    public int shutdownTimeoutMillis() {
        return shutdownTimeoutMillis;
    }

    /**
     * Sets how long a loop that ends waits for operations in flight. If it passes, the memory that the kernel may still
     * write stays allocated for good, and one warning says how much.
     *
     * @param millis 0 to an hour
     * @throws IllegalArgumentException if out of range
     */
    public UringIoHandlerConfig shutdownTimeoutMillis(int millis) {
        shutdownTimeoutMillis = ObjectUtil.checkInRange(millis, 0, 3_600_000, "millis");
        return this;
    }

    /** For tests: sees each entry before the kernel does. */
    UringIoHandlerConfig submissionFilter(Ring.SubmissionFilter filter) {
        submissionFilter = filter;
        return this;
    }

    LoopSizes sizes() {
        return new LoopSizes(
                submissionQueueEntries(), completionQueueEntries(),
                new SlotSizes(receiveSlots, receiveSlotBytes, largeReceiveSlots), shutdownTimeoutMillis,
                submissionFilter, enterFilter);
    }

    /** For tests: may refuse each enter. */
    UringIoHandlerConfig enterFilter(Ring.EnterFilter filter) {
        enterFilter = filter;
        return this;
    }

    Ring.@Nullable EnterFilter enterFilter() {
        return enterFilter;
    }

    UringIoHandlerConfig copy() {
        UringIoHandlerConfig copy = new UringIoHandlerConfig();
        copy.submissionQueueEntries = submissionQueueEntries;
        copy.completionQueueEntries = completionQueueEntries;
        copy.receiveSlots = receiveSlots;
        copy.receiveSlotBytes = receiveSlotBytes;
        copy.largeReceiveSlots = largeReceiveSlots;
        copy.shutdownTimeoutMillis = shutdownTimeoutMillis;
        copy.submissionFilter = submissionFilter;
        copy.enterFilter = enterFilter;
        return copy;
    }

    private static int powerOfTwo(int value) {
        return value == 1 ? 1 : Integer.highestOneBit(value - 1) << 1;
    }
}
