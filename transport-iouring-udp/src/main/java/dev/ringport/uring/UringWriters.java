// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.uring;

import dev.ringport.uring.ring.Ring;
import io.netty.util.internal.logging.InternalLogger;
import io.netty.util.internal.logging.InternalLoggerFactory;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The sending channels of one loop, and the budget they share: operations that end with one completion never outnumber
 * half of the completion queue. Channels that find the budget used up are served in turn.
 */
final class UringWriters {
    private static final InternalLogger LOGGER = InternalLoggerFactory.getInstance(UringWriters.class);
    private static final int MAX_SENDS = 512;
    private static final int MAX_WAITS = 1024;
    /** Rounds of plan, submit, results in one turn: a round follows where a result was waited for. */
    private static final int MAX_ROUNDS = 16;

    private final UringIoHandler handler;
    private final ArrayDeque<UringSendSlot> free = new ArrayDeque<>();
    private final ArrayDeque<UringDatagramChannel> queue = new ArrayDeque<>();
    private final ArrayDeque<UringDatagramChannel> starved = new ArrayDeque<>();
    private final ArrayDeque<UringDatagramChannel> waitingToWait = new ArrayDeque<>();
    private final List<UringDatagramChannel> settling = new ArrayList<>();
    private final MemorySegment memory;
    private final MemorySegment scratch;
    private int waits;

    UringWriters(UringIoHandler handler, int completionEntries, Arena arena) {
        this.handler = handler;
        int sends = Math.max(1, Math.min(MAX_SENDS, completionEntries / 2));
        waits = Math.max(1, Math.min(MAX_WAITS, completionEntries / 8));
        scratch = arena.allocate(Long.BYTES, Long.BYTES);
        memory = arena.allocate(sends * UringSendSlot.BYTES, Long.BYTES);
        for (int i = sends - 1; i >= 0; i--) {
            UringSendSlot slot = new UringSendSlot(memory, i * UringSendSlot.BYTES);
            handler.operations().add(slot.operation());
            free.push(slot);
        }
    }

    /** Eight bytes for calls on the loop. */
    MemorySegment scratch() {
        return scratch;
    }

    /** Native memory of the send slots. */
    long bytes() {
        return memory.byteSize();
    }

    /** A slot, or null: then the channel is served when one is free again. */
    @Nullable
    UringSendSlot claim(UringDatagramChannel channel, UringSendPort port) {
        UringSendSlot slot = free.poll();
        if (slot == null) {
            if (channel.enqueueStarved()) {
                starved.add(channel);
            }
            return null;
        }
        slot.usedBy(port);
        return slot;
    }

    void release(UringSendSlot slot) {
        slot.usedBy(null);
        // The one just used is warm in the cache.
        free.push(slot);
        UringDatagramChannel next = starved.poll();
        if (next != null) {
            next.leaveStarved();
            enqueue(next);
        }
    }

    /** Whether the channel may arm a wait for room; if not it is asked again when one has ended. */
    boolean beginWait(UringDatagramChannel channel) {
        if (waits == 0) {
            waitingToWait.add(channel);
            return false;
        }
        waits--;
        return true;
    }

    void endWait() {
        waits++;
        UringDatagramChannel next = waitingToWait.poll();
        while (next != null && !next.armWait()) {
            // That one no longer wants to wait.
            next = waitingToWait.poll();
        }
    }

    /** Serves the channel at the end of the turn, with all others that write in it. */
    void enqueue(UringDatagramChannel channel) {
        if (channel.enqueueWrites()) {
            queue.add(channel);
        }
    }

    /** The channel leaves the loop. */
    void forget(UringDatagramChannel channel) {
        starved.remove(channel);
        waitingToWait.remove(channel);
        queue.remove(channel);
        settling.remove(channel);
        channel.leaveQueues();
    }

    /** How many places in the queue are taken; a channel has one at most. */
    int queued() {
        return queue.size();
    }

    /** Whether channels wait to be served. */
    boolean isEmpty() {
        return queue.isEmpty();
    }

    /** A channel's send has completed; its promises are completed by {@link #settle()}. */
    void toSettle(UringDatagramChannel channel) {
        if (channel.enqueueSettle()) {
            settling.add(channel);
        }
    }

    /** Completes promises. Listeners may write, flush and close, which adds to the queue. */
    void settle() {
        for (int i = 0; i < settling.size(); i++) {
            UringDatagramChannel channel = settling.get(i);
            try {
                if (channel.settleWrites()) {
                    enqueue(channel);
                }
            } catch (Throwable t) {
                LOGGER.warn("{}: completing writes failed", channel, t);
            }
        }
        settling.clear();
    }

    /** Serves all that wait: plans, submits all in one enter, handles the results, and again where that made room. */
    void serve() {
        Ring ring = handler.ring();
        for (int round = 0; round < MAX_ROUNDS && !queue.isEmpty(); round++) {
            for (int i = queue.size(); i > 0; i--) {
                UringDatagramChannel channel = queue.poll();
                if (channel != null && pump(channel)) {
                    enqueue(channel);
                }
            }
            if (ring.submissions().pending() > 0) {
                handler.slotClasses().publish();
                handler.checkEnter(ring.submit(true));
            }
            handler.takeSendResults(false);
            if (ring.submissions().pending() > 0) {
                // The kernel did not take them; the next turn tries again.
                break;
            }
        }
        // A slot that was freed for a channel which no longer needs it is for the next one.
        for (int i = Math.min(free.size(), starved.size()); i > 0; i--) {
            UringDatagramChannel next = starved.remove();
            next.leaveStarved();
            enqueue(next);
        }
    }

    private static boolean pump(UringDatagramChannel channel) {
        try {
            return channel.pumpWrites();
        } catch (Throwable t) {
            LOGGER.warn("{}: writing failed", channel, t);
            return false;
        }
    }

    /**
     * Sends a channel's flushed messages outside of a turn, as far as they go at once.
     *
     * @param rounds the most times to go on after results
     */
    void flushNow(UringDatagramChannel channel, int rounds) {
        Ring ring = handler.ring();
        boolean more = true;
        for (int round = 0; round < rounds && more; round++) {
            if (channel.isWriteEnqueued()) {
                // Served here: the flag says that the channel is in the queue, once.
                queue.removeLastOccurrence(channel);
            }
            more = pump(channel);
            if (ring.submissions().pending() > 0) {
                handler.checkEnter(ring.submit(false));
            }
            handler.takeSendResults(true);
            more |= channel.isWriteEnqueued();
        }
        if (more) {
            enqueue(channel);
        }
    }

    /** As {@link #flushNow(UringDatagramChannel, int)}, with the usual number of rounds. */
    void flushNow(UringDatagramChannel channel) {
        flushNow(channel, MAX_ROUNDS);
    }

}
