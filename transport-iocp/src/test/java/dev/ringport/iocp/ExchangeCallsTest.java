// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.iocp;

import dev.ringport.iocp.IocpCounters.Counter;
import dev.ringport.testkit.Udp;
import dev.ringport.testkit.Udp.Peer;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.socket.DatagramPacket;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.EnumMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

import static org.assertj.core.api.Assertions.assertThat;

/** The calls of a request and its answer, one after the other so that nothing is shared. */
@EnabledOnOs(OS.WINDOWS)
@Timeout(60)
class ExchangeCallsTest {
    private static final int EXCHANGES = 200;
    /** Beginning and end, and a sweep of idle reads a second. */
    private static final int BESIDES = 20;

    private static Map<Counter, Long> counts(Channel channel, IocpCounters counters) throws Exception {
        Map<Counter, Long> counts = new EnumMap<>(Counter.class);
        channel.eventLoop().submit(() -> {
            for (Counter counter : Counter.values()) {
                counts.put(counter, counters.get(counter));
            }
        }).get();
        return counts;
    }

    private static void assertOneOfEach(Map<Counter, Long> before, Map<Counter, Long> after) {
        after.replaceAll((counter, count) -> count - before.get(counter));
        assertThat(after.get(Counter.SEND_CALLS)).isEqualTo(EXCHANGES);
        assertThat(after.get(Counter.RECEIVE_CALLS)).isBetween((long) EXCHANGES, EXCHANGES + 3L);
        // Fewer where the next request was there before its receive: that one ends at once and posts none.
        assertThat(after.get(Counter.PACKETS)).isLessThanOrEqualTo(EXCHANGES + 3L);
        assertThat(after.get(Counter.DEQUEUES)).as("calls for packets").isLessThan(EXCHANGES + BESIDES);
    }

    @Test
    void aRequestAndItsAnswerOverTcp() throws Exception {
        try (ServerSocket server = new ServerSocket(0, 1, Tcp.loopback()); Loops loops = new Loops(1)) {
            var connected = new Bootstrap().group(loops.group())
                    .channel(IocpSocketChannel.class)
                    .handler(new SimpleChannelInboundHandler<ByteBuf>() {
                        @Override
                        protected void channelRead0(ChannelHandlerContext context, ByteBuf message) {
                            ChannelFuture _ = context.writeAndFlush(message.retain(), context.voidPromise());
                        }
                    })
                    .connect(Tcp.address(server));
            Udp.await(connected);
            IocpSocketChannel channel = (IocpSocketChannel) connected.channel();
            try (Socket peer = server.accept()) {
                peer.setTcpNoDelay(true);
                Map<Counter, Long> before = counts(channel, channel.counters());
                for (int i = 0; i < EXCHANGES; i++) {
                    peer.getOutputStream().write(i);
                    assertThat(peer.getInputStream().read()).isEqualTo(i);
                }
                assertOneOfEach(before, counts(channel, channel.counters()));
            }
            Udp.await(channel.close());
        }
    }

    @Test
    void aRequestAndItsAnswerOverUdp() throws Exception {
        try (Udp<?> udp = new Udp<>(IocpTransport.INSTANCE); Loops loops = new Loops(1)) {
            Peer peer = udp.peer();
            var bound = new Bootstrap().group(loops.group())
                    .channel(IocpDatagramChannel.class)
                    .handler(new SimpleChannelInboundHandler<DatagramPacket>() {
                        @Override
                        protected void channelRead0(ChannelHandlerContext context, DatagramPacket message) {
                            ChannelFuture _ = context.writeAndFlush(
                                    new DatagramPacket(message.content().retain(), message.sender()),
                                    context.voidPromise());
                        }
                    })
                    .bind(Udp.INET);
            Udp.await(bound);
            IocpDatagramChannel channel = (IocpDatagramChannel) bound.channel();
            Map<Counter, Long> before = counts(channel, channel.counters());
            for (int i = 0; i < EXCHANGES; i++) {
                peer.send(Udp.numbered(i, 30), channel.localAddress());
                assertThat(peer.receive().content()).isEqualTo(Udp.numbered(i, 30));
            }
            assertOneOfEach(before, counts(channel, channel.counters()));
            Udp.await(channel.close());
        }
    }
}
