// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.uring;

import dev.ringport.loop.HandleRegistration;
import dev.ringport.uring.ring.Operation;
import dev.ringport.uring.ring.RingOperations;
import dev.ringport.uring.ring.SubmissionQueue;
import io.netty.channel.IoOps;
import java.util.ArrayList;
import java.util.List;

/** A handle's registration at a ring's loop, with what the user of the handle submitted. */
final class UringRegistration extends HandleRegistration {
    private final UringIoHandler handler;
    private final UringIoHandle handle;
    private final List<UserOperation> submitted = new ArrayList<>(0);
    private final UringIoEvent event = new UringIoEvent();

    UringRegistration(UringIoHandler handler, UringIoHandle handle) {
        this.handler = handler;
        this.handle = handle;
    }

    UringIoHandler handler() {
        return handler;
    }

    private RingOperations operations() {
        return handler.loop().operations();
    }

    @Override
    protected UringIoHandle handle() {
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
     * Submits an operation, from any thread.
     *
     * @return the data of the operation
     * @throws IllegalArgumentException if it is not a {@link UringIoOps}
     */
    @Override
    public long submit(IoOps ops) {
        if (!(ops instanceof UringIoOps operation)) {
            throw new IllegalArgumentException("expected UringIoOps, not " + ops);
        }
        handler.onLoop(() -> {
            if (isValid() && operations().takesOperations()) {
                UserOperation added = new UserOperation(operation);
                submitted.add(added);
                if (operations().isUsable()) {
                    added.submit();
                }
            }
        });
        return operation.data();
    }

    /** The loop runs for the first time: what was asked for before is started. */
    void loopStarted() {
        for (UserOperation operation : submitted) {
            operation.submit();
        }
        if (handle instanceof UringDatagramChannel.UringUnsafe unsafe) {
            unsafe.loopStarted();
        }
    }

    /** Cancels what the user of the handle submitted. */
    void cancelOperations() {
        for (UserOperation operation : submitted) {
            operations().cancel(operation);
        }
    }

    /** An operation that the user of the handle described. */
    private final class UserOperation extends Operation {
        private final UringIoOps ops;

        UserOperation(UringIoOps ops) {
            this.ops = ops;
        }

        void submit() {
            SubmissionQueue submissions = operations().submissions();
            began();
            operations().table().add(this);
            submissions.prepare(
                    ops.opcode(), ops.fd(), ops.addr(), ops.len(), ops.offset(), ops.opFlags(),
                    operations().table().begin(this));
        }

        @Override
        public void completed(int res, int flags) {
            if (isInFlight()) {
                // A multishot operation, which this interface does not offer, goes on.
                return;
            }
            operations().table().remove(this);
            submitted.remove(this);
            operations().touched(UringRegistration.this);
            try {
                handle.handle(UringRegistration.this, event.set(ops.data(), res, flags));
            } finally {
                ended();
            }
        }
    }
}
