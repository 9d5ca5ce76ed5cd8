// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.mmsg;

import io.netty.channel.IoEvent;

/** The answer to a {@link MmsgIoOps}. Reused: it holds only while the handle is called. */
public final class MmsgIoEvent implements IoEvent {
    private long data;
    private int res;

    MmsgIoEvent() {}

    MmsgIoEvent set(long newData, int newRes) {
        data = newData;
        res = newRes;
        return this;
    }

    /** What was given with the wish. */
    public long data() {
        return data;
    }

    /**
     * What the descriptor is ready for, or {@code -errno}: {@code -ECANCELED} (-125) if the registration ended before, and
     * what {@code epoll_ctl(2)} fails with.
     */
    public int res() {
        return res;
    }
}
