// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.iocp;

import dev.ringport.loop.HandleRegistration;
import io.netty.channel.IoOps;

/** A handle's registration at a completion port's loop. */
final class IocpRegistration extends HandleRegistration {
    private final IocpIoHandler handler;
    private final IocpIoHandle handle;

    IocpRegistration(IocpIoHandler handler, IocpIoHandle handle) {
        this.handler = handler;
        this.handle = handle;
    }

    IocpIoHandler handler() {
        return handler;
    }

    @Override
    protected IocpIoHandle handle() {
        return handle;
    }

    @Override
    protected void runOnLoop(Runnable task) {
        handler.onLoop(task);
    }

    @Override
    protected boolean forget() {
        return handler.forget(this);
    }

    /**
     * Not offered: the channels start their operations themselves.
     *
     * @throws UnsupportedOperationException always
     */
    @Override
    public long submit(IoOps ops) {
        throw new UnsupportedOperationException("an IocpIoHandler takes no operations from outside: " + ops);
    }

    /** It counts as I/O of the turn. */
    @Override
    public void ended() {
        handler.touched(this);
        super.ended();
    }
}
