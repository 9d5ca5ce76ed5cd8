// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.uring.send;

/** What a loop asks of a channel that sends. */
public interface SendingChannel {
    /** Submits what is flushed; true if there is more to submit at once. */
    boolean pumpWrites();

    /** Completes promises after results came; true if there is more to submit. */
    boolean settleWrites();

    /** Whether a wait for room is still wanted. */
    boolean waitsForRoom();

    /** The socket has room again. */
    void roomAwaited();
}
