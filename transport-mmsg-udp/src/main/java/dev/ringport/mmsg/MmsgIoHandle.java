// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.mmsg;

import io.netty.channel.IoHandle;
import java.io.IOException;

/** A handle that can be registered with a {@link MmsgIoHandler}. It gets {@link MmsgIoEvent}s. */
public interface MmsgIoHandle extends IoHandle {
    @Override
    void close() throws IOException;
}
