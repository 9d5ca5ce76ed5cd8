// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.uring;

import io.netty.channel.IoEvent;

/** The result of a {@link UringIoOps}. Reused: it holds only while the handle is called. */
public final class UringIoEvent implements IoEvent {
    private long data;
    private int res;
    private int flags;

    UringIoEvent() {}

    UringIoEvent set(long newData, int newRes, int newFlags) {
        data = newData;
        res = newRes;
        flags = newFlags;
        return this;
    }

    /** What was given with the operation. */
    public long data() {
        return data;
    }

    /** The result, or {@code -errno}. */
    public int res() {
        return res;
    }

    /** {@code IORING_CQE_F_*}. */
    public int flags() {
        return flags;
    }
}
