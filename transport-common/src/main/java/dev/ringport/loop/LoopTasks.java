// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.loop;

import io.netty.util.concurrent.ThreadAwareExecutor;
import io.netty.util.internal.logging.InternalLogger;
import io.netty.util.internal.logging.InternalLoggerFactory;
import java.util.concurrent.RejectedExecutionException;

/** Hands tasks to event loops. */
public final class LoopTasks {
    private static final InternalLogger LOGGER = InternalLoggerFactory.getInstance(LoopTasks.class);

    private LoopTasks() {}

    /** Runs a task on a loop, at once if that is the current thread. A loop that has ended runs no more. */
    public static void run(ThreadAwareExecutor loop, Runnable task) {
        if (loop.isExecutorThread(Thread.currentThread())) {
            task.run();
            return;
        }
        try {
            loop.execute(task);
        } catch (RejectedExecutionException ended) {
            LOGGER.debug("the event loop has ended", ended);
        }
    }
}
