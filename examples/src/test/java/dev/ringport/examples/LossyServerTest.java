// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.examples;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.socket.DatagramPacket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Real datagrams of which a server loses some, or answers them twice. */
@Timeout(60)
@SuppressWarnings("FutureReturnValueIgnored") // of void promises
class LossyServerTest {
    private static final int WINDOW = 8;
    private static final InetSocketAddress LOOPBACK = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);

    private final AtomicLong dropped = new AtomicLong();
    private final AtomicLong answered = new AtomicLong();

    private final class DropsEveryThird extends SimpleChannelInboundHandler<DatagramPacket> {
        private int count;

        @Override
        protected void channelRead0(ChannelHandlerContext ctx, DatagramPacket packet) {
            if (++count % 3 == 0) {
                dropped.incrementAndGet();
                return;
            }
            answered.incrementAndGet();
            ctx.writeAndFlush(new DatagramPacket(packet.content().retain(), packet.sender()), ctx.voidPromise());
        }
    }

    private final class AnswersTwice extends SimpleChannelInboundHandler<DatagramPacket> {
        @Override
        protected void channelRead0(ChannelHandlerContext ctx, DatagramPacket packet) {
            for (int i = 0; i < 2; i++) {
                answered.incrementAndGet();
                ctx.writeAndFlush(
                        new DatagramPacket(packet.content().retainedDuplicate(), packet.sender()), ctx.voidPromise());
            }
        }
    }

    @Test
    void lostDatagramsAreCountedAndReplaced() throws Exception {
        try (EventLoops loops = nio("server"); EchoClient client = client(1)) {
            client.connect(serve(loops, new DropsEveryThird()));
            while (client.traffic().lost() < 2 * WINDOW) {
                Thread.sleep(10);
            }
            client.stop();
            Traffic total = client.traffic();
            assertEquals(total.sent(), total.received() + total.lost());
            assertTrue(total.lost() >= dropped.get(), total + " of which dropped " + dropped);
            assertTrue(total.received() <= answered.get(), total + " of which answered " + answered);
            assertEquals(total.received(), client.roundTrips().total());
        }
    }

    @Test
    void secondAnswersAreNotCountedAsAnswers() throws Exception {
        try (EventLoops loops = nio("server"); EchoClient client = client(2)) {
            client.connect(serve(loops, new AnswersTwice()));
            while (client.unexpected() < 1000) {
                Thread.sleep(10);
            }
            client.stop();
            Traffic total = client.traffic();
            assertEquals(total.sent(), total.received() + total.lost());
            assertTrue(total.received() + client.unexpected() <= answered.get(), total + ", answered " + answered);
        }
    }

    private static EventLoops nio(String name) {
        return new EventLoops(name, ExampleTransports.named("nio", false).orElseThrow(), 1);
    }

    private static EchoClient client(int channels) throws UsageException {
        String line = "client --clients " + channels + " --window " + WINDOW;
        return new EchoClient(
                ExampleTransports.named("nio", false).orElseThrow(),
                EchoOptions.parse(List.of(line.split(" "))));
    }

    private static InetSocketAddress serve(EventLoops loops, SimpleChannelInboundHandler<DatagramPacket> handler)
            throws Exception {
        Bootstrap bootstrap = loops.datagramBootstrap(64).handler(handler);
        Channel channel = loops.opened(bootstrap.bind(LOOPBACK), LOOPBACK);
        return (InetSocketAddress) channel.localAddress();
    }
}
