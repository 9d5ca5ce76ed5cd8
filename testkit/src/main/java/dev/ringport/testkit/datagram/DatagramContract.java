// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.testkit.datagram;

import dev.ringport.testkit.ManualLoop;
import io.netty.channel.ChannelOption;
import io.netty.util.concurrent.Ticker;

/** Has the transport under test. */
public abstract class DatagramContract {
    /** By its name, as a user writes it who knows neither transport. */
    protected static final ChannelOption<Integer> MAX_DATAGRAM_PAYLOAD_SIZE = ChannelOption
            .valueOf("MAX_DATAGRAM_PAYLOAD_SIZE");

    protected final DatagramTransport<?, ?> transport;

    protected DatagramContract(DatagramTransport<?, ?> transport) {
        this.transport = transport;
    }

    /** A loop of the calling thread with a handler of default sizes. */
    protected final ManualLoop<?, ?> newLoop() {
        return new ManualLoop<>(transport);
    }

    /** The same with a clock of the test's. */
    protected final ManualLoop<?, ?> newLoop(Ticker ticker) {
        return new ManualLoop<>(transport, transport.newHandlerFactory(), ticker);
    }
}
