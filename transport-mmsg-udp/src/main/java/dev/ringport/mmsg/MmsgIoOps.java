// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.mmsg;

import io.netty.channel.IoOps;

/**
 * A wish of a {@link MmsgIoHandle}, submitted through its registration, for what the channel of this package does not do
 * itself: to be told once that a descriptor is ready. The answer comes as one {@link MmsgIoEvent}; until then the
 * descriptor must stay open. One descriptor can be waited for once at a time.
 *
 * @param fd the descriptor
 * @param events {@code EPOLLIN} (1), {@code EPOLLOUT} (4) or others of epoll's, as one number
 * @param data comes back in the event
 */
public record MmsgIoOps(int fd, int events, long data) implements IoOps {}
