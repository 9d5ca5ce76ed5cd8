// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.testkit.linux;

import dev.ringport.datagram.CompletionDatagramChannel;
import dev.ringport.testkit.FarEnd;
import dev.ringport.testkit.ManualLoop;
import dev.ringport.testkit.NetworkNamespace;
import dev.ringport.testkit.Posix;
import dev.ringport.testkit.datagram.DatagramContract;
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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/** Situations from practice in which datagrams were lost, overtook each other, or left as something else. */
public abstract class SendCasesContract extends DatagramContract {
    private static final IntegerUnixChannelOption NO_CHECK = new IntegerUnixChannelOption("SO_NO_CHECK", 1, 11);

    private final LinuxTransport<?, ?> linux;

    protected SendCasesContract(LinuxTransport<?, ?> transport) {
        super(transport);
        linux = transport;
    }

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
    protected void aTrainOfASizeThatWasTakenBeforeIsRefusedAndNothingOvertakesIt() throws Exception {
        try (ManualLoop<?, ?> manual = newLoop();
                FarEnd peer = new FarEnd()) {
            CompletionDatagramChannel channel = manual.bind(new ChannelInboundHandlerAdapter());
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

    /** Nobody reads, so the answer to the earlier datagram meets the train: 3 the port, 9 and 10 a router's filter. */
    @ParameterizedTest
    @ValueSource(ints = {3, 9, 10, 13})
    protected void anAnswerToAnEarlierDatagramCostsATrainOneDatagramAtMost(int code) throws Exception {
        assumeTrue(Posix.maySendRaw(), "not allowed to send what a router sends");
        try (ManualLoop<?, ?> manual = newLoop();
                FarEnd peer = new FarEnd()) {
            List<Throwable> told = new ArrayList<>();
            CompletionDatagramChannel channel = manual.bind(new ChannelInboundHandlerAdapter() {
                @Override
                public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
                    told.add(cause);
                }
            });
            channel.config().setAutoRead(false);
            manual.turns(5);
            manual.succeed(channel.connect(peer.address()));
            manual.succeed(channel.writeAndFlush(numbered(0, 100)));
            expect(peer, 0, 1);
            Posix.reject(channel.localAddress(), peer.address(), code);
            List<ChannelFuture> writes = new ArrayList<>();
            for (int i = 1; i <= 20; i++) {
                writes.add(channel.write(numbered(i, 100)));
            }
            channel.flush();
            manual.until("each datagram has a result", () -> writes.stream().allMatch(ChannelFuture::isDone));
            channel.config().setAutoRead(true);
            manual.turns(5);
            assertThat(told).as("the train met the answer, the receive none").isEmpty();
            Posix.reject(channel.localAddress(), peer.address(), code);
            manual.until("the receive meets another one", () -> told.size() == 1);
            List<ChannelFuture> sent = writes.stream().filter(ChannelFuture::isSuccess).toList();
            assertThat(sent).hasSizeGreaterThanOrEqualTo(19);
            for (ChannelFuture write : sent) {
                expect(peer, writes.indexOf(write) + 1, writes.indexOf(write) + 2);
            }
        }
    }

    @Test
    protected void aSmallPathOfOnePeerLeavesTheOthersTheirTrains() throws Exception {
        assumeTrue(NetworkNamespace.isEntered());
        NetworkNamespace.run(
                "ip", "route", "add", "local", "127.0.0.77", "dev", "lo", "table", "local", "mtu", "1300");
        try (ManualLoop<?, ?> manual = newLoop();
                FarEnd peer = new FarEnd()) {
            CompletionDatagramChannel channel = manual.register(new ChannelInboundHandlerAdapter());
            manual.succeed(channel.bind(new InetSocketAddress("0.0.0.0", 0)));
            InetSocketAddress small = new InetSocketAddress("127.0.0.77", 9);
            burst(channel, small, 20, 1_400).forEach(manual::succeed);
            long before = linux.count(channel, LinuxCounter.SEGMENTED);
            assertThat(linux.count(channel, LinuxCounter.SEGMENTATION_REFUSED)).isEqualTo(1);
            burst(channel, peer.address(), 20, 1_400).forEach(manual::succeed);
            expect(peer, 0, 20);
            assertThat(linux.count(channel, LinuxCounter.SEGMENTED) - before).isEqualTo(20);
            burst(channel, small, 20, 1_400).forEach(manual::succeed);
            assertThat(linux.count(channel, LinuxCounter.SEGMENTATION_REFUSED)).as("remembered").isEqualTo(1);
        } finally {
            NetworkNamespace.run("ip", "route", "del", "local", "127.0.0.77", "dev", "lo", "table", "local");
        }
    }

    @Test
    protected void whatWasFlushedGoesToThePeerOfThatMomentWhateverFollows() throws Exception {
        try (ManualLoop<?, ?> manual = newLoop();
                FarEnd a = new FarEnd();
                FarEnd b = new FarEnd()) {
            InetSocketAddress toB = b.address();
            CompletionDatagramChannel channel = manual.bind(new ChannelInboundHandlerAdapter() {
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
    protected void aSliceThatWaitsForRoomIsSentFromWhereItsParentIsByThen() throws Exception {
        assumeTrue(NetworkNamespace.isEntered());
        NetworkNamespace.run(
                "tc", "qdisc", "add", "dev", "lo", "root", "tbf", "rate", "1mbit", "burst", "3000", "limit", "1000000");
        try (ManualLoop<?, ?> manual = newLoop();
                FarEnd peer = new FarEnd()) {
            CompletionDatagramChannel channel = manual.bind(new ChannelInboundHandlerAdapter());
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
    protected void whatIsFlushedLeavesBeforeTheHandlerAndTheTasksBehindItAreOver() throws Exception {
        EventLoopGroup group = new MultiThreadIoEventLoopGroup(1, transport.newHandlerFactory());
        try (FarEnd peer = new FarEnd()) {
            InetSocketAddress to = peer.address();
            CompletableFuture<Integer> answered = new CompletableFuture<>();
            Channel channel = new Bootstrap().group(group)
                    .channel(transport.channelClass())
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
