// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.uring;

import dev.ringport.uring.loop.LoopSizes;
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
    private static final int MIN_ENTRIES = 8;

    private int submissionQueueEntries = 256;
    private int completionQueueEntries = 4096;
    private int receiveSlots = 256;
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

    /** Receive slots. Default 256. */
    public int receiveSlots() {
        return receiveSlots;
    }

    /**
     * Sets how many datagrams, or trains of them, the kernel can hand over before the loop must take them; what comes
     * beyond waits in the sockets' receive buffers. All channels of the loop share them.
     *
     * <p>A slot has room for the largest train and takes 66,112 bytes of address space from the loop's first receive on;
     * resident are the pages that the kernel has written, one or two where datagrams are short. A slot that a train of
     * more than 8 KiB came into takes as much again, from the channel's allocator. With 256 slots a loop thus receives
     * with at most 32.5 MiB, mostly with one.
     *
     * @param slots 1 to 32,768, rounded up to a power of two
     * @throws IllegalArgumentException if out of range
     */
    public UringIoHandlerConfig receiveSlots(int slots) {
        receiveSlots = powerOfTwo(ObjectUtil.checkInRange(slots, 1, MAX_SLOTS, "slots"));
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
                receiveSlots, shutdownTimeoutMillis,
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
        copy.shutdownTimeoutMillis = shutdownTimeoutMillis;
        copy.submissionFilter = submissionFilter;
        copy.enterFilter = enterFilter;
        return copy;
    }

    private static int powerOfTwo(int value) {
        return value == 1 ? 1 : Integer.highestOneBit(value - 1) << 1;
    }
}
