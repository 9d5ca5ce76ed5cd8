// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.iocp;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.SocketChannel;
import java.io.InputStream;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.NotYetConnectedException;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

import static org.assertj.core.api.Assertions.assertThat;

/** Connections of which one half ends before the other. */
@EnabledOnOs(OS.WINDOWS)
@Timeout(180)
class TcpHalvesTest {
    @Test
    void eachSideMayEndItsHalf() throws Exception {
        try (Loops loops = new Loops(1); ServerSocket plain = Tcp.plainServer()) {
            CountDownLatch inputEnded = new CountDownLatch(1);
            Channel client = Tcp.connect(Tcp.client(loops, () -> new ChannelInboundHandlerAdapter() {
                @Override
                public void userEventTriggered(ChannelHandlerContext context, Object event) {
                    if (event instanceof ChannelInputShutdownEvent) {
                        inputEnded.countDown();
                    }
                }
            }).option(ChannelOption.ALLOW_HALF_CLOSURE, true), Tcp.address(plain));
            try (Socket peer = plain.accept()) {
                peer.setSoTimeout((int) TimeUnit.SECONDS.toMillis(Tcp.SECONDS));
                peer.shutdownOutput();
                assertThat(inputEnded.await(Tcp.SECONDS, TimeUnit.SECONDS)).isTrue();
                byte[] answer = Tcp.bytes(7, 300_000);
                ChannelFuture written = client.writeAndFlush(Unpooled.wrappedBuffer(answer));
                ChannelFuture ended = ((SocketChannel) client).shutdownOutput();
                InputStream in = peer.getInputStream();
                assertThat(in.readAllBytes()).isEqualTo(answer);
                Tcp.awaitDone(written);
                Tcp.awaitDone(ended);
                assertThat(written.isSuccess()).isTrue();
                assertThat(ended.isSuccess()).isTrue();
                assertThat(client.isOpen()).isTrue();
                Tcp.awaitDone(client.close());
            }
        }
    }

    @Test
    void aHandlerThatClosesAtTheEndOfTheInputHearsNoMoreOfIt() throws Exception {
        BlockingQueue<Object> heard = new LinkedBlockingQueue<>();
        try (Loops loops = new Loops(1); ServerSocket plain = Tcp.plainServer()) {
            Channel client = Tcp.connect(Tcp.client(loops, () -> new ChannelInboundHandlerAdapter() {
                @Override
                public void userEventTriggered(ChannelHandlerContext context, Object event) {
                    heard.add(event);
                    ChannelFuture _ = context.close();
                }
            }).option(ChannelOption.ALLOW_HALF_CLOSURE, true), Tcp.address(plain));
            try (Socket peer = plain.accept()) {
                peer.shutdownOutput();
                Tcp.awaitDone(client.closeFuture());
                assertThat(heard).containsExactly(ChannelInputShutdownEvent.INSTANCE);
            }
        }
    }

    @Test
    void aChannelThatIsNotConnectedHasNoHalvesToEnd() throws Exception {
        try (Loops loops = new Loops(1)) {
            SocketChannel channel = new IocpSocketChannel();
            Tcp.awaitDone(loops.next().register(channel));
            for (ChannelFuture ended : List.of(channel.shutdownInput(), channel.shutdownOutput())) {
                Tcp.awaitDone(ended);
                assertThat(ended.cause()).isInstanceOf(NotYetConnectedException.class);
            }
            assertThat(channel.isOpen()).isTrue();
            Tcp.awaitDone(channel.close());
            ChannelFuture late = channel.shutdownInput();
            Tcp.awaitDone(late);
            assertThat(late.cause()).isInstanceOf(ClosedChannelException.class);
        }
    }
}
