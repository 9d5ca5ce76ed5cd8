// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.mmsg.testing;

import dev.ringport.mmsg.MmsgDatagramChannel;
import dev.ringport.mmsg.MmsgIoHandler;
import dev.ringport.mmsg.MmsgIoHandlerConfig;
import dev.ringport.mmsg.MmsgTransport;
import dev.ringport.testkit.ManualLoop;
import io.netty.util.concurrent.Ticker;

/** A loop that the test drives, with a handler of the sizes that the test needs. */
public final class MmsgManualLoop extends ManualLoop<MmsgDatagramChannel, MmsgIoHandler> {
    public MmsgManualLoop() {
        this(new MmsgIoHandlerConfig());
    }

    public MmsgManualLoop(MmsgIoHandlerConfig config) {
        this(config, Ticker.systemTicker());
    }

    public MmsgManualLoop(MmsgIoHandlerConfig config, Ticker ticker) {
        super(MmsgTransport.INSTANCE, MmsgIoHandler.newFactory(config), ticker);
    }
}
