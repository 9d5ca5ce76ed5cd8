// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.uring.testing;

import dev.ringport.testkit.loop.RecordingHandle;
import dev.ringport.uring.UringIoEvent;
import dev.ringport.uring.UringIoHandle;
import io.netty.channel.IoEvent;
import java.util.ArrayList;
import java.util.List;

/** A handle that is no channel and that remembers the results of its operations besides. */
public final class LifecycleHandle extends RecordingHandle implements UringIoHandle {
    private final List<Integer> results = new ArrayList<>();

    @Override
    protected long data(IoEvent event) {
        UringIoEvent completion = (UringIoEvent) event;
        results.add(completion.res());
        return completion.data();
    }

    /** The results of the events so far. */
    public List<Integer> results() {
        return results;
    }
}
