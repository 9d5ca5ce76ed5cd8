// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.benchmarks;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** A load on a thread of its own, from {@link #start} to {@link #stop}. */
abstract class Load {
    /** What a datagram of the load carries, in bytes. */
    static final int DATAGRAM_BYTES = 64;

    private final Thread thread = Thread.ofPlatform().daemon().name("load").unstarted(this::runToTheEnd);
    private final LoadSocket socket;
    private volatile boolean stopped;
    private volatile @Nullable Throwable failure;

    Load(LoadSocket socket) {
        this.socket = socket;
    }

    final LoadSocket socket() {
        return socket;
    }

    final void start() {
        thread.start();
    }

    final boolean isStopped() {
        return stopped;
    }

    /** Ends the load and frees its socket. */
    final void stop() throws InterruptedException {
        stopped = true;
        thread.join();
        socket.close();
    }

    private void runToTheEnd() {
        try {
            run();
        } catch (IOException | RuntimeException | Error failed) {
            failure = failed;
        }
    }

    /** Until {@link #isStopped}. */
    abstract void run() throws IOException;

    /** What went by since the start. */
    final Message counts() throws IOException {
        Throwable failed = failure;
        return failed != null ? Message.failed(failed) : counted(Message.of(Message.OK));
    }

    /** Adds the load's own counts to an answer. */
    abstract Message counted(Message answer) throws IOException;
}
