// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.uring;

import io.netty.channel.IoHandle;
import java.io.IOException;

/** A handle that can be registered with a {@link UringIoHandler}. It gets {@link UringIoEvent}s. */
public interface UringIoHandle extends IoHandle {
    @Override
    void close() throws IOException;
}
