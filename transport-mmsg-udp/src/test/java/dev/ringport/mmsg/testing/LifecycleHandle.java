// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.mmsg.testing;

import dev.ringport.mmsg.MmsgIoEvent;
import dev.ringport.mmsg.MmsgIoHandle;
import dev.ringport.testkit.loop.RecordingHandle;
import io.netty.channel.IoEvent;
import java.util.ArrayList;
import java.util.List;

/** A handle that is no channel and that remembers the results of its operations besides. */
public final class LifecycleHandle extends RecordingHandle implements MmsgIoHandle {
    private final List<Integer> results = new ArrayList<>();

    @Override
    protected long data(IoEvent event) {
        MmsgIoEvent completion = (MmsgIoEvent) event;
        results.add(completion.res());
        return completion.data();
    }

    /** The results of the events so far. */
    public List<Integer> results() {
        return results;
    }
}
