// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.iocp;

import dev.ringport.testkit.Leaks;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.SimpleChannelInboundHandler;
import java.io.InputStream;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

import static org.assertj.core.api.Assertions.assertThat;

@EnabledOnOs(OS.WINDOWS)
@Timeout(180)
class TcpTransferTest {
    private static final int BLOCK = 64 * 1024;
    private static final int BLOCKS = 1024;

    /** Sends back what comes. */
    @Sharable
    static final class Echo extends ChannelInboundHandlerAdapter {
        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            var _ = context.write(message);
        }

        @Override
        public void channelReadComplete(ChannelHandlerContext context) {
            context.flush();
        }

        @Override
        public void channelWritabilityChanged(ChannelHandlerContext context) {
            context.channel().config().setAutoRead(context.channel().isWritable());
        }
    }

    @Test
    void sixtyFourMebibytesComeBackAsTheyWere() throws Exception {
        byte[] block = Tcp.bytes(1, BLOCK);
        try (Leaks leaks = Leaks.watch(); Loops loops = new Loops(2)) {
            Channel server = Tcp.bind(Tcp.server(loops, Echo::new));
            CRC32C sum = new CRC32C();
            CompletableFuture<Long> all = new CompletableFuture<>();
            Channel client = Tcp.connect(Tcp.client(loops, () -> new SimpleChannelInboundHandler<ByteBuf>() {
                private long received;

                @Override
                protected void channelRead0(ChannelHandlerContext context, ByteBuf message) {
                    received += message.readableBytes();
                    sum.update(message.nioBuffer());
                    if (received == (long) BLOCK * BLOCKS) {
                        all.complete(received);
                    }
                }
            }), Tcp.address(server));
            for (int i = 0; i < BLOCKS; i++) {
                var _ = client.writeAndFlush(Tcp.numbered(client.alloc().directBuffer(BLOCK), block, i));
            }
            all.get(120, TimeUnit.SECONDS);
            assertThat(sum.getValue()).isEqualTo(Tcp.checksum(block, BLOCKS));
            client.close().sync();
            server.close().sync();
            leaks.assertNone();
        }
    }

    @Test
    void aPlainPeerGetsWhatWasWrittenBeforeTheClose() throws Exception {
        byte[] block = Tcp.bytes(2, BLOCK);
        try (Loops loops = new Loops(1); ServerSocket plain = Tcp.plainServer()) {
            Channel client = Tcp.connect(
                    Tcp.client(loops, ChannelInboundHandlerAdapter::new),
                    Tcp.address(plain));
            try (Socket peer = plain.accept()) {
                peer.setSoTimeout(60_000);
                // However long the peer takes.
                client.config().setOption(IocpChannelOption.CLOSE_TIMEOUT_MILLIS, Tcp.NEVER_MILLIS);
                for (int i = 0; i < 256; i++) {
                    var _ = client.writeAndFlush(Tcp.numbered(Unpooled.buffer(BLOCK), block, i));
                }
                var closed = client.close();
                assertThat(Tcp.checksum(peer.getInputStream())).isEqualTo(Tcp.checksum(block, 256));
                assertThat(closed.await(30, TimeUnit.SECONDS)).isTrue();
            }
        }
    }

    /** What was posted since it was made. Silence, which a busy machine may put between two messages, costs two receives. */
    private static final class Posted {
        private final IocpCounters counters;
        private final long start = System.nanoTime();
        private final long receives;
        private final long silences;

        Posted(IocpCounters counters) {
            this.counters = counters;
            receives = counters.get(IocpCounters.Counter.RECEIVE_CALLS);
            silences = counters.get(IocpCounters.Counter.ZERO_BYTE_RECEIVES);
        }

        /** Without what silences cost. There is no more than one a second. */
        long receives() {
            long since = counters.get(IocpCounters.Counter.ZERO_BYTE_RECEIVES) - silences;
            assertThat(since).isLessThanOrEqualTo(1 + TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - start));
            return counters.get(IocpCounters.Counter.RECEIVE_CALLS) - receives - 2 * since;
        }
    }

    @Test
    void oneReceiveAMessageUnderLoad() throws Exception {
        int rounds = 500;
        try (Loops loops = new Loops(1)) {
            Channel server = Tcp.bind(Tcp.server(loops, Echo::new));
            IocpCounters counters = ((IocpServerSocketChannel) server).counters();
            try (Socket peer = Tcp.plainClient(Tcp.address(server))) {
                peer.setTcpNoDelay(true);
                byte[] message = Tcp.bytes(3, 100);
                InputStream in = peer.getInputStream();
                roundTrip(peer, message, in);
                Posted posted = new Posted(counters);
                long sends = counters.get(IocpCounters.Counter.SEND_CALLS);
                for (int i = 0; i < rounds; i++) {
                    roundTrip(peer, message, in);
                }
                assertThat(posted.receives()).isBetween(rounds - 1L, rounds + 6L);
                assertThat(counters.get(IocpCounters.Counter.SEND_CALLS) - sends).isEqualTo(rounds);
            }
            server.close().sync();
        }
    }

    private static void roundTrip(Socket peer, byte[] message, InputStream in) throws Exception {
        peer.getOutputStream().write(message);
        assertThat(in.readNBytes(message.length)).isEqualTo(message);
    }

    @Test
    void anIdleConnectionPinsNoMemoryAndStillReads() throws Exception {
        try (Loops loops = new Loops(1)) {
            Channel server = Tcp.bind(Tcp.server(loops, Echo::new));
            IocpCounters counters = ((IocpServerSocketChannel) server).counters();
            try (Socket peer = Tcp.plainClient(Tcp.address(server))) {
                byte[] message = Tcp.bytes(4, 100);
                InputStream in = peer.getInputStream();
                roundTrip(peer, message, in);
                while (counters.get(IocpCounters.Counter.ZERO_BYTE_RECEIVES) == 0) {
                    Thread.sleep(20);
                }
                Posted posted = new Posted(counters);
                roundTrip(peer, message, in);
                roundTrip(peer, message, in);
                // The zero-byte receive is posted already: two messages, and the receive posted after them.
                assertThat(posted.receives()).isBetween(2L, 3L);
            }
            server.close().sync();
        }
    }

    @Test
    void fiveHundredConnectionsAtOnce() throws Exception {
        int connections = 500;
        try (Loops loops = new Loops(2)) {
            Channel server = Tcp.bind(Tcp.server(loops, Echo::new).option(ChannelOption.SO_BACKLOG, connections));
            CountDownLatch echoed = new CountDownLatch(connections);
            List<Channel> clients = new ArrayList<>();
            for (int i = 0; i < connections; i++) {
                clients.add(Tcp.client(loops, () -> new SimpleChannelInboundHandler<ByteBuf>() {
                    private int received;

                    @Override
                    public void channelActive(ChannelHandlerContext context) {
                        var _ = context.writeAndFlush(Unpooled.copyInt(42));
                    }

                    @Override
                    protected void channelRead0(ChannelHandlerContext context, ByteBuf message) {
                        received += message.readableBytes();
                        if (received == Integer.BYTES) {
                            echoed.countDown();
                        }
                    }
                }).connect(Tcp.address(server)).channel());
            }
            assertThat(echoed.await(60, TimeUnit.SECONDS)).isTrue();
            for (Channel client : clients) {
                assertThat(client.close().await(30, TimeUnit.SECONDS)).isTrue();
            }
            server.close().sync();
        }
    }
}
