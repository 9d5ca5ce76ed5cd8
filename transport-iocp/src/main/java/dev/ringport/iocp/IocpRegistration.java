// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.iocp;

import io.netty.channel.IoOps;
import io.netty.channel.IoRegistration;

/** A handle's registration. Its end is told to the handle when the last operation has completed. */
final class IocpRegistration implements IoRegistration {
    private final IocpIoHandler handler;
    private final IocpIoHandle handle;
    private volatile boolean valid = true;
    private int inFlight;
    private int turn;

    IocpRegistration(IocpIoHandler handler, IocpIoHandle handle) {
        this.handler = handler;
        this.handle = handle;
    }

    IocpIoHandler handler() {
        return handler;
    }

    IocpIoHandle handle() {
        return handle;
    }

    /** This registration itself, past the wrapper that Netty's loop puts around it. */
    @Override
    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
    public <T> T attachment() {
        return (T) this;
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

    @Override
    public boolean isValid() {
        return valid;
    }

    @Override
    public boolean cancel() {
        synchronized (this) {
            if (!valid) {
                return false;
            }
            valid = false;
        }
        handler.onLoop(this::endIfIdle);
        return true;
    }

    /** An operation of this handle has begun. */
    void began() {
        inFlight++;
    }

    /** An operation of this handle has completed. */
    void ended() {
        inFlight--;
        handler.touched(this);
        if (!valid) {
            endIfIdle();
        }
    }

    int inFlight() {
        return inFlight;
    }

    /** Marks that the handle had I/O in this turn; true the first time. */
    boolean touch(int currentTurn) {
        boolean first = turn != currentTurn;
        turn = currentTurn;
        return first;
    }

    private void endIfIdle() {
        if (inFlight == 0 && handler.forget(this)) {
            handle.unregistered();
        }
    }
}
