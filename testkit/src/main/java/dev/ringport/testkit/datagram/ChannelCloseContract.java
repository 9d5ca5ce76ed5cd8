// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.testkit.datagram;

import dev.ringport.datagram.CompletionDatagramChannel;
import dev.ringport.testkit.FarEnd;
import dev.ringport.testkit.Leaks;
import dev.ringport.testkit.ManualLoop;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelException;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
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
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** What a close must do wherever it comes from: complete everything, lose nothing that was flushed, free the port. */
@Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
public abstract class ChannelCloseContract extends DatagramContract {
    protected ChannelCloseContract(DatagramTransport<?, ?> transport) {
        super(transport);
    }

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

    private static DatagramPacket packet(int number, FarEnd to) throws IOException {
        return new DatagramPacket(Unpooled.directBuffer(4 + number % 50).writeInt(number).writeZero(number % 50),
                to.address());
    }

    private void assertClosed(ManualLoop<?, ?> manual, CompletionDatagramChannel channel, InetSocketAddress at)
            throws Exception {
        manual.until("the channel is deregistered", () -> !channel.isRegistered());
        assertThat(channel.isOpen()).isFalse();
        assertThat(channel.isActive()).isFalse();
        assertThat(transport.operationsInFlight(manual.handler())).isEqualTo(transport.operationsAtRest());
        if (at != null) {
            new DatagramSocket(at).close();
        }
    }

    @Test
    protected void datagramsFlushedRightBeforeTheCloseArrive() throws Exception {
        try (Leaks leaks = Leaks.watch();
                FarEnd peer = new FarEnd();
                ManualLoop<?, ?> manual = newLoop()) {
            CompletionDatagramChannel channel = manual.bind(new Events());
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
    protected void whatWasWrittenButNotFlushedFailsAndIsReleased() throws Exception {
        try (FarEnd peer = new FarEnd(); ManualLoop<?, ?> manual = newLoop()) {
            CompletionDatagramChannel channel = manual.bind(new Events());
            DatagramPacket unflushed = packet(1, peer);
            ChannelFuture write = channel.write(unflushed);
            manual.succeed(channel.close());
            assertThat(write.cause()).isInstanceOf(ClosedChannelException.class);
            assertThat(unflushed.refCnt()).isZero();
            assertThat(peer.poll()).isNull();
        }
    }

    @Test
    protected void writesAfterTheCloseFailAndReleaseTheirMessages() throws Exception {
        try (FarEnd peer = new FarEnd(); ManualLoop<?, ?> manual = newLoop()) {
            CompletionDatagramChannel channel = manual.bind(new Events());
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

    private void closeFromRead(Consumer<Events> where) throws Exception {
        try (FarEnd peer = new FarEnd(); ManualLoop<?, ?> manual = newLoop()) {
            Events events = new Events();
            where.accept(events);
            CompletionDatagramChannel channel = manual.bind(events);
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
    protected void closeFromChannelRead() throws Exception {
        closeFromRead(events -> events.onRead = ctx -> {
            ChannelFuture close = ctx.close();
            assertThat(close.isDone()).as("closed with a receive in flight").isFalse();
        });
    }

    @Test
    protected void closeFromChannelReadComplete() throws Exception {
        closeFromRead(events -> events.onReadComplete = ctx -> {
            ChannelFuture _ = ctx.close();
        });
    }

    @Test
    protected void closeFromChannelReadAfterAnAnswerSendsTheAnswer() throws Exception {
        try (FarEnd peer = new FarEnd(); ManualLoop<?, ?> manual = newLoop()) {
            Events events = new Events();
            List<ChannelFuture> answers = new ArrayList<>();
            InetSocketAddress to = peer.address();
            events.onRead = ctx -> {
                answers.add(ctx.writeAndFlush(new DatagramPacket(Unpooled.copyInt(7), to)));
                ChannelFuture _ = ctx.close();
            };
            CompletionDatagramChannel channel = manual.bind(events);
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
    protected void closeFromAWriteListenerCompletesEveryPromise() throws Exception {
        try (Leaks leaks = Leaks.watch();
                FarEnd peer = new FarEnd();
                ManualLoop<?, ?> manual = newLoop()) {
            CompletionDatagramChannel channel = manual.bind(new Events());
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
    protected void whatWasFlushedBeforeAListenerClosesIsSent() throws Exception {
        try (ManualLoop<?, ?> manual = newLoop();
                FarEnd peer = new FarEnd()) {
            CompletionDatagramChannel channel = manual.bind(new ChannelInboundHandlerAdapter());
            ChannelFuture first = channel.write(packet(0, peer));
            ChannelFuture _ = first.addListener(done -> {
                ChannelFuture _ = channel.close();
            });
            List<ChannelFuture> writes = new ArrayList<>();
            for (int i = 0; i < 3_000; i++) {
                writes.add(channel.write(packet(i, peer)));
            }
            channel.flush();
            manual.until("the channel is closed", () -> channel.closeFuture().isDone());
            assertThat(writes).allMatch(ChannelFuture::isSuccess);
        }
    }

    @Test
    protected void closingTwiceCompletesBothPromises() throws Exception {
        try (ManualLoop<?, ?> manual = newLoop()) {
            CompletionDatagramChannel channel = manual.bind(new Events());
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
    protected void aChannelThatWasNeverBoundCloses() throws Exception {
        try (ManualLoop<?, ?> manual = newLoop()) {
            Events events = new Events();
            CompletionDatagramChannel channel = manual.register(events);
            manual.succeed(channel.close());
            assertClosed(manual, channel, null);
            assertThat(events.seen).containsExactly("unregistered");
        }
    }

    @Test
    protected void aChannelThatWasNeverRegisteredClosesItsSocket() {
        CompletionDatagramChannel channel = transport.newChannel(SocketProtocolFamily.INET);
        assertThat(channel.isOpen()).isTrue();
        channel.unsafe().closeForcibly();
        assertThat(channel.isOpen()).isFalse();
        assertThat(channel.localAddress()).isNull();
    }

    @Test
    protected void aRegistrationThatFailsClosesTheChannel() {
        ManualLoop<?, ?> manual = newLoop();
        manual.turns(1);
        manual.handler().prepareToDestroy();
        CompletionDatagramChannel channel = transport.newChannel(SocketProtocolFamily.INET);
        EventLoopGroup group = manual.loop();
        ChannelFuture registration = group.register(channel);
        manual.until("the registration has failed", registration::isDone);
        assertThat(registration.cause()).isInstanceOf(IllegalStateException.class);
        assertThat(channel.isOpen()).isFalse();
        assertThat(channel.closeFuture().isDone()).isTrue();
        manual.close();
    }

    @Test
    protected void aPortIsFreeWhenTheCloseFutureSucceeds() throws Exception {
        try (ManualLoop<?, ?> manual = newLoop()) {
            CompletionDatagramChannel channel = manual.bind(new Events());
            InetSocketAddress at = channel.localAddress();
            AtomicInteger bound = new AtomicInteger();
            ChannelFuture _ = channel.closeFuture().addListener(closed -> {
                new DatagramSocket(at).close();
                bound.incrementAndGet();
            });
            manual.succeed(channel.close());
            assertThat(bound).hasValue(1);
            CompletionDatagramChannel next = manual.register(new Events());
            manual.succeed(next.bind(at));
        }
    }

    @Test
    protected void anUnreadDatagramThatIsHeldIsReleasedByTheClose() throws Exception {
        try (Leaks leaks = Leaks.watch();
                FarEnd peer = new FarEnd();
                ManualLoop<?, ?> manual = newLoop()) {
            Events events = new Events();
            events.onRead = ctx -> ctx.channel().config().setAutoRead(false);
            CompletionDatagramChannel channel = manual.bind(events);
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
    protected void optionsAndAddressesAnswerAfterTheClose() throws Exception {
        try (FarEnd peer = new FarEnd(); ManualLoop<?, ?> manual = newLoop()) {
            CompletionDatagramChannel channel = manual.bind(new Events());
            channel.config().setOption(MAX_DATAGRAM_PAYLOAD_SIZE, 123);
            manual.succeed(channel.connect(peer.address()));
            manual.succeed(channel.close());
            // No address is asked for before: a channel of Netty's remembers what it once answered.
            assertClosed(manual, channel, null);
            assertThat(channel.isConnected()).isFalse();
            assertThat(channel.localAddress()).isNull();
            assertThat(channel.remoteAddress()).isNull();
            assertOptionsAnswerAfterTheClose(channel);
            assertCountersAnswerAfterTheClose(channel);
            ByteBuf payload = Unpooled.directBuffer(4).writeInt(1);
            ChannelFuture late = channel.writeAndFlush(payload);
            manual.until("it failed", late::isDone);
            assertThat(late.cause()).isInstanceOf(ClosedChannelException.class);
            assertThat(payload.refCnt()).isZero();
        }
    }

    @Test
    protected void theAddressesOnceAskedForAreKnownAfterTheClose() throws Exception {
        try (FarEnd peer = new FarEnd(); ManualLoop<?, ?> manual = newLoop()) {
            CompletionDatagramChannel channel = manual.bind(new Events());
            manual.succeed(channel.connect(peer.address()));
            InetSocketAddress at = channel.localAddress();
            assertThat(channel.remoteAddress()).isEqualTo(peer.address());
            manual.succeed(channel.close());
            assertClosed(manual, channel, at);
            assertThat(channel.localAddress()).isEqualTo(at);
            assertThat(channel.remoteAddress()).isEqualTo(peer.address());
        }
    }

    private void assertOptionsAnswerAfterTheClose(CompletionDatagramChannel channel) {
        assertThat(channel.config().isAutoRead()).isTrue();
        channel.config().setAutoRead(false);
        assertThat(channel.config().isAutoRead()).isFalse();
        assertThat(channel.config().getOption(MAX_DATAGRAM_PAYLOAD_SIZE)).isEqualTo(123);
        assertThat(channel.config().setOption(transport.autoSegmentation(), false)).isTrue();
        assertThat(channel.config().getOption(transport.autoSegmentation())).isFalse();
        assertThatThrownBy(() -> channel.config().getOption(ChannelOption.SO_RCVBUF))
                .isInstanceOf(ChannelException.class)
                .hasCauseInstanceOf(ClosedChannelException.class);
    }

    /** Checks what a closed channel that has left its loop tells of the loop's counters. */
    protected abstract void assertCountersAnswerAfterTheClose(CompletionDatagramChannel channel);
}
