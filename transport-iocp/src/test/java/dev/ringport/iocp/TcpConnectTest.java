// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.iocp;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.ConnectTimeoutException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

import static org.assertj.core.api.Assertions.assertThat;

/** Connects that are refused, or get no answer. */
@EnabledOnOs(OS.WINDOWS)
@Timeout(180)
class TcpConnectTest {
    @Test
    void aRefusedConnectSaysWhoRefusedAndClosesTheChannel() throws Exception {
        try (Loops loops = new Loops(1)) {
            InetSocketAddress nobody;
            try (ServerSocket plain = Tcp.plainServer()) {
                nobody = Tcp.address(plain);
            }
            ChannelFuture refused = Tcp.client(loops, ChannelInboundHandlerAdapter::new).connect(nobody);
            Tcp.awaitDone(refused);
            assertThat(refused.cause()).isInstanceOf(ConnectException.class).hasMessageContaining("ConnectEx");
            Tcp.awaitDone(refused.channel().closeFuture());

            loops.awaitNoOperations();
        }
    }

    /** Under Wine, where the system drops what does not fit into the backlog; Windows would refuse it. */
    @Test
    void connectsToAFullBacklogTimeOutOrAreCancelled() throws Exception {
        try (Loops loops = new Loops(1); ServerSocket full = new ServerSocket(0, 1, Tcp.loopback())) {
            List<Channel> fillers = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                fillers.add(Tcp.client(loops, ChannelInboundHandlerAdapter::new).connect(Tcp.address(full)).channel());
            }
            ChannelFuture late = Tcp.client(loops, ChannelInboundHandlerAdapter::new)
                    .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, 500)
                    .connect(Tcp.address(full));
            Tcp.awaitDone(late);
            assertThat(late.cause()).isInstanceOf(ConnectTimeoutException.class);
            Tcp.awaitDone(late.channel().closeFuture());

            Channel cancelled = Tcp.client(loops, ChannelInboundHandlerAdapter::new).register().sync().channel();
            ChannelFuture given = cancelled.connect(Tcp.address(full));
            // One that is cancelled before it has begun leaves the channel as it is.
            cancelled.eventLoop().submit(() -> {}).sync();
            assertThat(given.cancel(false)).isTrue();
            Tcp.awaitDone(cancelled.closeFuture());
            for (Channel filler : fillers) {
                Tcp.awaitDone(filler.close());
            }
            loops.awaitNoOperations();
        }
    }
}
