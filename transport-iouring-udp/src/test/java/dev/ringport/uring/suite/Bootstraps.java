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
import java.util.stream.Stream;

/** What Netty's suite runs with here. */
final class Bootstraps {
    private static final BootstrapFactories URING = new BootstrapFactories("uring", UringIoHandler.newFactory());

    private Bootstraps() {}

    static List<BootstrapComboFactory<Bootstrap, Bootstrap>> combinations(SocketProtocolFamily family) {
        return Stream.of(
                URING.datagrams(UringDatagramChannel::new, family),
                URING.datagrams(Bootstraps::withoutTrains, family)).flatMap(List::stream).toList();
    }

    private static UringDatagramChannel withoutTrains(SocketProtocolFamily family) {
        UringDatagramChannel channel = new UringDatagramChannel(family);
        channel.config().setUdpGro(false).setAutoSegmentation(false);
        return channel;
    }

    static List<BootstrapFactory<Bootstrap>> single() {
        return URING.clients(UringDatagramChannel.class);
    }
}
