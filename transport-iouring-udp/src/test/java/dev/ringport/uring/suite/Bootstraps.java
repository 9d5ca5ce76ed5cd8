// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.uring.suite;

import dev.ringport.testkit.suite.BootstrapFactories;
import dev.ringport.uring.UringDatagramChannel;
import dev.ringport.uring.UringIoHandler;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.socket.SocketProtocolFamily;
import io.netty.testsuite.transport.TestsuitePermutation.BootstrapComboFactory;
import io.netty.testsuite.transport.TestsuitePermutation.BootstrapFactory;
import java.util.List;

/** What Netty's suite runs with here. */
final class Bootstraps {
    private static final BootstrapFactories URING = new BootstrapFactories("uring", UringIoHandler.newFactory());

    private Bootstraps() {}

    static List<BootstrapComboFactory<Bootstrap, Bootstrap>> combinations(SocketProtocolFamily family) {
        return URING.datagrams(UringDatagramChannel::new, family);
    }

    static List<BootstrapFactory<Bootstrap>> single() {
        return URING.clients(UringDatagramChannel.class);
    }
}
