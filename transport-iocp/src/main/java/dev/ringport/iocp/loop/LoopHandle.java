// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.iocp.loop;

import io.netty.channel.IoHandle;
import java.io.IOException;

/** A channel as its loop sees it. */
public interface LoopHandle extends IoHandle {
    @Override
    void close() throws IOException;

    /** The loop runs for the first time: what was asked for before is started. */
    void loopStarted();

    /**
     * The loop ends, and the timers of its tasks run no more: what waits for one, such as a send for which Windows had no
     * buffers, is tried now. Called again every few milliseconds while the loop may still wait.
     *
     * @return whether something still waits to be tried again; what Windows has under way does not count
     */
    default boolean retryWhileEnding() {
        return false;
    }

    /** The loop ends and waits no longer: the channel closes now, operations under way keep their memory. */
    void closeWithoutWaiting();
}
