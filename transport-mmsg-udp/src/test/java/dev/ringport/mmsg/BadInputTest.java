// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.mmsg;

import dev.ringport.testkit.Udp;
import dev.ringport.testkit.datagram.BadInputContract;
import io.netty.channel.socket.DatagramPacket;
import java.net.NoRouteToHostException;
import org.junit.jupiter.api.Test;

class BadInputTest extends BadInputContract {
    BadInputTest() {
        super(MmsgTransport.INSTANCE);
    }

    @Test
    void withoutARouteASendFailsOnItsOwnPromise() {
        failsOnItsOwnPromise(
                "no route", NoRouteToHostException.class,
                peer -> new DatagramPacket(Udp.direct(new byte[1]), Udp.at("192.0.2.1", 9)));
    }
}
