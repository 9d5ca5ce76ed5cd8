// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.linux.send;

import dev.ringport.datagram.send.SendSlot;
import dev.ringport.linux.socket.DatagramCounters;
import io.netty.util.concurrent.SingleThreadEventExecutor;
import io.netty.util.concurrent.ThreadAwareExecutor;
import io.netty.util.internal.logging.InternalLogger;
import io.netty.util.internal.logging.InternalLoggerFactory;
import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The sending channels of one loop, and the slots they share. Channels that find none free are served in turn.
 *
 * @param <S> the slots
 */
public abstract class LoopSends<S extends SendSlot> {
    private static final InternalLogger LOGGER = InternalLoggerFactory.getInstance(LoopSends.class);
    /** Rounds of plan, submit, results in one turn: a round follows where a result was waited for. */
    private static final int MAX_ROUNDS = 16;
    private static final int MAX_GATHERED = 64;
    private static final long GATHER_NANOS = TimeUnit.MICROSECONDS.toNanos(50);
    private static final long LATE_NANOS = TimeUnit.MILLISECONDS.toNanos(1);
    private static final int EAGER_FLUSHES = 256;

    private final DatagramCounters counters;
    private final ArrayDeque<S> free = new ArrayDeque<>();
    private final ArrayDeque<ChannelSends> queue = new ArrayDeque<>();
    private final ArrayDeque<ChannelSends> starved = new ArrayDeque<>();
    private final ArrayDeque<ChannelSends> settling = new ArrayDeque<>();
    private final ThreadAwareExecutor executor;
    private final Runnable serveGathered = this::serveGathered;
    private boolean inTurn;
    /** Flushes that were not served yet. */
    private int gathered;
    private long gatheredSince;
    private long lastFlush;
    /** Flushes that are to be served at once. */
    private int eager;

    /** The sends of a loop, which has no slots yet. */
    protected LoopSends(ThreadAwareExecutor executor, DatagramCounters counters) {
        this.executor = executor;
        this.counters = counters;
    }

    // What the transport provides.

    /** The error state of the loop's calls. */
    public abstract MemorySegment capture();

    /** Whether something more can be submitted. */
    protected abstract boolean hasRoom();

    /** Whether something is submitted that the kernel has not taken. */
    protected abstract boolean hasSubmitted();

    /** Lets the kernel take what is submitted, within a turn: the results may come later in it. */
    protected abstract void submitInTurn();

    /**
     * Lets the kernel take what is submitted, and handles the results that are there.
     *
     * @param atEnd the turn ends, or the loop's last look for I/O was a while ago
     */
    protected abstract void submitAndHandle(boolean atEnd);

    /** Channels were left in the queue outside of a turn. A loop that asks {@link #isEmpty} before it sleeps need not hear. */
    protected void leftOver() {}

    /** Adds a slot. */
    protected final void add(S slot) {
        free.push(slot);
    }

    /** What the loop counts. */
    protected final DatagramCounters counters() {
        return counters;
    }

    /** A slot, or null: then the channel is served when one is free again. */
    protected final @Nullable S claim(ChannelSends channel) {
        S slot = hasRoom() ? free.poll() : null;
        if (slot == null && channel.enterStarved()) {
            starved.add(channel);
        }
        return slot;
    }

    /** Gives a slot back. */
    protected final void release(S slot) {
        // The one just used is warm in the cache.
        free.push(slot);
        ChannelSends next = starved.poll();
        if (next != null) {
            next.leaveStarved();
            enqueue(next);
        }
    }

    /** Serves the channel at the end of the turn, with all others that write in it. */
    public final void enqueue(ChannelSends channel) {
        if (channel.enterQueue()) {
            queue.add(channel);
        }
    }

    /** The channel leaves the loop. */
    protected void forget(ChannelSends channel) {
        starved.remove(channel);
        queue.remove(channel);
        settling.remove(channel);
    }

    /** How many places in the queue are taken; a channel has one at most. */
    public final int queued() {
        return queue.size();
    }

    /** Whether channels wait to be served. */
    public final boolean isEmpty() {
        return queue.isEmpty() && (starved.isEmpty() || free.isEmpty());
    }

    /** A channel's send has completed; its promises are completed by {@link #settle()}. */
    protected final void toSettle(ChannelSends channel) {
        if (channel.enterSettling()) {
            settling.add(channel);
        }
    }

    /** Completes promises. Listeners may write, flush and close, which adds to the queue, and may come here again. */
    public final void settle() {
        for (ChannelSends channel = settling.poll(); channel != null; channel = settling.poll()) {
            try {
                if (channel.settle()) {
                    enqueue(channel);
                }
            } catch (Throwable t) {
                LOGGER.warn("{}: completing writes failed", channel, t);
            }
        }
    }

    /**
     * Serves all that wait: plans, submits all in one enter, handles the results, and again where that made room. No
     * code of a user runs between planning and the enter.
     */
    public final void serve() {
        if (gathered > 0) {
            lookAtWait(System.nanoTime());
        }
        // Of what went at once when the reads ended, and may be all there is.
        settle();
        for (int round = 0; round < MAX_ROUNDS && !queue.isEmpty(); round++) {
            for (int i = queue.size(); i > 0; i--) {
                ChannelSends channel = queue.poll();
                if (channel != null && serve(channel)) {
                    enqueue(channel);
                }
            }
            if (!enter(true)) {
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

    /** Lets the kernel take what is submitted, and handles the results; false if it did not take it. */
    private boolean enter(boolean atEnd) {
        submitAndHandle(atEnd);
        settle();
        return !hasSubmitted();
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
    final void flushNow(ChannelSends channel, int rounds) {
        boolean more = true;
        for (int round = 0; round < rounds && more; round++) {
            if (channel.isQueued()) {
                // Served here: the flag says that the channel is in the queue, once.
                queue.removeLastOccurrence(channel);
            }
            more = serve(channel);
            boolean _ = enter(false);
            more |= channel.isQueued();
        }
        if (more) {
            enqueue(channel);
            leftOver();
        }
    }

    /**
     * Flushed messages are to be sent. The first flush after a pause goes at once. Those close behind it are gathered: in a
     * turn until its end, and where tasks flush, outside of one, until the loop looks for I/O again. Handlers and tasks may
     * keep the loop from either: then {@link #MAX_GATHERED} flushes or {@link #GATHER_NANOS} bound the wait, and outside
     * of a turn also a task behind those that are queued now. Where even that was late, flushes go at once for a while.
     */
    final void request(ChannelSends channel) {
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
    public final void serveGathered() {
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
                if (hasSubmitted()) {
                    submitInTurn();
                }
                return;
            }
            if (!enter(false)) {
                return;
            }
        }
        if (!isEmpty()) {
            leftOver();
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
    public final void beginTurn() {
        inTurn = true;
    }

    /** The turn is over. What it left is the next one's, and what is flushed from now on has nothing to wait for with it. */
    public final void endTurn() {
        inTurn = false;
        gathered = 0;
    }
}
