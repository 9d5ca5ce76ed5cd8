// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.mmsg.hosts;

import dev.ringport.loop.HandleRegistration;
import dev.ringport.mmsg.engine.LoopEngine;
import io.netty.channel.IoHandlerContext;
import io.netty.util.concurrent.ThreadAwareExecutor;
import io.netty.util.internal.logging.InternalLogger;
import io.netty.util.internal.logging.InternalLoggerFactory;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * The turn of a loop over its own epoll: wait, tell each channel that its socket is ready, end the read batches, and send
 * what the pipelines wrote. All but {@link #wakeUp()} is the loop's thread's.
 *
 * <p>Watches tell as long as a socket is ready: what one call does not take is told again by the next look, and an error
 * that stands behind what was read too. What nobody wants is told once, and then not before somebody wants it.
 */
public final class OwnLoop {
    private static final InternalLogger LOGGER = InternalLoggerFactory.getInstance(OwnLoop.class);
    private static final int MAX_CLOSE_TURNS = 100_000;
    /** Before a wait that failed is tried again. */
    private static final long REST_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

    private final EpollSet set;
    private final WakeUp wakeUp;
    private final LoopEngine engine;
    private final ArrayDeque<Runnable> due = new ArrayDeque<>();
    private boolean inTurn;
    private boolean draining;
    private boolean closed;
    private int turn;
    private int handled;

    /**
     * A loop.
     *
     * @throws IllegalStateException if the kernel refuses
     */
    public OwnLoop(ThreadAwareExecutor executor, int receiveSlots) {
        EpollSet made = null;
        try {
            made = new EpollSet();
            wakeUp = new WakeUp(made);
        } catch (IOException failed) {
            if (made != null) {
                made.close();
            }
            throw new IllegalStateException(failed.getMessage(), failed);
        }
        set = made;
        engine = new LoopEngine(executor, receiveSlots, () -> {});
    }

    /** What the channels of this loop share. */
    public LoopEngine engine() {
        return engine;
    }

    /** The watches of this loop. */
    public EpollSet set() {
        return set;
    }

    /** Whether operations may begin. */
    public boolean takesOperations() {
        return !draining && !closed;
    }

    /** Runs a task within this turn, or the next if that one runs such tasks already. */
    public void soon(Runnable task) {
        due.add(task);
    }

    /** A handle had I/O. */
    public void touched(HandleRegistration registration) {
        if (registration.touch(turn)) {
            handled++;
        }
    }

    /** Wakes the loop. From any thread, at any time. */
    public void wakeUp() {
        wakeUp.wakeUp();
    }

    /** One turn; the answer is the number of handles that had I/O. */
    public int run(IoHandlerContext context) {
        turn++;
        handled = 0;
        try {
            int ready = await(context);
            boolean report = context.shouldReportActiveIoTime();
            long start = report ? System.nanoTime() : 0;
            takeTurn(ready);
            if (report) {
                context.reportActiveIoTime(System.nanoTime() - start);
            }
        } catch (Throwable t) {
            // An exception out of here would end the loop.
            LOGGER.warn("a turn of the event loop failed", t);
            LockSupport.parkNanos(REST_NANOS);
        }
        return handled;
    }

    /** Sees what is ready, and waits for something if there is nothing else to do. */
    private int await(IoHandlerContext context) {
        engine.counters().waits++;
        if (!engine.hasMore() && due.isEmpty() && context.canBlock() && wakeUp.fallAsleep()) {
            try {
                // A task that came before the loop fell asleep has posted no wake-up.
                long nanos = context.canBlock() ? context.delayNanos(System.nanoTime()) : 0;
                return nanos > 0 ? set.await(nanos) : set.poll();
            } finally {
                wakeUp.awake();
            }
        }
        return set.poll();
    }

    private void takeTurn(int ready) {
        inTurn = true;
        try {
            engine.beginTurn();
            try {
                set.dispatch(ready);
                for (int i = due.size(); i > 0; i--) {
                    runDue();
                }
            } finally {
                engine.finishTurn();
            }
        } finally {
            inTurn = false;
        }
    }

    private void runDue() {
        try {
            due.remove().run();
        } catch (Throwable t) {
            LOGGER.warn("handling an event failed", t);
        }
    }

    /** Handles that were closed end while the loop still takes their tasks. */
    public void endWhatIsCancelled() {
        for (int i = 0; i < MAX_CLOSE_TURNS && !closed && !inTurn && (engine.hasMore() || !due.isEmpty()); i++) {
            takeTurn(0);
        }
    }

    /** From now on no operation begins; {@code cancelOthers} cancels those that go on. */
    public void drain(Runnable cancelOthers) {
        draining = true;
        cancelOthers.run();
        endWhatIsCancelled();
    }

    /** Frees everything. */
    public void close() {
        closed = true;
        wakeUp.close();
        set.close();
        engine.close();
    }
}
