// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.uring.send;

import dev.ringport.linux.send.ChannelSends;
import dev.ringport.linux.send.LinuxSendSlot;
import dev.ringport.linux.send.LoopSends;
import dev.ringport.linux.socket.DatagramCounters;
import dev.ringport.uring.ring.RingOperations;
import dev.ringport.uring.ring.SubmissionQueue;
import io.netty.util.concurrent.ThreadAwareExecutor;
import io.netty.util.internal.logging.InternalLogger;
import io.netty.util.internal.logging.InternalLoggerFactory;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * The sending channels of one ring's loop, and the budget they share: operations that end with one completion never
 * outnumber half of the completion queue.
 */
public final class RingSends extends LoopSends<UringSendSlot> {
    private static final InternalLogger LOGGER = InternalLoggerFactory.getInstance(RingSends.class);
    private static final int MAX_SENDS = 512;
    private static final int MAX_WAITS = 1024;

    private final RingOperations operations;
    private final ArrayDeque<UringSends> waitingToWait = new ArrayDeque<>();
    private final MemorySegment memory;
    private final MemorySegment scratch;
    private int waits;

    /** The sends of a loop. */
    public RingSends(
            ThreadAwareExecutor executor, RingOperations operations, DatagramCounters counters, Arena arena) {
        super(executor, counters);
        this.operations = operations;
        int completionEntries = operations.ring().completions().entries();
        int sends = Math.max(1, Math.min(MAX_SENDS, completionEntries / 2));
        waits = Math.max(1, Math.min(MAX_WAITS, completionEntries / 8));
        scratch = arena.allocate(Long.BYTES, Long.BYTES);
        memory = arena.allocate(sends * LinuxSendSlot.BYTES, Long.BYTES);
        for (int i = sends - 1; i >= 0; i--) {
            UringSendSlot slot = new UringSendSlot(memory, i * LinuxSendSlot.BYTES);
            operations.table().add(slot.inRing());
            add(slot);
        }
    }

    /** Eight bytes for calls on the loop. */
    public MemorySegment scratch() {
        return scratch;
    }

    /** Native memory of the send slots. */
    public long bytes() {
        return memory.byteSize();
    }

    RingOperations operations() {
        return operations;
    }

    @Override
    public MemorySegment capture() {
        return operations.ring().capture();
    }

    @Nullable
    UringSendSlot claim(UringSends channel) {
        UringSendSlot slot = super.claim(channel);
        if (slot != null) {
            slot.usedBy(channel);
        }
        return slot;
    }

    void giveBack(UringSendSlot slot) {
        slot.usedBy(null);
        release(slot);
    }

    /** Not if the kernel keeps refusing the entries that are prepared. */
    @Override
    protected boolean hasRoom() {
        try {
            return !operations.submissions().isFull();
        } catch (IllegalStateException refused) {
            LOGGER.debug("sends wait", refused);
            return false;
        }
    }

    @Override
    protected boolean hasSubmitted() {
        return operations.ring().submissions().pending() > 0;
    }

    @Override
    protected void submitInTurn() {
        operations.submit(false);
    }

    @Override
    protected void submitAndHandle(boolean atEnd) {
        SubmissionQueue submissions = operations.ring().submissions();
        if (submissions.pending() > 0) {
            operations.submit(atEnd);
        }
        operations.dispatchSends(!atEnd);
    }

    /** The results of a channel's sends are handled: its promises are due. */
    void due(UringSends channel) {
        toSettle(channel);
    }

    /** Whether the channel may arm a wait for room; if not it is asked again when one has ended. */
    boolean beginWait(UringSends channel) {
        if (waits == 0) {
            waitingToWait.add(channel);
            return false;
        }
        waits--;
        return true;
    }

    void endWait() {
        waits++;
        UringSends next = waitingToWait.poll();
        while (next != null && !next.armWait()) {
            // That one no longer wants to wait.
            next = waitingToWait.poll();
        }
    }

    @Override
    protected void forget(ChannelSends channel) {
        super.forget(channel);
        waitingToWait.removeIf(waiting -> waiting == channel);
    }
}
