// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.mmsg;

import dev.ringport.linux.abi.Errno;
import dev.ringport.loop.HandleRegistration;
import dev.ringport.mmsg.hosts.OwnLoop;
import dev.ringport.mmsg.hosts.Watch;
import io.netty.channel.IoOps;
import java.util.ArrayList;
import java.util.List;

/** A handle's registration at a loop, with what the user of the handle waits for. */
final class MmsgRegistration extends HandleRegistration {
    private final MmsgIoHandler handler;
    private final MmsgIoHandle handle;
    private final List<UserWatch> submitted = new ArrayList<>(0);
    private final MmsgIoEvent event = new MmsgIoEvent();

    MmsgRegistration(MmsgIoHandler handler, MmsgIoHandle handle) {
        this.handler = handler;
        this.handle = handle;
    }

    MmsgIoHandler handler() {
        return handler;
    }

    private OwnLoop loop() {
        return handler.loop();
    }

    @Override
    protected MmsgIoHandle handle() {
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

    @Override
    protected void cancelled() {
        cancelOperations();
    }

    /**
     * Waits for a descriptor, from any thread.
     *
     * @return the data of the wish
     * @throws IllegalArgumentException if it is not a {@link MmsgIoOps}
     */
    @Override
    public long submit(IoOps ops) {
        if (!(ops instanceof MmsgIoOps wish)) {
            throw new IllegalArgumentException("expected MmsgIoOps, not " + ops);
        }
        handler.onLoop(() -> {
            if (isValid() && loop().takesOperations()) {
                new UserWatch(wish).begin();
            }
        });
        return wish.data();
    }

    /** Cancels what the user of the handle waits for. */
    void cancelOperations() {
        for (UserWatch watch : List.copyOf(submitted)) {
            watch.endsWith(-Errno.ECANCELED);
        }
    }

    /** What the user of the handle waits for. */
    private final class UserWatch extends Watch {
        private final MmsgIoOps wish;

        UserWatch(MmsgIoOps wish) {
            super(wish.fd());
            this.wish = wish;
        }

        void begin() {
            began();
            submitted.add(this);
            int result = loop().set().set(this, wish.events());
            if (result < 0) {
                endsWith(result);
            }
        }

        @Override
        protected void ready(int readyFor) {
            if (submitted.remove(this)) {
                loop().set().remove(this);
                tell(readyFor);
            }
        }

        /** Tells it from the loop's turn, never inside of the user's own call. */
        void endsWith(int res) {
            if (submitted.remove(this)) {
                loop().set().remove(this);
                loop().soon(() -> tell(res));
            }
        }

        private void tell(int res) {
            loop().touched(MmsgRegistration.this);
            try {
                handle.handle(MmsgRegistration.this, event.set(wish.data(), res));
            } finally {
                ended();
            }
        }
    }
}
