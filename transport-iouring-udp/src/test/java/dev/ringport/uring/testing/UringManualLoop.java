// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.uring.testing;

import dev.ringport.testkit.ManualLoop;
import dev.ringport.uring.UringDatagramChannel;
import dev.ringport.uring.UringIoHandler;
import dev.ringport.uring.UringIoHandlerConfig;
import dev.ringport.uring.UringTransport;
import io.netty.util.concurrent.Ticker;

/** A loop that the test drives, with a handler of the sizes that the test needs. */
public final class UringManualLoop extends ManualLoop<UringDatagramChannel, UringIoHandler> {
    public UringManualLoop() {
        this(new UringIoHandlerConfig());
    }

    public UringManualLoop(UringIoHandlerConfig config) {
        this(config, Ticker.systemTicker());
    }

    public UringManualLoop(UringIoHandlerConfig config, Ticker ticker) {
        super(UringTransport.INSTANCE, UringIoHandler.newFactory(config), ticker);
    }
}
