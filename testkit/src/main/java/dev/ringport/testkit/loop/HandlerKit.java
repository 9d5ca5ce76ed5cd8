// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.testkit.loop;

import io.netty.channel.IoHandler;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.IoRegistration;

/** A transport's handlers under test, with operations that the tests may start. */
public interface HandlerKit {
    /**
     * A factory of handlers.
     *
     * @param shutdownMillis how long a handler waits in the end for operations to complete
     */
    IoHandlerFactory newFactory(int shutdownMillis);

    /** A handle of the transport's own kind. */
    RecordingHandle newHandle();

    /** Submits an operation that completes at once with the data. Any thread may. */
    void submit(IoRegistration registration, long data);

    /** Submits an operation with the data that does not complete until it is cancelled. */
    void submitEndless(IoRegistration registration, long data);

    /** Cancels the registration, and its operations where they do not end by that; as {@link IoRegistration#cancel()}. */
    default boolean cancel(IoRegistration registration) {
        return registration.cancel();
    }

    /** Checks that so many operations of the handle have ended because they were cancelled, and none otherwise. */
    void assertCancelled(RecordingHandle handle, int operations);

    /** The operations that the system has not completed, of the handler's own too. */
    int operationsInFlight(IoHandler handler);

    /** Whether memory of the handler is kept for good, since operations never completed. */
    boolean keepsMemory(IoHandler handler);
}
