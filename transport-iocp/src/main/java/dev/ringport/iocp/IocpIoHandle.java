// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.iocp;

import io.netty.channel.IoHandle;
import java.io.IOException;

/** A handle that an {@link IocpIoHandler} takes: the channels of this package. */
public interface IocpIoHandle extends IoHandle {
    @Override
    void close() throws IOException;
}
