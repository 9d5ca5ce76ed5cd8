// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.mmsg;

import dev.ringport.mmsg.MmsgTransport.Host;
import dev.ringport.mmsg.hosts.ForeignLoops;
import dev.ringport.testkit.FarEnd;
import dev.ringport.testkit.Udp;
import dev.ringport.testkit.Udp.Recorder;
import dev.ringport.testkit.Waiting;
import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.DefaultEventLoopGroup;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SingleThreadIoEventLoop;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.DatagramPacket;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/** Channels at loops that are not the transport's own, and what is left when those end. */
@Timeout(value = 100, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ForeignLoopTest {
    private static final String THREAD = "ringport-mmsg-readiness";

    /** Answers what it is sent. */
    @ChannelHandler.Sharable
    private static final class Echo extends ChannelInboundHandlerAdapter {
        @Override
        public void channelRead(ChannelHandlerContext ctx, Object message) {
            DatagramPacket packet = (DatagramPacket) message;
            ChannelFuture _ = ctx.writeAndFlush(new DatagramPacket(packet.content(), packet.sender()));
        }
    }

    private static EventLoopGroup group(Host host) {
        assumeTrue(host.isExpected(), "built without Netty's native libraries");
        return new MultiThreadIoEventLoopGroup(1, host.newHandlerFactory());
    }

    private static Channel bind(EventLoopGroup group, ChannelHandler handler) {
        ChannelFuture bound = new Bootstrap().group(group).channel(MmsgDatagramChannel.class).handler(handler)
                .bind(Udp.INET);
        Udp.await(bound);
        return bound.channel();
    }

    private static void end(EventLoopGroup group) {
        Udp.await(group.shutdownGracefully(0, Udp.PATIENCE_SECONDS, TimeUnit.SECONDS));
    }

    private static boolean hasReadinessThread() {
        return Thread.getAllStackTraces().keySet().stream().anyMatch(thread -> thread.getName().equals(THREAD));
    }

    private static void assertFree(InetSocketAddress address) throws IOException {
        new DatagramSocket(address).close();
    }

    @ParameterizedTest
    @EnumSource(names = {"EPOLL", "IO_URING", "NIO"})
    void aLoopThatEndsClosesItsChannelsAndNothingIsLeft(Host host) throws Exception {
        EventLoopGroup group = group(host);
        List<Channel> channels = new ArrayList<>();
        List<InetSocketAddress> addresses = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            Channel channel = bind(group, new Echo());
            channels.add(channel);
            addresses.add((InetSocketAddress) channel.localAddress());
        }
        EventLoop loop = channels.getFirst().eventLoop();
        assertThat(ForeignLoops.isKnown(loop)).isTrue();
        end(group);
        for (Channel channel : channels) {
            assertThat(channel.closeFuture().isDone()).isTrue();
        }
        for (InetSocketAddress address : addresses) {
            assertFree(address);
        }
        Waiting.until("what was kept for the loop is freed", () -> !ForeignLoops.isKnown(loop));
        Waiting.until("the readiness thread has ended", () -> !hasReadinessThread());
    }

    @ParameterizedTest
    @EnumSource(names = {"EPOLL", "IO_URING", "NIO"})
    void aLoopThatEndsUnderTrafficEndsWithItsChannelsAndTheirPromises(Host host) throws Exception {
        for (int round = 0; round < 10; round++) {
            EventLoopGroup group = group(host);
            BlockingQueue<ChannelFuture> answers = new LinkedBlockingQueue<>();
            Channel channel = bind(group, new ChannelInboundHandlerAdapter() {
                @Override
                public void channelRead(ChannelHandlerContext ctx, Object message) {
                    DatagramPacket packet = (DatagramPacket) message;
                    answers.add(ctx.writeAndFlush(new DatagramPacket(packet.content(), packet.sender())));
                }
            });
            InetSocketAddress to = (InetSocketAddress) channel.localAddress();
            AtomicBoolean goesOn = new AtomicBoolean(true);
            Thread traffic = Thread.ofPlatform().start(() -> {
                try (FarEnd peer = new FarEnd()) {
                    while (goesOn.get()) {
                        peer.send(ByteBuffer.allocate(Long.BYTES), to);
                    }
                } catch (IOException portIsGone) {
                    // The channel has closed.
                }
            });
            Waiting.until("there is traffic", () -> answers.size() > 50);
            end(group);
            goesOn.set(false);
            traffic.join();
            assertThat(channel.closeFuture().isDone()).isTrue();
            assertThat(answers).allMatch(ChannelFuture::isDone);
            assertFree(to);
        }
        Waiting.until("the readiness thread has ended", () -> !hasReadinessThread());
    }

    @ParameterizedTest
    @EnumSource(names = {"EPOLL", "IO_URING", "NIO"})
    void aLoopThatIsShuttingDownRefusesItsFirstChannel(Host host) throws Exception {
        EventLoopGroup group = group(host);
        MmsgDatagramChannel channel = new MmsgDatagramChannel();
        EventLoop loop = group.next();
        CompletableFuture<ChannelFuture> registered = new CompletableFuture<>();
        loop.execute(() -> {
            Future<?> _ = group.shutdownGracefully(0, Udp.PATIENCE_SECONDS, TimeUnit.SECONDS);
            registered.complete(loop.register(channel));
        });
        ChannelFuture result = registered.get(Udp.PATIENCE_SECONDS, TimeUnit.SECONDS);
        assertThat(result.await(Udp.PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
        assertThat(result.cause()).hasMessageContaining("shutting down");
        assertThat(channel.isOpen()).isFalse();
        end(group);
    }

    @ParameterizedTest
    @EnumSource(names = {"EPOLL", "IO_URING", "NIO"})
    void aLoopThatHasClosedItsChannelsLeavesNoneThatComesLate(Host host) throws Exception {
        EventLoopGroup group = group(host);
        Channel first = bind(group, new Echo());
        MmsgDatagramChannel late = new MmsgDatagramChannel();
        CompletableFuture<ChannelFuture> registered = new CompletableFuture<>();
        first.closeFuture().addListener(_ -> registered.complete(first.eventLoop().register(late)));
        end(group);
        ChannelFuture result = registered.get(Udp.PATIENCE_SECONDS, TimeUnit.SECONDS);
        assertThat(result.await(Udp.PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
        assertThat(late.isOpen()).isFalse();
    }

    /** A loop with room for few tasks, which tells what it refused to whom. */
    private static SingleThreadIoEventLoop narrowLoop(Host host, Queue<Thread> refused) {
        assumeTrue(host.isExpected(), "built without Netty's native libraries");
        return new SingleThreadIoEventLoop(
                null, new DefaultThreadFactory("narrow"), host.newHandlerFactory(), 16, (_, _) -> {
                    refused.add(Thread.currentThread());
                    throw new RejectedExecutionException("full");
                }, TimeUnit.SECONDS.toNanos(1));
    }

    private static void fill(EventLoop loop) {
        try {
            while (true) {
                loop.execute(() -> {});
            }
        } catch (RejectedExecutionException full) {
            // As wanted.
        }
    }

    @Test
    void aTurnForWhichTheLoopHasNoRoomComesWhenItHas() throws Exception {
        BlockingQueue<Thread> refused = new LinkedBlockingQueue<>();
        SingleThreadIoEventLoop loop = narrowLoop(Host.NIO, refused);
        Channel channel = bind(loop, new Echo());
        CountDownLatch stands = new CountDownLatch(1);
        CountDownLatch goesOn = new CountDownLatch(1);
        loop.execute(() -> {
            stands.countDown();
            try {
                goesOn.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        // What it runs takes no room in its queue.
        assertThat(stands.await(Udp.PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
        fill(loop);
        refused.clear();
        try (FarEnd peer = new FarEnd()) {
            peer.send(ByteBuffer.allocate(Integer.BYTES).putInt(0, 7), (InetSocketAddress) channel.localAddress());
            Thread teller = refused.poll(Udp.PATIENCE_SECONDS, TimeUnit.SECONDS);
            assertThat(teller).isNotNull();
            assertThat(teller.getName()).isEqualTo(THREAD);
            goesOn.countDown();
            assertThat(peer.take().getInt()).isEqualTo(7);
        }
        assertEchoes(channel);
        end(loop);
    }

    @ParameterizedTest
    @EnumSource(names = {"EPOLL", "IO_URING", "NIO"})
    void aTurnThatFillsTheLoopsQueueIsNotTheLast(Host host) throws Exception {
        SingleThreadIoEventLoop loop = narrowLoop(host, new LinkedBlockingQueue<>());
        Channel channel = bind(loop, new ChannelInboundHandlerAdapter() {
            @Override
            public void channelRead(ChannelHandlerContext ctx, Object message) {
                DatagramPacket packet = (DatagramPacket) message;
                ChannelFuture _ = ctx.writeAndFlush(new DatagramPacket(packet.content(), packet.sender()));
                fill(ctx.channel().eventLoop());
            }
        });
        for (int i = 0; i < 10; i++) {
            assertEchoes(channel);
        }
        end(loop);
    }

    @Test
    void theReadinessThreadEndsWithTheLastChannelAndComesAgainWithTheNext() throws Exception {
        EventLoopGroup group = group(Host.NIO);
        for (int round = 0; round < 2; round++) {
            Channel first = bind(group, new Echo());
            Channel second = bind(group, new Echo());
            assertThat(hasReadinessThread()).isTrue();
            assertEchoes(second);
            Udp.await(second.close());
            assertEchoes(first);
            Udp.await(first.close());
            Waiting.until("the readiness thread has ended", () -> !hasReadinessThread());
        }
        end(group);
    }

    private static void assertEchoes(Channel channel) throws IOException {
        try (FarEnd peer = new FarEnd()) {
            peer.send(ByteBuffer.allocate(Integer.BYTES).putInt(0, 42), (InetSocketAddress) channel.localAddress());
            assertThat(peer.take().getInt()).isEqualTo(42);
        }
    }

    @Test
    void aLoopOfNioServesConnectionsAndDatagramsAsBefore() throws Exception {
        EventLoopGroup group = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
        Channel udp = bind(group, new Echo());
        ChannelFuture server = new ServerBootstrap().group(group).channel(NioServerSocketChannel.class)
                .childHandler(new ChannelInboundHandlerAdapter() {
                    @Override
                    public void channelRead(ChannelHandlerContext ctx, Object message) {
                        ChannelFuture _ = ctx.writeAndFlush(message);
                    }
                }).bind(Udp.INET);
        Udp.await(server);
        BlockingQueue<ByteBuf> answers = new LinkedBlockingQueue<>();
        ChannelFuture client = new Bootstrap().group(group).channel(NioSocketChannel.class)
                .handler(new ChannelInboundHandlerAdapter() {
                    @Override
                    public void channelRead(ChannelHandlerContext ctx, Object message) {
                        answers.add((ByteBuf) message);
                    }
                }).connect(server.channel().localAddress());
        Udp.await(client);
        for (int i = 0; i < 100; i++) {
            assertEchoes(udp);
            Udp.await(client.channel().writeAndFlush(Unpooled.copyInt(i)));
            ByteBuf answer = answers.poll(Udp.PATIENCE_SECONDS, TimeUnit.SECONDS);
            assertThat(answer).isNotNull();
            assertThat(answer.readInt()).isEqualTo(i);
            answer.release();
        }
        end(group);
    }

    @Test
    @SuppressWarnings("deprecation") // of the group
    void aLoopWithoutAnyHandlerServesToo() throws Exception {
        EventLoopGroup group = new DefaultEventLoopGroup(1);
        Channel channel = bind(group, new Echo());
        for (int i = 0; i < 100; i++) {
            assertEchoes(channel);
        }
        end(group);
        assertThat(channel.closeFuture().isDone()).isTrue();
    }

    @Test
    void aLoopThatDoesNotRunByItselfIsRefusedWithTheCure() {
        EmbeddedChannel embedded = new EmbeddedChannel();
        MmsgDatagramChannel channel = new MmsgDatagramChannel();
        ChannelFuture registered = embedded.eventLoop().register(channel);
        embedded.runPendingTasks();
        assertThat(registered.cause()).isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("a MmsgDatagramChannel needs an event loop that runs by itself")
                .hasMessageContaining("EmbeddedEventLoop")
                .hasMessageContaining("MmsgIoHandler.newFactory()");
        channel.unsafe().closeForcibly();
        assertThat(channel.isOpen()).isFalse();
        Udp.await(embedded.close());
    }

    @Test
    void aChannelMovesBetweenLoopsOfAllKinds() throws Exception {
        List<EventLoopGroup> groups = new ArrayList<>();
        for (Host host : Host.values()) {
            if (host.isExpected()) {
                groups.add(group(host));
            }
        }
        Recorder received = new Recorder();
        Channel channel = bind(groups.getFirst(), received);
        try (FarEnd peer = new FarEnd()) {
            for (int i = 0; i < 12; i++) {
                Udp.await(channel.deregister());
                // Comes while the channel is at no loop.
                peer.send(ByteBuffer.wrap(Udp.numbered(i, 8)), (InetSocketAddress) channel.localAddress());
                Udp.await(groups.get((i + 1) % groups.size()).register(channel));
                assertThat(received.takeBytes()).isEqualTo(Udp.numbered(i, 8));
                Udp.await(channel.writeAndFlush(
                        new DatagramPacket(Unpooled.copyInt(i), peer.address())));
                assertThat(peer.take().getInt()).isEqualTo(i);
            }
        }
        Udp.await(channel.close());
        groups.forEach(ForeignLoopTest::end);
        assertThat(received.errors).isEmpty();
    }
}
