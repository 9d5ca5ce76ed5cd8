// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.uring.send;

import dev.ringport.uring.ring.LoopCounters;
import dev.ringport.uring.ring.RingOperations;
import dev.ringport.uring.ring.SubmissionQueue;
import io.netty.util.concurrent.SingleThreadEventExecutor;
import io.netty.util.concurrent.ThreadAwareExecutor;
import io.netty.util.internal.logging.InternalLogger;
import io.netty.util.internal.logging.InternalLoggerFactory;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The sending channels of one loop, and the budget they share: operations that end with one completion never outnumber
 * half of the completion queue. Channels that find the budget used up are served in turn.
 */
public final class LoopSends {
    private static final InternalLogger LOGGER = InternalLoggerFactory.getInstance(LoopSends.class);
    private static final int MAX_SENDS = 512;
    private static final int MAX_WAITS = 1024;
    /** Rounds of plan, submit, results in one turn: a round follows where a result was waited for. */
    private static final int MAX_ROUNDS = 16;
    private static final int MAX_GATHERED = 64;
    private static final long GATHER_NANOS = TimeUnit.MICROSECONDS.toNanos(50);
    private static final long LATE_NANOS = TimeUnit.MILLISECONDS.toNanos(1);
    private static final int EAGER_FLUSHES = 256;

    private final RingOperations operations;
    private final LoopCounters counters;
    private final ArrayDeque<UringSendSlot> free = new ArrayDeque<>();
    private final ArrayDeque<ChannelSends> queue = new ArrayDeque<>();
    private final ArrayDeque<ChannelSends> starved = new ArrayDeque<>();
    private final ArrayDeque<ChannelSends> waitingToWait = new ArrayDeque<>();
    private final List<ChannelSends> settling = new ArrayList<>();
    private final MemorySegment memory;
    private final MemorySegment scratch;
    private final ThreadAwareExecutor executor;
    private final Runnable serveGathered = this::serveGathered;
    private int waits;
    private boolean inTurn;
    /** Flushes that were not served yet. */
    private int gathered;
    private long gatheredSince;
    private long lastFlush;
    /** Flushes that are to be served at once. */
    private int eager;

    /** The sends of a loop. */
    public LoopSends(
            ThreadAwareExecutor executor, RingOperations operations, LoopCounters counters, Arena arena) {
        this.executor = executor;
        this.operations = operations;
        this.counters = counters;
        int completionEntries = operations.ring().completions().entries();
        int sends = Math.max(1, Math.min(MAX_SENDS, completionEntries / 2));
        waits = Math.max(1, Math.min(MAX_WAITS, completionEntries / 8));
        scratch = arena.allocate(Long.BYTES, Long.BYTES);
        memory = arena.allocate(sends * UringSendSlot.BYTES, Long.BYTES);
        for (int i = sends - 1; i >= 0; i--) {
            UringSendSlot slot = new UringSendSlot(memory, i * UringSendSlot.BYTES);
            operations.table().add(slot.inRing());
            free.push(slot);
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

    LoopCounters counters() {
        return counters;
    }

    /** A slot, or null: then the channel is served when one is free again. */
    @Nullable
    UringSendSlot claim(ChannelSends channel) {
        UringSendSlot slot = hasRoom() ? free.poll() : null;
        if (slot == null) {
            if (channel.enterStarved()) {
                starved.add(channel);
            }
            return null;
        }
        slot.usedBy(channel);
        return slot;
    }

    /** Whether an entry can be prepared: not if the kernel keeps refusing those that are. */
    private boolean hasRoom() {
        try {
            return !operations.submissions().isFull();
        } catch (IllegalStateException refused) {
            LOGGER.debug("sends wait", refused);
            return false;
        }
    }

    void release(UringSendSlot slot) {
        slot.usedBy(null);
        // The one just used is warm in the cache.
        free.push(slot);
        ChannelSends next = starved.poll();
        if (next != null) {
            next.leaveStarved();
            enqueue(next);
        }
    }

    /** Whether the channel may arm a wait for room; if not it is asked again when one has ended. */
    boolean beginWait(ChannelSends channel) {
        if (waits == 0) {
            waitingToWait.add(channel);
            return false;
        }
        waits--;
        return true;
    }

    void endWait() {
        waits++;
        ChannelSends next = waitingToWait.poll();
        while (next != null && !next.armWait()) {
            // That one no longer wants to wait.
            next = waitingToWait.poll();
        }
    }

    /** Serves the channel at the end of the turn, with all others that write in it. */
    void enqueue(ChannelSends channel) {
        if (channel.enterQueue()) {
            queue.add(channel);
        }
    }

    /** The channel leaves the loop. */
    void forget(ChannelSends channel) {
        starved.remove(channel);
        waitingToWait.remove(channel);
        queue.remove(channel);
        settling.remove(channel);
    }

    /** How many places in the queue are taken; a channel has one at most. */
    public int queued() {
        return queue.size();
    }

    /** Whether channels wait to be served. */
    public boolean isEmpty() {
        return queue.isEmpty() && (starved.isEmpty() || free.isEmpty());
    }

    /** A channel's send has completed; its promises are completed by {@link #settle()}. */
    void toSettle(ChannelSends channel) {
        if (channel.enterSettling()) {
            settling.add(channel);
        }
    }

    /** Completes promises. Listeners may write, flush and close, which adds to the queue. */
    public void settle() {
        for (int i = 0; i < settling.size(); i++) {
            ChannelSends channel = settling.get(i);
            try {
                if (channel.settle()) {
                    enqueue(channel);
                }
            } catch (Throwable t) {
                LOGGER.warn("{}: completing writes failed", channel, t);
            }
        }
        settling.clear();
    }

    /**
     * Serves all that wait: plans, submits all in one enter, handles the results, and again where that made room. No
     * code of a user runs between planning and the enter.
     */
    public void serve() {
        if (gathered > 0) {
            lookAtWait(System.nanoTime());
        }
        for (int round = 0; round < MAX_ROUNDS && !queue.isEmpty(); round++) {
            for (int i = queue.size(); i > 0; i--) {
                ChannelSends channel = queue.poll();
                if (channel != null && serve(channel)) {
                    enqueue(channel);
                }
            }
            if (!enter(true, false)) {
                // The kernel did not take them; the next turn tries again.
                break;
            }
        }
        // A slot that was freed for a channel which no longer needs it is for the next one.
        for (int i = Math.min(free.size(), starved.size()); i > 0; i--) {
            ChannelSends next = starved.remove();
            next.leaveStarved();
            enqueue(next);
        }
    }

    /** Submits what is prepared and handles the results; false if the kernel did not take it. */
    private boolean enter(boolean makeCompletions, boolean allResults) {
        SubmissionQueue submissions = operations.ring().submissions();
        if (submissions.pending() > 0) {
            operations.submit(makeCompletions);
        }
        operations.dispatchSends(allResults);
        settle();
        return submissions.pending() == 0;
    }

    private static boolean serve(ChannelSends channel) {
        try {
            return channel.serve();
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
    void flushNow(ChannelSends channel, int rounds) {
        boolean more = true;
        for (int round = 0; round < rounds && more; round++) {
            if (channel.isQueued()) {
                // Served here: the flag says that the channel is in the queue, once.
                queue.removeLastOccurrence(channel);
            }
            more = serve(channel);
            boolean _ = enter(false, true);
            more |= channel.isQueued();
        }
        if (more) {
            enqueue(channel);
        }
    }

    /**
     * Flushed messages are to be sent. The first flush after a pause goes at once. Those close behind it are gathered: in a
     * turn until its end, and where tasks flush, outside of one, until the loop looks for I/O again. Handlers and tasks may
     * keep the loop from either: then {@link #MAX_GATHERED} flushes or {@link #GATHER_NANOS} bound the wait, and outside
     * of a turn also a task behind those that are queued now. Where even that was late, flushes go at once for a while.
     */
    void request(ChannelSends channel) {
        if (!inTurn && (!(executor instanceof SingleThreadEventExecutor tasks) || tasks.isShuttingDown())) {
            // A loop that the user drives may look for I/O at any time or never, and one that ends may take no task.
            flushNow(channel, MAX_ROUNDS);
            return;
        }
        long now = System.nanoTime();
        boolean alone = now - lastFlush > GATHER_NANOS;
        lastFlush = now;
        enqueue(channel);
        if (eager > 0) {
            eager--;
            serveGathered(now);
            return;
        }
        if (gathered++ == 0) {
            gatheredSince = now;
            if (!alone && !inTurn) {
                executor.execute(serveGathered);
            }
        }
        if (alone || gathered >= MAX_GATHERED || now - gatheredSince > GATHER_NANOS) {
            serveGathered(now);
        }
    }

    /** Serves what was flushed and waits for the loop. */
    public void serveGathered() {
        if (gathered > 0) {
            serveGathered(System.nanoTime());
        }
    }

    private void serveGathered(long now) {
        lookAtWait(now);
        for (int round = 0; round < MAX_ROUNDS && !queue.isEmpty(); round++) {
            for (int i = queue.size(); i > 0; i--) {
                ChannelSends channel = queue.poll();
                if (channel != null && serve(channel)) {
                    enqueue(channel);
                }
            }
            if (inTurn) {
                // The results come with the completions that the turn has still to hand on, or at its end.
                if (operations.ring().submissions().pending() > 0) {
                    operations.submit(false);
                }
                return;
            }
            if (!enter(false, true)) {
                return;
            }
        }
    }

    /** What was gathered is served: how long did it wait? */
    private void lookAtWait(long now) {
        if (gathered > 0 && now - gatheredSince > LATE_NANOS) {
            // These handlers or tasks take long: what is flushed between them goes at once.
            eager = EAGER_FLUSHES;
        }
        gathered = 0;
    }

    /** A turn begins: what is flushed waits for its end. */
    public void beginTurn() {
        inTurn = true;
    }

    /** The turn is over. */
    public void endTurn() {
        inTurn = false;
    }
}
