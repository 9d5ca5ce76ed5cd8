// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.uring;

import dev.ringport.uring.ring.KeptMemory;
import dev.ringport.uring.testing.Leaks;
import dev.ringport.uring.testing.LifecycleHandlers;
import dev.ringport.uring.testing.LifecycleLog;
import dev.ringport.uring.testing.LifecycleWait;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.socket.DatagramPacket;
import io.netty.channel.socket.SocketProtocolFamily;
import io.netty.util.concurrent.Future;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;

/** Closing, changing the loop and ending the group, again and again, with receives and sends in flight. */
@Timeout(value = 200, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class LifecycleRoundsTest {
    private static final int CLOSES = 400;
    private static final int MOVES = 400;
    private static final int SHUTDOWNS = 200;
    private static final int BALLS = 8;

    private final Queue<ChannelFuture> writes = new ConcurrentLinkedQueue<>();
    private final AtomicLong received = new AtomicLong();

    /** Sends each datagram back, so that those once thrown in never come to rest. */
    @Sharable
    private final class Echo extends ChannelInboundHandlerAdapter {
        @Override
        public void channelRead(ChannelHandlerContext ctx, Object message) {
            received.incrementAndGet();
            DatagramPacket packet = (DatagramPacket) message;
            writes.add(ctx.write(new DatagramPacket(packet.content(), packet.sender())));
        }

        @Override
        public void channelReadComplete(ChannelHandlerContext ctx) {
            ctx.flush();
        }
    }

    private UringDatagramChannel bind(MultiThreadIoEventLoopGroup group) {
        Channel channel = new Bootstrap().group(group)
                .channelFactory(() -> new UringDatagramChannel(SocketProtocolFamily.INET))
                .handler(new Echo())
                .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                .syncUninterruptibly()
                .channel();
        return (UringDatagramChannel) channel;
    }

    private void play(UringDatagramChannel from, UringDatagramChannel to) {
        long before = received.get();
        for (int i = 0; i < BALLS; i++) {
            int size = 20 + ThreadLocalRandom.current().nextInt(3);
            writes.add(
                    from.write(new DatagramPacket(from.alloc().directBuffer(size).writeZero(size), to.localAddress())));
        }
        from.flush();
        LifecycleWait.until("datagrams go to and fro", () -> received.get() > before + BALLS);
    }

    private void assertWritesAreDone() {
        for (ChannelFuture write = writes.poll(); write != null; write = writes.poll()) {
            assertThat(write.awaitUninterruptibly(20, TimeUnit.SECONDS)).as("a write is done").isTrue();
        }
    }

    private static void shutDown(MultiThreadIoEventLoopGroup group, LifecycleHandlers handlers) {
        Future<?> end = group.shutdownGracefully(0, 10, TimeUnit.SECONDS);
        assertThat(end.awaitUninterruptibly(20, TimeUnit.SECONDS)).as("the group has ended").isTrue();
        assertThat(handlers.all()).allMatch(handler -> handler.operations().inFlight() == 0);
        assertThat(handlers.all()).noneMatch(KeptMemory::isKept);
    }

    @Test
    void closesWithTrafficLeaveNothingBehind() throws Exception {
        LifecycleHandlers handlers = new LifecycleHandlers(new UringIoHandlerConfig());
        try (Leaks leaks = Leaks.watch(); LifecycleLog log = LifecycleLog.capture()) {
            MultiThreadIoEventLoopGroup group = new MultiThreadIoEventLoopGroup(2, handlers);
            for (int round = 0; round < CLOSES; round++) {
                UringDatagramChannel one = bind(group);
                UringDatagramChannel two = bind(group);
                play(one, two);
                InetSocketAddress address = one.localAddress();
                assertThat(one.close().awaitUninterruptibly().isSuccess()).isTrue();
                new DatagramSocket(address).close();
                assertThat(two.close().awaitUninterruptibly().isSuccess()).isTrue();
                assertWritesAreDone();
            }
            shutDown(group, handlers);
            leaks.assertNone();
            assertThat(log.lines("WARN")).isEmpty();
        }
    }

    @Test
    void channelsMoveBetweenLoopsWithTraffic() {
        LifecycleHandlers handlers = new LifecycleHandlers(new UringIoHandlerConfig());
        try (Leaks leaks = Leaks.watch(); LifecycleLog log = LifecycleLog.capture()) {
            MultiThreadIoEventLoopGroup group = new MultiThreadIoEventLoopGroup(2, handlers);
            UringDatagramChannel moving = bind(group);
            UringDatagramChannel staying = bind(group);
            play(staying, moving);
            for (int round = 0; round < MOVES; round++) {
                assertThat(moving.deregister().awaitUninterruptibly().isSuccess()).isTrue();
                assertThat(moving.isRegistered()).isFalse();
                assertThat(moving.isOpen()).isTrue();
                EventLoop next = group.next();
                assertThat(next.register(moving).awaitUninterruptibly().isSuccess()).isTrue();
                long before = received.get();
                LifecycleWait.until("datagrams go to and fro again", () -> received.get() > before + 4);
            }
            assertThat(moving.close().awaitUninterruptibly().isSuccess()).isTrue();
            assertThat(staying.close().awaitUninterruptibly().isSuccess()).isTrue();
            assertWritesAreDone();
            shutDown(group, handlers);
            leaks.assertNone();
            assertThat(log.lines("WARN")).isEmpty();
        }
    }

    @Test
    void groupsEndWithTraffic() throws Exception {
        try (Leaks leaks = Leaks.watch(); LifecycleLog log = LifecycleLog.capture()) {
            for (int round = 0; round < SHUTDOWNS; round++) {
                LifecycleHandlers handlers = new LifecycleHandlers(new UringIoHandlerConfig());
                MultiThreadIoEventLoopGroup group = new MultiThreadIoEventLoopGroup(2, handlers);
                List<UringDatagramChannel> channels = new ArrayList<>();
                for (int i = 0; i < 4; i++) {
                    channels.add(bind(group));
                }
                List<InetSocketAddress> addresses = channels.stream().map(UringDatagramChannel::localAddress).toList();
                play(channels.get(0), channels.get(1));
                play(channels.get(2), channels.get(3));
                shutDown(group, handlers);
                assertThat(channels).allMatch(channel -> channel.closeFuture().isDone());
                assertThat(channels).noneMatch(Channel::isOpen);
                assertThat(channels).noneMatch(Channel::isRegistered);
                for (InetSocketAddress address : addresses) {
                    new DatagramSocket(address).close();
                }
                assertWritesAreDone();
            }
            leaks.assertNone();
            assertThat(log.lines("WARN")).isEmpty();
        }
    }
}
