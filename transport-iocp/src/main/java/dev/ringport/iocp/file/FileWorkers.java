// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.iocp.file;

import io.netty.channel.Channel;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.internal.logging.InternalLogger;
import io.netty.util.internal.logging.InternalLoggerFactory;
import java.io.IOException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * The threads that open and read files, so that no loop waits for a disk: as many as there is work at a time, so that a
 * file that hangs holds up no other, and none while there is nothing to do.
 *
 * <p>They are no virtual threads. Those hold their carrier while the system opens or reads a file (the JDK makes up for
 * that in some classes, and nobody does for calls by FFM or JNI, which a region may make): as many slow files as
 * processors, and all virtual threads of the process would stand.
 */
final class FileWorkers {
    private static final InternalLogger LOGGER = InternalLoggerFactory.getInstance(FileWorkers.class);
    private static final int IDLE_SECONDS = 10;
    private static final ThreadPoolExecutor POOL = new ThreadPoolExecutor(
            0, Integer.MAX_VALUE, IDLE_SECONDS, TimeUnit.SECONDS, new SynchronousQueue<>(),
            new DefaultThreadFactory("ringport-file", true));

    private FileWorkers() {}

    /** Has a thread work. */
    static void run(Runnable work) throws IOException {
        try {
            POOL.execute(work);
        } catch (OutOfMemoryError noThread) {
            throw new IOException("there is no thread to read the file", noThread);
        }
    }

    /**
     * Tells a channel, on its loop, that there is something to look for, which lies where any loop can find it. A channel
     * that is at no loop is told nothing: it looks when it comes to one.
     */
    static void tell(Channel channel, Runnable look) {
        try {
            channel.eventLoop().execute(() -> {
                if (!channel.isRegistered()) {
                    return;
                }
                if (channel.eventLoop().inEventLoop()) {
                    look.run();
                } else {
                    // It has moved meanwhile, and may have looked too early.
                    tell(channel, look);
                }
            });
        } catch (RejectedExecutionException ended) {
            LOGGER.debug("{}: the event loop has ended", channel, ended);
        }
    }
}
