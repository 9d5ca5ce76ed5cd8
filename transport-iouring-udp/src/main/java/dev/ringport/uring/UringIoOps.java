// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.uring;

import io.netty.channel.IoOps;

/**
 * One single-shot operation that a {@link UringIoHandle} submits through its registration, for what the channel of this
 * package does not do itself. The members are those of {@code struct io_uring_sqe}. Its result comes as one
 * {@link UringIoEvent}; until then whatever {@code addr} points to must stay.
 *
 * @param opcode {@code IORING_OP_*}
 * @param fd the descriptor, or -1
 * @param addr the address of a buffer
 * @param len the length of that buffer
 * @param offset an offset or a second address
 * @param opFlags the flags of the operation
 * @param data comes back in the event
 */
public record UringIoOps(int opcode, int fd, long addr, int len, long offset, int opFlags, long data)
        implements
            IoOps {}
