// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.loop;

import io.netty.channel.IoHandle;
import io.netty.channel.IoRegistration;

/** A handle's registration. Its end is told to the handle when the last operation has completed. */
public abstract class HandleRegistration implements IoRegistration {
    private volatile boolean valid = true;
    private int inFlight;
    private int turn;

    protected abstract IoHandle handle();

    /** Runs a task on the loop, at once where that is the current thread. */
    protected abstract void runOnLoop(Runnable task);

    /** Takes it from the loop's list; false if that was done. */
    protected abstract boolean forget();

    /** Called on the loop once it is cancelled, before its end is told. */
    protected void cancelled() {}

    /** This registration itself, past the wrapper that Netty's loop puts around it. */
    @Override
    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
    public final <T> T attachment() {
        return (T) this;
    }

    @Override
    public final boolean isValid() {
        return valid;
    }

    @Override
    public final boolean cancel() {
        synchronized (this) {
            if (!valid) {
                return false;
            }
            valid = false;
        }
        runOnLoop(() -> {
            cancelled();
            endIfIdle();
        });
        return true;
    }

    /** An operation of this handle has begun. */
    public final void began() {
        inFlight++;
    }

    /** An operation of this handle has completed. */
    public void ended() {
        inFlight--;
        if (!valid) {
            endIfIdle();
        }
    }

    public final int inFlight() {
        return inFlight;
    }

    /** Marks that the handle had I/O in this turn; true the first time. */
    public final boolean touch(int currentTurn) {
        boolean first = turn != currentTurn;
        turn = currentTurn;
        return first;
    }

    private void endIfIdle() {
        if (inFlight == 0 && forget()) {
            handle().unregistered();
        }
    }
}
