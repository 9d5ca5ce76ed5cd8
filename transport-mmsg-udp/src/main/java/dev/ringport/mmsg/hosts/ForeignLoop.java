// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.mmsg.hosts;

import dev.ringport.mmsg.engine.ChannelEngine;
import dev.ringport.mmsg.engine.Hosted;
import dev.ringport.mmsg.engine.LoopEngine;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.SingleThreadEventExecutor;
import io.netty.util.internal.logging.InternalLogger;
import io.netty.util.internal.logging.InternalLoggerFactory;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * What the channels at a loop share that is not the transport's: made for the first one, freed when the loop has ended.
 * Their turns are one channel's each: the loop's own turn has no end that one is told of.
 */
final class ForeignLoop {
    private static final InternalLogger LOGGER = InternalLoggerFactory.getInstance(ForeignLoop.class);
    private static final int RECEIVE_SLOTS = 64;
    private static final long NEVER_DAYS = 100_000;
    /** Before a queue that was full is tried again. */
    private static final long RETRY_MILLIS = 1;
    private static final Map<EventLoop, ForeignLoop> LOOPS = new ConcurrentHashMap<>();

    private final EventLoop loop;
    private final LoopEngine engine;
    private final Set<ChannelEngine> places = new LinkedHashSet<>();
    private @Nullable Future<?> end;
    private boolean inTurn;
    private boolean comesAgain;

    private ForeignLoop(EventLoop loop) {
        this.loop = loop;
        engine = new LoopEngine(loop, RECEIVE_SLOTS, this::comeAgain);
        if (loop instanceof SingleThreadEventExecutor threads) {
            // Its handler may not know of the channels.
            threads.addShutdownHook(this::closeChannels);
        }
    }

    /**
     * What the channels at a loop share. On the loop.
     *
     * @throws IllegalStateException if the loop is shutting down: it may have closed its channels already
     */
    static ForeignLoop of(EventLoop loop) {
        if (loop.isShuttingDown()) {
            throw new IllegalStateException("the event loop is shutting down");
        }
        ForeignLoop there = LOOPS.get(loop);
        if (there != null) {
            return there;
        }
        ForeignLoop made = new ForeignLoop(loop);
        LOOPS.put(loop, made);
        loop.terminationFuture().addListener(ended -> {
            LOOPS.remove(loop);
            made.ended();
        });
        return made;
    }

    /**
     * For a loop whose handler does not know of the channels, which therefore close with it. One that the user drives has no
     * hook, but cancels on its own thread what is scheduled, while it still takes tasks.
     */
    void closesItsChannels() {
        if (end == null && !(loop instanceof SingleThreadEventExecutor)) {
            end = loop.schedule(() -> {}, NEVER_DAYS, TimeUnit.DAYS).addListener(_ -> closeChannels());
        }
    }

    /** Receives and waits that go on at such loops that the calling thread drives. For tests. */
    static int inFlight() {
        return LOOPS.values().stream()
                .filter(loop -> loop.loop.inEventLoop())
                .flatMap(loop -> loop.places.stream())
                .mapToInt(ChannelEngine::inFlight)
                .sum();
    }

    /** Whether anything is kept for a loop. For tests. */
    static boolean isKnown(EventLoop loop) {
        return LOOPS.containsKey(loop);
    }

    EventLoop loop() {
        return loop;
    }

    LoopEngine engine() {
        return engine;
    }

    void add(ChannelEngine place) {
        places.add(place);
    }

    void remove(ChannelEngine place) {
        places.remove(place);
    }

    /** Whether a channel of the loop has a turn. */
    boolean isInTurn() {
        return inTurn;
    }

    /** One turn, for a channel whose socket is ready. */
    void turn(ChannelEngine channel, int readyFor) {
        turn(() -> channel.ready(readyFor));
    }

    void turn(Runnable receive) {
        if (!engine.isOpen()) {
            return;
        }
        inTurn = true;
        try {
            engine.beginTurn();
            try {
                receive.run();
            } finally {
                engine.finishTurn();
            }
        } finally {
            inTurn = false;
            if (engine.hasMore()) {
                comeAgain();
            }
        }
    }

    /** Channels wait to be served, and no turn will come by itself. */
    private void comeAgain() {
        if (inTurn || comesAgain) {
            return;
        }
        comesAgain = true;
        soon(() -> {
            comesAgain = false;
            turn(() -> {});
        });
    }

    /** Runs a task when those before it have run, later if the loop's queue is full. On the loop. */
    void soon(Runnable task) {
        try {
            loop.execute(task);
        } catch (RejectedExecutionException refused) {
            LOGGER.debug("the event loop takes no task", refused);
            if (!loop.isShuttingDown()) {
                Future<?> _ = loop.schedule(task, RETRY_MILLIS, TimeUnit.MILLISECONDS);
            }
        }
    }

    /** The loop ends. */
    void closeChannels() {
        for (ChannelEngine place : List.copyOf(places)) {
            Hosted channel = place.channel();
            try {
                channel.close();
                channel.closeWithoutWaiting();
            } catch (RuntimeException e) {
                LOGGER.warn("closing {} failed", channel, e);
            }
        }
    }

    /** The loop has ended: nobody else uses this any more. */
    private void ended() {
        engine.close();
    }
}
