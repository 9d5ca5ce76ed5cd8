// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.iocp.file;

import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.util.concurrent.Callable;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The threads that open and read files, so that no loop waits for a disk: as many as there is work at a time, so that a
 * file that hangs holds up no other, and none while there is nothing to do.
 *
 * <p>They are no virtual threads. Those hold their carrier while the system opens or reads a file (the JDK makes up for
 * that in some classes, and nobody does for calls by FFM or JNI, which a region may make): as many slow files as
 * processors, and all virtual threads of the process would stand.
 */
final class FileWorkers {
    private static final int IDLE_SECONDS = 10;
    private static final ThreadPoolExecutor POOL = new ThreadPoolExecutor(
            0, Integer.MAX_VALUE, IDLE_SECONDS, TimeUnit.SECONDS, new SynchronousQueue<>(),
            new DefaultThreadFactory("ringport-file", true));

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
        try {
            POOL.execute(() -> workNow(channel, work, result));
        } catch (OutOfMemoryError noThread) {
            fail(channel, new IOException("there is no thread to read the file", noThread), result);
        }
    }

    private static <T> void workNow(Channel channel, Callable<T> work, Result<T> result) {
        T made;
        try {
            made = work.call();
        } catch (Exception | Error failed) {
            fail(channel, failed instanceof IOException io ? io : new IOException(failed), result);
            return;
        }
        handOver(channel, () -> result.arrived(made), () -> result.discarded(made));
    }

    private static <T> void fail(Channel channel, IOException cause, Result<T> result) {
        handOver(channel, () -> result.failed(cause), () -> result.discarded(null));
    }

    /**
     * Runs a task at the loop that the channel is at by then.
     *
     * @param otherwise runs on the calling thread or a loop's if the channel's loop has ended
     */
    static void handOver(Channel channel, Runnable task, Runnable otherwise) {
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
