// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.mmsg.testing;

import dev.ringport.mmsg.MmsgDatagramChannel;
import dev.ringport.mmsg.MmsgTransport;
import dev.ringport.testkit.ManualLoop;
import io.netty.channel.IoHandler;
import io.netty.util.concurrent.Ticker;

/** A loop that the test drives. */
public final class MmsgManualLoop extends ManualLoop<MmsgDatagramChannel, IoHandler> {
    public MmsgManualLoop() {
        this(Ticker.systemTicker());
    }

    public MmsgManualLoop(Ticker ticker) {
        super(MmsgTransport.INSTANCE, MmsgTransport.INSTANCE.newHandlerFactory(), ticker);
    }
}
