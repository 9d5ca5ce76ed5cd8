// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.uring.suite;

import dev.ringport.uring.UringDatagramChannel;
import dev.ringport.uring.UringIoHandler;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.SocketProtocolFamily;
import io.netty.channel.socket.nio.NioDatagramChannel;
import io.netty.testsuite.transport.TestsuitePermutation.BootstrapComboFactory;
import io.netty.testsuite.transport.TestsuitePermutation.BootstrapFactory;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.util.List;

/** The combinations in which Netty's suite runs: the transport with itself, and with NIO both ways. */
final class Bootstraps {
    private static final EventLoopGroup URING = new MultiThreadIoEventLoopGroup(4,
            new DefaultThreadFactory("suite-uring", true), UringIoHandler.newFactory());
    private static final EventLoopGroup NIO = new MultiThreadIoEventLoopGroup(4,
            new DefaultThreadFactory("suite-nio", true), NioIoHandler.newFactory());

    private record Combination(BootstrapFactory<Bootstrap> server, BootstrapFactory<Bootstrap> client)
            implements
                BootstrapComboFactory<Bootstrap, Bootstrap> {
        @Override
        public Bootstrap newServerInstance() {
            return server.newInstance();
        }

        @Override
        public Bootstrap newClientInstance() {
            return client.newInstance();
        }
    }

    private Bootstraps() {}

    static List<BootstrapComboFactory<Bootstrap, Bootstrap>> combinations(SocketProtocolFamily family) {
        BootstrapFactory<Bootstrap> uring = () -> new Bootstrap().group(URING)
                .channelFactory(() -> new UringDatagramChannel(family));
        BootstrapFactory<Bootstrap> nio = () -> new Bootstrap().group(NIO)
                .channelFactory(() -> new NioDatagramChannel(family));
        return List.of(new Combination(uring, uring), new Combination(uring, nio), new Combination(nio, uring));
    }

    static List<BootstrapFactory<Bootstrap>> single() {
        return List.of(() -> new Bootstrap().group(URING).channel(UringDatagramChannel.class));
    }
}
