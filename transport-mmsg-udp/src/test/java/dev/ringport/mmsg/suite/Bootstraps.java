// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.mmsg.suite;

import dev.ringport.mmsg.MmsgDatagramChannel;
import dev.ringport.mmsg.MmsgTransport;
import dev.ringport.testkit.suite.BootstrapFactories;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.socket.SocketProtocolFamily;
import io.netty.testsuite.transport.TestsuitePermutation.BootstrapComboFactory;
import io.netty.testsuite.transport.TestsuitePermutation.BootstrapFactory;
import java.util.List;
import java.util.stream.Stream;

/** What Netty's suite runs with here. */
final class Bootstraps {
    private static final BootstrapFactories MMSG = new BootstrapFactories("mmsg",
            MmsgTransport.INSTANCE.newHandlerFactory());

    private Bootstraps() {}

    static List<BootstrapComboFactory<Bootstrap, Bootstrap>> combinations(SocketProtocolFamily family) {
        return Stream.of(
                MMSG.datagrams(MmsgDatagramChannel::new, family),
                MMSG.datagrams(Bootstraps::withoutTrains, family)).flatMap(List::stream).toList();
    }

    private static MmsgDatagramChannel withoutTrains(SocketProtocolFamily family) {
        MmsgDatagramChannel channel = new MmsgDatagramChannel(family);
        channel.config().setUdpGro(false).setAutoSegmentation(false);
        return channel;
    }

    static List<BootstrapFactory<Bootstrap>> single() {
        return MMSG.clients(MmsgDatagramChannel.class);
    }
}
