// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.testkit.datagram;

import dev.ringport.testkit.Udp;
import dev.ringport.testkit.Udp.Recorder;
import org.junit.jupiter.api.AutoClose;

/** Has one loop of the transport with a thread of its own. */
public abstract class UdpContract extends DatagramContract {
    @AutoClose
    protected final Udp<?> udp;

    protected final Recorder received = new Recorder();

    protected UdpContract(DatagramTransport<?, ?> transport) {
        super(transport);
        udp = new Udp<>(transport);
    }
}
