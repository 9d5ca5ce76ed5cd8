// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.iocp.loop;

import dev.ringport.loop.HandleRegistration;
import io.netty.channel.IoHandle;
import io.netty.channel.IoOps;

/** A handle's registration at a completion port's loop. */
public final class LoopRegistration extends HandleRegistration {
    private final CompletionLoop loop;
    private final IoHandle handle;

    LoopRegistration(CompletionLoop loop, IoHandle handle) {
        this.loop = loop;
        this.handle = handle;
    }

    /** The loop. */
    public CompletionLoop loop() {
        return loop;
    }

    @Override
    public IoHandle handle() {
        return handle;
    }

    @Override
    protected void runOnLoop(Runnable task) {
        loop.onLoop(task);
    }

    @Override
    protected boolean forget() {
        return loop.forget(this);
    }

    /**
     * Not offered: the channels start their operations themselves.
     *
     * @throws UnsupportedOperationException always
     */
    @Override
    public long submit(IoOps ops) {
        throw new UnsupportedOperationException("an IoHandler takes no operations from outside: " + ops);
    }

    /** It counts as I/O of the turn. */
    @Override
    public void ended() {
        loop.touched(this);
        super.ended();
    }
}
