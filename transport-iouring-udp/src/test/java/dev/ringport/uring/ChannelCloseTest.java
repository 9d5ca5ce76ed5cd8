// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.uring;

import dev.ringport.uring.testing.Leaks;
import dev.ringport.uring.testing.LifecycleManualLoop;
import dev.ringport.uring.testing.LifecyclePeer;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.socket.DatagramPacket;
import io.netty.channel.socket.SocketProtocolFamily;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

/** What a close must do wherever it comes from: complete everything, lose nothing that was flushed, free the port. */
@Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ChannelCloseTest {
    private static final class Events extends ChannelInboundHandlerAdapter {
        private final List<String> seen = new ArrayList<>();
        private Consumer<ChannelHandlerContext> onRead = ctx -> {};
        private Consumer<ChannelHandlerContext> onReadComplete = ctx -> {};

        @Override
        public void channelActive(ChannelHandlerContext ctx) {
            seen.add("active");
            ctx.fireChannelActive();
        }

        @Override
        public void channelInactive(ChannelHandlerContext ctx) {
            seen.add("inactive");
        }

        @Override
        public void channelUnregistered(ChannelHandlerContext ctx) {
            seen.add("unregistered");
        }

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object message) {
            seen.add("read");
            ReferenceCountUtil.release(message);
            onRead.accept(ctx);
        }

        @Override
        public void channelReadComplete(ChannelHandlerContext ctx) {
            onReadComplete.accept(ctx);
        }
    }

    private static DatagramPacket packet(int number, LifecyclePeer to) throws IOException {
        return new DatagramPacket(Unpooled.directBuffer(4 + number % 50).writeInt(number).writeZero(number % 50),
                to.address());
    }

    private static void assertClosed(LifecycleManualLoop manual, UringDatagramChannel channel, InetSocketAddress at)
            throws Exception {
        manual.until("the channel is deregistered", () -> !channel.isRegistered());
        assertThat(channel.isOpen()).isFalse();
        assertThat(channel.isActive()).isFalse();
        // What is left is the watch for wake-ups.
        assertThat(manual.handler().operations().inFlight()).isEqualTo(1);
        if (at != null) {
            new DatagramSocket(at).close();
        }
    }

    @Test
    void datagramsFlushedRightBeforeTheCloseArrive() throws Exception {
        try (Leaks leaks = Leaks.watch();
                LifecyclePeer peer = new LifecyclePeer();
                LifecycleManualLoop manual = new LifecycleManualLoop()) {
            UringDatagramChannel channel = manual.bind(new Events());
            InetSocketAddress at = channel.localAddress();
            List<ChannelFuture> writes = new ArrayList<>();
            for (int i = 0; i < 300; i++) {
                writes.add(channel.write(packet(i, peer)));
            }
            channel.flush();
            ChannelFuture close = channel.close();
            manual.succeed(close);
            assertThat(writes).allMatch(ChannelFuture::isSuccess);
            for (int i = 0; i < 300; i++) {
                ByteBuffer datagram = peer.take();
                assertThat(datagram).as("datagram " + i).isNotNull();
                assertThat(datagram.getInt()).isEqualTo(i);
            }
            assertClosed(manual, channel, at);
            leaks.assertNone();
        }
    }

    @Test
    void whatWasWrittenButNotFlushedFailsAndIsReleased() throws Exception {
        try (LifecyclePeer peer = new LifecyclePeer(); LifecycleManualLoop manual = new LifecycleManualLoop()) {
            UringDatagramChannel channel = manual.bind(new Events());
            DatagramPacket unflushed = packet(1, peer);
            ChannelFuture write = channel.write(unflushed);
            manual.succeed(channel.close());
            assertThat(write.cause()).isInstanceOf(ClosedChannelException.class);
            assertThat(unflushed.refCnt()).isZero();
            assertThat(peer.poll()).isNull();
        }
    }

    @Test
    void writesAfterTheCloseFailAndReleaseTheirMessages() throws Exception {
        try (LifecyclePeer peer = new LifecyclePeer(); LifecycleManualLoop manual = new LifecycleManualLoop()) {
            UringDatagramChannel channel = manual.bind(new Events());
            ChannelFuture close = channel.close();
            DatagramPacket during = packet(1, peer);
            ChannelFuture first = channel.writeAndFlush(during);
            manual.succeed(close);
            DatagramPacket after = packet(2, peer);
            ChannelFuture second = channel.writeAndFlush(after);
            manual.until("both are done", () -> first.isDone() && second.isDone());
            assertThat(first.cause()).isInstanceOf(ClosedChannelException.class);
            assertThat(second.cause()).isInstanceOf(ClosedChannelException.class);
            assertThat(during.refCnt()).isZero();
            assertThat(after.refCnt()).isZero();
            assertThat(peer.poll()).isNull();
        }
    }

    private static void closeFromRead(Consumer<Events> where) throws Exception {
        try (LifecyclePeer peer = new LifecyclePeer(); LifecycleManualLoop manual = new LifecycleManualLoop()) {
            Events events = new Events();
            where.accept(events);
            UringDatagramChannel channel = manual.bind(events);
            InetSocketAddress at = channel.localAddress();
            for (int i = 0; i < 20; i++) {
                peer.send(ByteBuffer.allocate(10), at);
            }
            manual.until("the channel has closed", channel.closeFuture()::isDone);
            assertClosed(manual, channel, at);
            assertThat(events.seen).startsWith("active", "read").endsWith("inactive", "unregistered");
        }
    }

    @Test
    void closeFromChannelRead() throws Exception {
        closeFromRead(events -> events.onRead = ctx -> {
            ChannelFuture close = ctx.close();
            assertThat(close.isDone()).as("closed with a receive in flight").isFalse();
        });
    }

    @Test
    void closeFromChannelReadComplete() throws Exception {
        closeFromRead(events -> events.onReadComplete = ctx -> {
            ChannelFuture _ = ctx.close();
        });
    }

    @Test
    void closeFromChannelReadAfterAnAnswerSendsTheAnswer() throws Exception {
        try (LifecyclePeer peer = new LifecyclePeer(); LifecycleManualLoop manual = new LifecycleManualLoop()) {
            Events events = new Events();
            List<ChannelFuture> answers = new ArrayList<>();
            InetSocketAddress to = peer.address();
            events.onRead = ctx -> {
                answers.add(ctx.writeAndFlush(new DatagramPacket(Unpooled.copyInt(7), to)));
                ChannelFuture _ = ctx.close();
            };
            UringDatagramChannel channel = manual.bind(events);
            peer.send(ByteBuffer.allocate(10), channel.localAddress());
            manual.until("the channel has closed", channel.closeFuture()::isDone);
            assertThat(answers).isNotEmpty();
            assertThat(answers.getFirst().isSuccess()).isTrue();
            ByteBuffer answer = peer.take();
            assertThat(answer).isNotNull();
            assertThat(answer.getInt()).isEqualTo(7);
        }
    }

    @Test
    void closeFromAWriteListenerCompletesEveryPromise() throws Exception {
        try (Leaks leaks = Leaks.watch();
                LifecyclePeer peer = new LifecyclePeer();
                LifecycleManualLoop manual = new LifecycleManualLoop()) {
            UringDatagramChannel channel = manual.bind(new Events());
            InetSocketAddress at = channel.localAddress();
            AtomicInteger completed = new AtomicInteger();
            List<ChannelFuture> writes = new ArrayList<>();
            for (int i = 0; i < 100; i++) {
                ChannelFuture write = channel.write(packet(i, peer));
                ChannelFuture _ = write.addListener(done -> {
                    if (completed.incrementAndGet() == 10) {
                        ChannelFuture _ = channel.close();
                    }
                });
                writes.add(write);
            }
            channel.flush();
            manual.until("the channel has closed", channel.closeFuture()::isDone);
            manual.until("all writes are done", () -> writes.stream().allMatch(ChannelFuture::isDone));
            assertThat(completed).hasValue(100);
            assertThat(writes.subList(0, 10)).allMatch(ChannelFuture::isSuccess);
            assertClosed(manual, channel, at);
            leaks.assertNone();
        }
    }

    @Test
    void closingTwiceCompletesBothPromises() throws Exception {
        try (LifecycleManualLoop manual = new LifecycleManualLoop()) {
            UringDatagramChannel channel = manual.bind(new Events());
            InetSocketAddress at = channel.localAddress();
            ChannelFuture first = channel.close();
            ChannelFuture second = channel.close();
            manual.succeed(first);
            manual.succeed(second);
            manual.succeed(channel.close());
            assertClosed(manual, channel, at);
        }
    }

    @Test
    void aChannelThatWasNeverBoundCloses() throws Exception {
        try (LifecycleManualLoop manual = new LifecycleManualLoop()) {
            Events events = new Events();
            UringDatagramChannel channel = manual.register(events);
            manual.succeed(channel.close());
            assertClosed(manual, channel, null);
            assertThat(events.seen).containsExactly("unregistered");
        }
    }

    @Test
    void aChannelThatWasNeverRegisteredClosesItsSocket() {
        UringDatagramChannel channel = new UringDatagramChannel(SocketProtocolFamily.INET);
        assertThat(channel.isOpen()).isTrue();
        channel.unsafe().closeForcibly();
        assertThat(channel.isOpen()).isFalse();
        assertThat(channel.localAddress()).isNull();
    }

    @Test
    void aRegistrationThatFailsClosesTheChannel() {
        LifecycleManualLoop manual = new LifecycleManualLoop();
        manual.turns(1);
        manual.handler().prepareToDestroy();
        UringDatagramChannel channel = new UringDatagramChannel(SocketProtocolFamily.INET);
        EventLoopGroup group = manual.loop();
        ChannelFuture registration = group.register(channel);
        manual.until("the registration has failed", registration::isDone);
        assertThat(registration.cause()).isInstanceOf(IllegalStateException.class);
        assertThat(channel.isOpen()).isFalse();
        assertThat(channel.closeFuture().isDone()).isTrue();
        manual.close();
    }

    @Test
    void aPortIsFreeWhenTheCloseFutureSucceeds() throws Exception {
        try (LifecycleManualLoop manual = new LifecycleManualLoop()) {
            UringDatagramChannel channel = manual.bind(new Events());
            InetSocketAddress at = channel.localAddress();
            AtomicInteger bound = new AtomicInteger();
            ChannelFuture _ = channel.closeFuture().addListener(closed -> {
                new DatagramSocket(at).close();
                bound.incrementAndGet();
            });
            manual.succeed(channel.close());
            assertThat(bound).hasValue(1);
            UringDatagramChannel next = manual.register(new Events());
            manual.succeed(next.bind(at));
        }
    }

    @Test
    void anUnreadDatagramThatIsHeldIsReleasedByTheClose() throws Exception {
        try (Leaks leaks = Leaks.watch();
                LifecyclePeer peer = new LifecyclePeer();
                LifecycleManualLoop manual = new LifecycleManualLoop()) {
            Events events = new Events();
            events.onRead = ctx -> ctx.channel().config().setAutoRead(false);
            UringDatagramChannel channel = manual.bind(events);
            for (int i = 0; i < 20; i++) {
                peer.send(ByteBuffer.allocate(10), channel.localAddress());
            }
            manual.until("one was read", () -> events.seen.contains("read"));
            manual.succeed(channel.close());
            assertThat(events.seen.stream().filter("read"::equals)).hasSize(1);
            leaks.assertNone();
        }
    }

    @Test
    void optionsAndAddressesAnswerAfterTheClose() throws Exception {
        try (LifecycleManualLoop manual = new LifecycleManualLoop()) {
            UringDatagramChannel channel = manual.bind(new Events());
            manual.succeed(channel.close());
            assertThatCode(() -> {
                boolean _ = channel.isActive();
                Object _ = channel.remoteAddress();
                UringCounters _ = channel.counters();
                boolean _ = channel.config().isAutoRead();
                channel.config().setAutoRead(false);
            }).doesNotThrowAnyException();
            ByteBuf payload = Unpooled.directBuffer(4).writeInt(1);
            ChannelFuture late = channel.writeAndFlush(payload);
            manual.until("it failed", late::isDone);
            assertThat(payload.refCnt()).isZero();
        }
    }
}
