// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.iocp;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/** What handlers hear of the beginning and the end of a connection. */
@EnabledOnOs(OS.WINDOWS)
@Timeout(180)
class TcpLifecycleTest {
    /** Tells what it hears. */
    private static class Listener extends ChannelInboundHandlerAdapter {
        final BlockingQueue<String> heard;

        Listener(BlockingQueue<String> heard) {
            this.heard = heard;
        }

        @Override
        public void channelActive(ChannelHandlerContext context) {
            heard.add("active");
        }

        @Override
        public void channelInactive(ChannelHandlerContext context) {
            heard.add("inactive");
        }

        @Override
        public void channelUnregistered(ChannelHandlerContext context) {
            heard.add("unregistered");
        }

        @Override
        public void handlerRemoved(ChannelHandlerContext context) {
            heard.add("removed");
        }
    }

    /** With NIO it is closed by the time that Netty looks whether it is active. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void anAcceptedConnectionThatIsClosedWhileItRegistersIsNotToldToBeActive(boolean inHandlerAdded) throws Exception {
        BlockingQueue<String> heard = new LinkedBlockingQueue<>();
        byte[] goodbye = Tcp.bytes(12, 1 << 20);
        try (Loops loops = new Loops(1)) {
            Channel server = Tcp.bind(new ServerBootstrap()
                    .group(loops.group())
                    .channel(IocpServerSocketChannel.class)
                    .childHandler(new Listener(heard) {
                        @Override
                        public void handlerAdded(ChannelHandlerContext context) {
                            if (inHandlerAdded) {
                                close(context);
                            }
                        }

                        @Override
                        public void channelRegistered(ChannelHandlerContext context) {
                            heard.add("registered");
                            if (!inHandlerAdded) {
                                close(context);
                            }
                        }

                        private void close(ChannelHandlerContext context) {
                            var _ = context.read();
                            ChannelFuture _ = context.writeAndFlush(Unpooled.copiedBuffer(goodbye))
                                    .addListener(written -> heard.add("written " + written.isSuccess()));
                            ChannelFuture _ = context.close().addListener(closed -> heard.add("closed"));
                            ChannelFuture _ = context.writeAndFlush(Unpooled.copyInt(1))
                                    .addListener(written -> heard.add("late " + written.isSuccess()));
                        }
                    }));
            try (Socket peer = Tcp.plainClient(Tcp.address(server))) {
                assertThat(peer.getInputStream().readAllBytes()).isEqualTo(goodbye);
            }
            List<String> events = new ArrayList<>();
            while (!events.contains("unregistered")) {
                events.add(heard.poll(Tcp.SECONDS, TimeUnit.SECONDS));
            }
            assertThat(events)
                    .startsWith("registered")
                    .endsWith("inactive", "unregistered")
                    .containsExactlyInAnyOrder(
                            "registered", "written true", "late false", "closed", "inactive", "unregistered");
            server.close().sync();
            loops.awaitNoOperations();
        }
    }

    /** It waited for the peer until the loop took no tasks any more. */
    @Test
    void handlersHearOfTheEndOfAConnectionThatEndsWithItsLoop() throws Exception {
        BlockingQueue<String> heard = new LinkedBlockingQueue<>();
        IocpIoHandlerConfig hasty = new IocpIoHandlerConfig().shutdownTimeoutMillis(100);
        try (Loops loops = new Loops(1, hasty); ServerSocket plain = Tcp.plainServer()) {
            Channel client = Tcp.connect(Tcp.client(loops, () -> new Listener(heard)), Tcp.address(plain));
            try (Socket peer = plain.accept()) {
                assertThat(peer.isConnected()).isTrue();
                ByteBuf large = Unpooled.directBuffer(64 << 20).writeZero(64 << 20);
                ChannelFuture written = client.writeAndFlush(large);
                assertThat(loops.group()
                        .shutdownGracefully(0, 1, TimeUnit.SECONDS)
                        .await(Tcp.SECONDS, TimeUnit.SECONDS)).isTrue();
                Tcp.awaitDone(written);
                assertThat(heard).containsExactly("active", "inactive", "unregistered", "removed");
            }
        }
    }
}
