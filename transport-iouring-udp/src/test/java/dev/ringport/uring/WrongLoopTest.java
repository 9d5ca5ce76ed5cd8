// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.uring;

import dev.ringport.testkit.Udp;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.DefaultEventLoopGroup;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** A channel at a loop that cannot serve it says what the loop has and what to do. A bootstrap closes its socket. */
class WrongLoopTest {
    private static void assertRefused(EventLoopGroup group, String loop) {
        try {
            ChannelFuture bound = new Bootstrap().group(group).channel(UringDatagramChannel.class)
                    .handler(new ChannelInboundHandlerAdapter()).bind(Udp.INET);
            assertThat(Udp.failure(bound)).isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("a UringDatagramChannel needs an event loop with a UringIoHandler")
                    .hasMessageContaining(loop)
                    .hasMessageContaining("UringIoHandler.newFactory()");
            assertThat(bound.channel().isOpen()).isFalse();
        } finally {
            Udp.await(group.shutdownGracefully(0, 10, TimeUnit.SECONDS));
        }
    }

    @Test
    void atALoopOfNioTheHandlerIsNamed() {
        assertRefused(new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory()), "has a NioIoHandler");
    }

    @Test
    @SuppressWarnings("deprecation") // of the group
    void atALoopWithoutAHandlerTheClassIsNamed() {
        assertRefused(new DefaultEventLoopGroup(1), "no handler (io.netty.channel.DefaultEventLoop)");
    }
}
