// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.testkit.datagram;

import dev.ringport.datagram.CompletionDatagramChannel;
import dev.ringport.testkit.CapturedLog;
import dev.ringport.testkit.Leaks;
import dev.ringport.testkit.MadeHandlers;
import dev.ringport.testkit.Waiting;
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
import java.nio.channels.ClosedChannelException;
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
public abstract class DatagramRoundsContract extends DatagramContract {
    protected DatagramRoundsContract(DatagramTransport<?, ?> transport) {
        super(transport);
    }

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

    private MadeHandlers<?> newHandlers() {
        return new MadeHandlers<>(transport.handlerClass(), transport.newHandlerFactory());
    }

    private CompletionDatagramChannel bind(MultiThreadIoEventLoopGroup group) {
        Channel channel = new Bootstrap().group(group)
                .channelFactory(() -> transport.newChannel(SocketProtocolFamily.INET))
                .handler(new Echo())
                .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                .syncUninterruptibly()
                .channel();
        return transport.channelClass().cast(channel);
    }

    private void play(CompletionDatagramChannel from, CompletionDatagramChannel to) {
        long before = received.get();
        for (int i = 0; i < BALLS; i++) {
            int size = 20 + ThreadLocalRandom.current().nextInt(3);
            writes.add(
                    from.write(new DatagramPacket(from.alloc().directBuffer(size).writeZero(size), to.localAddress())));
        }
        from.flush();
        Waiting.until("datagrams go to and fro", () -> received.get() > before + BALLS);
    }

    private void assertWritesAreDone() {
        for (ChannelFuture write = writes.poll(); write != null; write = writes.poll()) {
            assertThat(write.awaitUninterruptibly(20, TimeUnit.SECONDS)).as("a write is done").isTrue();
            if (!write.isSuccess()) {
                // Echoed into a channel that closes.
                assertThat(write.cause()).isInstanceOf(ClosedChannelException.class);
            }
        }
    }

    private void shutDown(MultiThreadIoEventLoopGroup group, MadeHandlers<?> handlers) {
        Future<?> end = group.shutdownGracefully(0, 10, TimeUnit.SECONDS);
        assertThat(end.awaitUninterruptibly(20, TimeUnit.SECONDS)).as("the group has ended").isTrue();
        assertThat(handlers.all()).allMatch(handler -> transport.operationsInFlight(handler) == 0);
        assertThat(handlers.all()).noneMatch(transport::keepsMemory);
    }

    @Test
    protected void closesWithTrafficLeaveNothingBehind() throws Exception {
        MadeHandlers<?> handlers = newHandlers();
        try (Leaks leaks = Leaks.watch(); CapturedLog log = CapturedLog.capture()) {
            MultiThreadIoEventLoopGroup group = new MultiThreadIoEventLoopGroup(2, handlers);
            for (int round = 0; round < transport.rounds(CLOSES); round++) {
                CompletionDatagramChannel one = bind(group);
                CompletionDatagramChannel two = bind(group);
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
    protected void channelsMoveBetweenLoopsWithTraffic() {
        MadeHandlers<?> handlers = newHandlers();
        try (Leaks leaks = Leaks.watch(); CapturedLog log = CapturedLog.capture()) {
            MultiThreadIoEventLoopGroup group = new MultiThreadIoEventLoopGroup(2, handlers);
            CompletionDatagramChannel moving = bind(group);
            CompletionDatagramChannel staying = bind(group);
            play(staying, moving);
            for (int round = 0; round < transport.rounds(MOVES); round++) {
                assertThat(moving.deregister().awaitUninterruptibly().isSuccess()).isTrue();
                assertThat(moving.isRegistered()).isFalse();
                assertThat(moving.isOpen()).isTrue();
                EventLoop next = group.next();
                assertThat(next.register(moving).awaitUninterruptibly().isSuccess()).isTrue();
                long before = received.get();
                Waiting.until("datagrams go to and fro again", () -> received.get() > before + 4);
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
    protected void groupsEndWithTraffic() throws Exception {
        try (Leaks leaks = Leaks.watch(); CapturedLog log = CapturedLog.capture()) {
            for (int round = 0; round < transport.rounds(SHUTDOWNS); round++) {
                MadeHandlers<?> handlers = newHandlers();
                MultiThreadIoEventLoopGroup group = new MultiThreadIoEventLoopGroup(2, handlers);
                List<CompletionDatagramChannel> channels = new ArrayList<>();
                for (int i = 0; i < 4; i++) {
                    channels.add(bind(group));
                }
                List<InetSocketAddress> addresses = channels.stream().map(CompletionDatagramChannel::localAddress)
                        .toList();
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
