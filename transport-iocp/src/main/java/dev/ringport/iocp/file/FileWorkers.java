// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.iocp.file;

import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.util.concurrent.Callable;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The threads that open, map and read files, so that no loop waits for a disk: four at most, none while there is nothing to do. */
final class FileWorkers {
    private static final int THREADS = 4;
    private static final ThreadPoolExecutor POOL = new ThreadPoolExecutor(
            THREADS, THREADS, 10, TimeUnit.SECONDS, new LinkedBlockingQueue<>(),
            new DefaultThreadFactory("ringport-file", true));

    static {
        POOL.allowCoreThreadTimeOut(true);
    }

    private FileWorkers() {}

    /** What becomes of a piece of work, on the channel's loop. */
    interface Result<T> {
        void arrived(T result);

        void failed(IOException cause);

        /** The loop has ended: what was made, if anything, is released, and what was kept for it; on whatever thread. */
        void discarded(@Nullable T result);
    }

    /** Works, and hands the result to the loop that the channel is at by then. */
    static <T> void run(Channel channel, Callable<T> work, Result<T> result) {
        POOL.execute(() -> {
            T made;
            try {
                made = work.call();
            } catch (Exception | Error failed) {
                IOException cause = failed instanceof IOException io ? io : new IOException(failed);
                handOver(channel, () -> result.failed(cause), () -> result.discarded(null));
                return;
            }
            handOver(channel, () -> result.arrived(made), () -> result.discarded(made));
        });
    }

    private static void handOver(Channel channel, Runnable task, Runnable otherwise) {
        try {
            channel.eventLoop().execute(() -> {
                EventLoop now = channel.eventLoop();
                if (now.inEventLoop()) {
                    task.run();
                } else {
                    // It has moved meanwhile.
                    handOver(channel, task, otherwise);
                }
            });
        } catch (RejectedExecutionException ended) {
            otherwise.run();
        }
    }
}
