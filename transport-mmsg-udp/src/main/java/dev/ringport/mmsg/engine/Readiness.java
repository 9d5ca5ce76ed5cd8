// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.mmsg.engine;

/**
 * What the engine asks of the loop that a channel is at: to be told when the channel's socket is ready. Called on the loop
 * only.
 */
public interface Readiness {
    /**
     * From now on {@link ChannelEngine#ready} is to be called as long as the socket is ready for one of these, and when an
     * error is pending. With none it is best not called.
     *
     * @param events {@code EPOLLIN}, {@code EPOLLOUT}, both or none
     */
    void want(int events);

    /** A receive or a wait for room has begun, which an end of the channel waits for. */
    void began();

    /** It has ended. */
    void ended();
}
