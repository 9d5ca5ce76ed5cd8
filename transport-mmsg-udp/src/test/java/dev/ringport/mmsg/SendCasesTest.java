// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.mmsg;

import dev.ringport.mmsg.MmsgCounters.Counter;
import dev.ringport.mmsg.testing.MmsgManualLoop;
import dev.ringport.testkit.FarEnd;
import dev.ringport.testkit.NetworkNamespace;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.socket.DatagramPacket;
import io.netty.channel.unix.IntegerUnixChannelOption;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/** Situations from practice in which datagrams were lost, overtook each other, or left as something else. */
class SendCasesTest {
    private static final IntegerUnixChannelOption NO_CHECK = new IntegerUnixChannelOption("SO_NO_CHECK", 1, 11);

    private static ByteBuf numbered(int number, int size) {
        return Unpooled.directBuffer(size).writeInt(number).writeZero(size - Integer.BYTES);
    }

    private static List<ChannelFuture> burst(Channel channel, InetSocketAddress to, int count, int size) {
        List<ChannelFuture> writes = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            writes.add(channel.write(new DatagramPacket(numbered(i, size), to)));
        }
        channel.flush();
        return writes;
    }

    private static void expect(FarEnd peer, int from, int to) throws IOException {
        for (int i = from; i < to; i++) {
            ByteBuffer datagram = peer.take();
            assertThat(datagram).as("datagram " + i).isNotNull();
            assertThat(datagram.getInt()).isEqualTo(i);
        }
    }

    @Test
    void aTrainOfASizeThatWasTakenBeforeIsRefusedAndNothingOvertakesIt() throws Exception {
        try (MmsgManualLoop manual = new MmsgManualLoop();
                FarEnd peer = new FarEnd()) {
            MmsgDatagramChannel channel = manual.bind(new ChannelInboundHandlerAdapter());
            burst(channel, peer.address(), 2, 100).forEach(manual::succeed);
            expect(peer, 0, 2);
            assertThat(channel.config().setOption(NO_CHECK, 1)).isTrue();
            List<ChannelFuture> writes = new ArrayList<>();
            for (int i = 0; i < 32; i++) {
                int size = i < 30 ? 100 : i == 30 ? 50 : 200;
                writes.add(channel.write(new DatagramPacket(numbered(i, size), peer.address())));
            }
            channel.flush();
            writes.forEach(manual::succeed);
            expect(peer, 0, 32);
        }
    }

    @Test
    void aSmallPathOfOnePeerLeavesTheOthersTheirTrains() throws Exception {
        assumeTrue(NetworkNamespace.isEntered());
        NetworkNamespace.run(
                "ip", "route", "add", "local", "127.0.0.77", "dev", "lo", "table", "local", "mtu", "1300");
        try (MmsgManualLoop manual = new MmsgManualLoop();
                FarEnd peer = new FarEnd()) {
            MmsgDatagramChannel channel = manual.register(new ChannelInboundHandlerAdapter());
            manual.succeed(channel.bind(new InetSocketAddress("0.0.0.0", 0)));
            InetSocketAddress small = new InetSocketAddress("127.0.0.77", 9);
            burst(channel, small, 20, 1_400).forEach(manual::succeed);
            long before = channel.counters().get(Counter.SEGMENTED);
            assertThat(channel.counters().get(Counter.SEGMENTATION_REFUSED)).isEqualTo(1);
            burst(channel, peer.address(), 20, 1_400).forEach(manual::succeed);
            expect(peer, 0, 20);
            assertThat(channel.counters().get(Counter.SEGMENTED) - before).isEqualTo(20);
            burst(channel, small, 20, 1_400).forEach(manual::succeed);
            assertThat(channel.counters().get(Counter.SEGMENTATION_REFUSED)).as("remembered").isEqualTo(1);
        } finally {
            NetworkNamespace.run("ip", "route", "del", "local", "127.0.0.77", "dev", "lo", "table", "local");
        }
    }

    @Test
    void whatWasFlushedGoesToThePeerOfThatMomentWhateverFollows() throws Exception {
        try (MmsgManualLoop manual = new MmsgManualLoop();
                FarEnd a = new FarEnd();
                FarEnd b = new FarEnd()) {
            InetSocketAddress toB = b.address();
            MmsgDatagramChannel channel = manual.bind(new ChannelInboundHandlerAdapter() {
                @Override
                public void channelRead(ChannelHandlerContext ctx, Object message) {
                    ReferenceCountUtil.release(message);
                    ChannelFuture _ = ctx.writeAndFlush(numbered(7, 20));
                    ChannelFuture _ = ctx.disconnect();
                    ChannelFuture _ = ctx.connect(toB);
                }
            });
            manual.succeed(channel.connect(a.address()));
            a.send(ByteBuffer.allocate(4), channel.localAddress());
            manual.until("it is connected to the other", () -> toB.equals(channel.remoteAddress()));
            expect(a, 7, 8);
            manual.turns(3);
            assertThat(b.poll()).isNull();
        }
    }

    @Test
    void aSliceThatWaitsForRoomIsSentFromWhereItsParentIsByThen() throws Exception {
        assumeTrue(NetworkNamespace.isEntered());
        NetworkNamespace.run(
                "tc", "qdisc", "add", "dev", "lo", "root", "tbf", "rate", "1mbit", "burst", "3000", "limit", "1000000");
        try (MmsgManualLoop manual = new MmsgManualLoop();
                FarEnd peer = new FarEnd()) {
            MmsgDatagramChannel channel = manual.bind(new ChannelInboundHandlerAdapter());
            channel.config().setOption(ChannelOption.SO_SNDBUF, 2_304);
            List<ByteBuf> parents = new ArrayList<>();
            List<ChannelFuture> writes = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                ByteBuf parent = Unpooled.directBuffer(2_000).writeInt(i).writeZero(1_000);
                parents.add(parent);
                // Each longer than the one before, so that no train is made.
                writes.add(channel.write(new DatagramPacket(parent.retainedSlice(0, 800 + 4 * i), peer.address())));
            }
            channel.flush();
            assertThat(writes).as("some wait").anyMatch(write -> !write.isDone());
            for (ByteBuf parent : parents) {
                parent.capacity(1 << 18);
                parent.setInt(0, parent.getInt(0) + 1_000);
            }
            writes.forEach(manual::succeed);
            int moved = 0;
            for (int i = 0; i < 20; i++) {
                int number = peer.take().getInt();
                assertThat(number % 1_000).isEqualTo(i);
                moved += number / 1_000;
            }
            assertThat(moved).as("sent from where the parent had moved").isPositive();
            parents.forEach(ByteBuf::release);
        } finally {
            NetworkNamespace.run("tc", "qdisc", "del", "dev", "lo", "root");
        }
    }

    /** The handler, or a task behind the flush, waits for the datagram: so it has left, whatever the loop does later. */
    @Test
    void whatIsFlushedLeavesBeforeTheHandlerAndTheTasksBehindItAreOver() throws Exception {
        EventLoopGroup group = new MultiThreadIoEventLoopGroup(1, MmsgIoHandler.newFactory());
        try (FarEnd peer = new FarEnd()) {
            InetSocketAddress to = peer.address();
            CompletableFuture<Integer> answered = new CompletableFuture<>();
            Channel channel = new Bootstrap().group(group)
                    .channel(MmsgDatagramChannel.class)
                    .handler(new ChannelInboundHandlerAdapter() {
                        @Override
                        public void channelRead(ChannelHandlerContext ctx, Object message) throws IOException {
                            ReferenceCountUtil.release(message);
                            ChannelFuture _ = ctx.writeAndFlush(new DatagramPacket(numbered(1, 20), to));
                            answered.complete(peer.take().getInt());
                        }
                    })
                    .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                    .sync()
                    .channel();
            peer.send(ByteBuffer.allocate(4), (InetSocketAddress) channel.localAddress());
            assertThat(answered.get(60, TimeUnit.SECONDS)).isEqualTo(1);
            CompletableFuture<Integer> sent = new CompletableFuture<>();
            channel.eventLoop().execute(() -> {
                ChannelFuture _ = channel.writeAndFlush(new DatagramPacket(numbered(2, 20), to));
                channel.eventLoop().execute(() -> {
                    try {
                        sent.complete(peer.take().getInt());
                    } catch (IOException failed) {
                        sent.completeExceptionally(failed);
                    }
                });
            });
            assertThat(sent.get(60, TimeUnit.SECONDS)).isEqualTo(2);
        } finally {
            group.shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly();
        }
    }
}
