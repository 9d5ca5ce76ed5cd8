// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.iocp.file;

import io.netty.channel.Channel;
import io.netty.util.internal.logging.InternalLogger;
import io.netty.util.internal.logging.InternalLoggerFactory;
import java.io.IOException;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/**
 * What a worker does for a region. What becomes of it stays here until the region takes it, on whatever loop its channel
 * is by then: the channel may have left the one that asked, and be at none for a while.
 */
final class FileTask<T> {
    /** Gives up what nobody wants any more. */
    interface Leftovers<T> {
        /**
         * On whatever thread, with nothing of the task under way.
         *
         * @param made null if nothing was made
         */
        void clear(@Nullable T made);
    }

    private enum State {
        UNDER_WAY,
        /** The worker is done; the region has not looked. */
        ENDED,
        /** The region has taken what became of it. */
        TAKEN,
        /** The region does not want it: whoever comes last, worker or region, clears up. */
        ABANDONED
    }

    private static final InternalLogger LOGGER = InternalLoggerFactory.getInstance(FileTask.class);

    private final Leftovers<T> leftovers;
    private State state = State.UNDER_WAY;
    private @Nullable T made;
    private @Nullable IOException failure;

    private FileTask(Leftovers<T> leftovers) {
        this.leftovers = leftovers;
    }

    /**
     * Has a worker begin.
     *
     * @param ended told on the channel's loop, as by {@link FileWorkers#tell}
     * @param leftovers called if the task is given up
     */
    static <T> FileTask<T> begin(Channel channel, Callable<T> work, Runnable ended, Leftovers<T> leftovers) {
        FileTask<T> task = new FileTask<>(leftovers);
        try {
            FileWorkers.run(() -> {
                task.work(work);
                FileWorkers.tell(channel, ended);
            });
        } catch (IOException noThread) {
            task.end(null, noThread);
            FileWorkers.tell(channel, ended);
        }
        return task;
    }

    private void work(Callable<T> work) {
        T result;
        try {
            result = work.call();
        } catch (Exception | Error failed) {
            end(null, failed instanceof IOException io ? io : new IOException(failed));
            return;
        }
        end(result, null);
    }

    private void end(@Nullable T result, @Nullable IOException cause) {
        synchronized (this) {
            if (state == State.UNDER_WAY) {
                state = State.ENDED;
                made = result;
                failure = cause;
                return;
            }
        }
        clear(result);
    }

    private void clear(@Nullable T unwanted) {
        try {
            leftovers.clear(unwanted);
        } catch (RuntimeException | Error failed) {
            LOGGER.warn("giving a region up failed", failed);
        }
    }

    synchronized boolean isUnderWay() {
        return state == State.UNDER_WAY;
    }

    /**
     * Takes what was made, once, after the worker is done.
     *
     * @throws IOException that the worker met
     */
    synchronized T take() throws IOException {
        T result = made;
        if (state != State.ENDED) {
            throw new IllegalStateException("nothing to take: " + state);
        }
        state = State.TAKEN;
        made = null;
        if (failure != null) {
            throw failure;
        }
        if (result == null) {
            throw new IllegalStateException("the worker made nothing");
        }
        return result;
    }

    /** Gives the task up, instead of taking what became of it. */
    void abandon() {
        T unwanted;
        synchronized (this) {
            boolean ended = state == State.ENDED;
            state = State.ABANDONED;
            if (!ended) {
                return;
            }
            unwanted = made;
            made = null;
        }
        clear(unwanted);
    }
}
