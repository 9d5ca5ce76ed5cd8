// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.testkit.datagram;

import dev.ringport.datagram.CompletionDatagramChannel;
import dev.ringport.testkit.Udp;
import dev.ringport.testkit.Udp.Peer;
import dev.ringport.testkit.Waiting;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.ChannelOutboundInvoker;
import io.netty.channel.ChannelPromise;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.socket.DatagramPacket;
import io.netty.util.ReferenceCountUtil;
import java.net.InetSocketAddress;
import java.nio.channels.NotYetConnectedException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/** The ways in which pipelines write. */
public abstract class WritePatternContract extends UdpContract {
    protected WritePatternContract(DatagramTransport<?, ?> transport) {
        super(transport);
    }

    private static DatagramPacket packet(int number, InetSocketAddress to) {
        return new DatagramPacket(Udp.direct(Udp.numbered(number, 40)), to);
    }

    private static void expect(Peer peer, int number) {
        assertThat(peer.receive().content()).isEqualTo(Udp.numbered(number, 40));
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    protected void cancelledEntriesBetweenSentOnesLeaveNoTrace(boolean segmentation) {
        CompletionDatagramChannel channel = udp.bind(received);
        channel.config().setOption(transport.autoSegmentation(), segmentation);
        Peer peer = udp.peer();
        Random random = new Random(7);
        List<ChannelPromise> promises = new ArrayList<>();
        List<ByteBuf> payloads = new ArrayList<>();
        Udp.await(channel.eventLoop().submit(() -> {
            for (int i = 0; i < 200; i++) {
                DatagramPacket packet = packet(i, peer.address());
                payloads.add(packet.content());
                promises.add(channel.newPromise());
                ChannelFuture _ = channel.write(packet, promises.get(i));
                if (i < 3 || i > 196 || random.nextBoolean()) {
                    assertThat(promises.get(i).cancel(false)).isTrue();
                }
                if (i % 50 == 49) {
                    channel.flush();
                }
            }
        }));
        for (int i = 0; i < 200; i++) {
            if (!promises.get(i).isCancelled()) {
                Udp.await(promises.get(i));
                expect(peer, i);
            }
            assertThat(payloads.get(i).refCnt()).isZero();
        }
        Udp.await(channel.writeAndFlush(packet(1_000, peer.address())));
        expect(peer, 1_000);
        assertThat(peer.isIdle()).isTrue();
    }

    @Test
    protected void aFlushOfNothingButCancelledEntriesLeavesTheBufferEmpty() {
        CompletionDatagramChannel channel = udp.bind(received);
        Peer peer = udp.peer();
        Udp.await(channel.eventLoop().submit(() -> {
            for (int i = 0; i < 5; i++) {
                ChannelPromise promise = channel.newPromise();
                ChannelFuture _ = channel.write(packet(i, peer.address()), promise);
                promise.cancel(false);
            }
            channel.flush();
        }));
        // A flush from a task is served with the loop's next look for I/O.
        Waiting.until("the buffer is empty", () -> channel.eventLoop().submit(() -> {
            ChannelOutboundBuffer in = channel.unsafe().outboundBuffer();
            return in.isEmpty() && in.totalPendingWriteBytes() == 0;
        }).syncUninterruptibly().getNow());
    }

    @Test
    protected void listenersThatWriteAndFlushOnCompletionGoOnByThemselves() throws Exception {
        CompletionDatagramChannel channel = udp.bind(received);
        Peer peer = udp.peer();
        CompletableFuture<Integer> done = new CompletableFuture<>();
        int total = transport.thatFit(2_000);
        Udp.await(channel.eventLoop().submit(() -> writeNext(channel, peer.address(), 0, total, done)));
        assertThat(done.get(Udp.PATIENCE_SECONDS, TimeUnit.SECONDS)).isEqualTo(total);
        for (int i = 0; i < total; i++) {
            expect(peer, i);
        }
    }

    /** Flushes one message, at once: after a pause nothing is gathered. One that is refused has no recipient. */
    private static ChannelFuture flushAfterAPause(ChannelOutboundInvoker from, int number, Peer to, boolean refused) {
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
        return from.writeAndFlush(refused ? Udp.direct(new byte[3]) : packet(number, to.address()));
    }

    private static void awaitResult(CompletableFuture<ChannelFuture> written, boolean refused) throws Exception {
        ChannelFuture write = written.get(Udp.PATIENCE_SECONDS, TimeUnit.SECONDS);
        if (refused) {
            assertThat(Udp.failure(write)).isInstanceOf(NotYetConnectedException.class);
        } else {
            Udp.await(write);
        }
    }

    /** From within a turn: the promises that are due meanwhile are completed by the listener's own calls. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    protected void aListenerThatClosesOneChannelAndWritesToAnotherLosesNoPromise(boolean refused) throws Exception {
        Peer peer = udp.peer();
        CompletionDatagramChannel closed = udp.bind(received);
        CompletionDatagramChannel third = udp.bind(received);
        CompletableFuture<ChannelFuture> written = new CompletableFuture<>();
        CompletionDatagramChannel asked = udp.bind(new ChannelInboundHandlerAdapter() {
            @Override
            public void channelRead(ChannelHandlerContext context, Object message) {
                ReferenceCountUtil.release(message);
                context.writeAndFlush(packet(0, peer.address())).addListener(f -> {
                    ChannelFuture _ = closed.close();
                    written.complete(flushAfterAPause(third, 1, peer, refused));
                });
            }
        });
        peer.send(Udp.numbered(0, 4), asked.localAddress());
        awaitResult(written, refused);
        Udp.await(closed.closeFuture());
        Udp.await(third.writeAndFlush(packet(2, peer.address())));
        Udp.await(asked.writeAndFlush(packet(3, peer.address())));
    }

    /** Also if nothing else ever happens at the loop. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    protected void whatIsFlushedWhenTheReadIsCompleteHasItsResultInTheSameTurn(boolean refused) throws Exception {
        Peer peer = udp.peer();
        CompletableFuture<ChannelFuture> written = new CompletableFuture<>();
        CompletionDatagramChannel channel = udp.bind(new ChannelInboundHandlerAdapter() {
            @Override
            public void channelRead(ChannelHandlerContext context, Object message) {
                ReferenceCountUtil.release(message);
            }

            @Override
            public void channelReadComplete(ChannelHandlerContext context) {
                written.complete(flushAfterAPause(context, 1, peer, refused));
            }
        });
        peer.send(Udp.numbered(0, 4), channel.localAddress());
        awaitResult(written, refused);
        if (!refused) {
            expect(peer, 1);
        }
    }

    /** Also if nothing else ever happens at the loop. */
    @Test
    protected void aTaskThatFlushesRightBehindTheListenersOfATurnIsServed() throws Exception {
        Peer peer = udp.peer();
        BlockingQueue<ChannelFuture> ofTasks = new LinkedBlockingQueue<>();
        CompletionDatagramChannel channel = udp.bind(new ChannelInboundHandlerAdapter() {
            @Override
            public void channelRead(ChannelHandlerContext context, Object message) {
                ReferenceCountUtil.release(message);
                context.executor()
                        .execute(() -> ofTasks.add(context.writeAndFlush(packet(3, peer.address()))));
                ChannelFuture _ = context.writeAndFlush(packet(0, peer.address()));
                context.writeAndFlush(packet(1, peer.address()))
                        .addListener(f -> {
                            ChannelFuture _ = context.writeAndFlush(packet(2, peer.address()));
                        });
            }
        });
        for (int round = 0; round < transport.rounds(500); round++) {
            peer.send(Udp.numbered(0, 4), channel.localAddress());
            Udp.await(Objects.requireNonNull(ofTasks.poll(Udp.PATIENCE_SECONDS, TimeUnit.SECONDS)));
            for (int i = 0; i < 4; i++) {
                expect(peer, i);
            }
        }
    }

    private static void writeNext(
            CompletionDatagramChannel channel, InetSocketAddress to, int number, int end,
            CompletableFuture<Integer> done) {
        if (number == end) {
            done.complete(number);
            return;
        }
        ChannelPromise promise = channel.newPromise();
        promise.addListener(f -> {
            if (f.isSuccess()) {
                writeNext(channel, to, number + 1, end, done);
            } else {
                done.completeExceptionally(f.cause());
            }
        });
        ChannelFuture _ = channel.writeAndFlush(packet(number, to), promise);
    }

    @Test
    protected void aSenderThatFollowsWritabilityNeverStalls() {
        Peer peer = udp.peer();
        AtomicInteger next = new AtomicInteger();
        int total = transport.thatFit(5_000);
        CompletionDatagramChannel channel = udp.bind(
                udp.bootstrap(new ChannelInboundHandlerAdapter() {
                    @Override
                    public void channelActive(ChannelHandlerContext context) {
                        fill(context);
                    }

                    @Override
                    public void channelWritabilityChanged(ChannelHandlerContext context) {
                        fill(context);
                    }

                    private void fill(ChannelHandlerContext context) {
                        while (context.channel().isWritable() && next.get() < total) {
                            ChannelFuture _ = context.write(packet(next.getAndIncrement(), peer.address()));
                        }
                        context.flush();
                    }
                }).option(ChannelOption.WRITE_BUFFER_WATER_MARK, new WriteBufferWaterMark(2_000, 4_000)), Udp.INET);
        for (int i = 0; i < total; i++) {
            expect(peer, i);
        }
        // The promises of the last ones may be due after their arrival.
        Waiting.until("it is writable again", channel::isWritable);
    }

    @Test
    protected void thousandsOfWritesFlushedOneByOneInOneTaskArriveInOrder() throws Exception {
        CompletionDatagramChannel channel = udp.bind(received);
        Peer peer = udp.peer();
        int total = transport.thatFit(10_000);
        CompletableFuture<Integer> inOrder = CompletableFuture.supplyAsync(() -> {
            for (int i = 0; i < total; i++) {
                expect(peer, i);
            }
            return total;
        });
        AtomicInteger succeeded = new AtomicInteger();
        Udp.await(channel.eventLoop().submit(() -> {
            for (int i = 0; i < total; i++) {
                channel.writeAndFlush(packet(i, peer.address())).addListener(f -> {
                    if (f.isSuccess()) {
                        succeeded.incrementAndGet();
                    }
                });
            }
        }));
        assertThat(inOrder.get(Udp.PATIENCE_SECONDS, TimeUnit.SECONDS)).isEqualTo(total);
        Udp.until(() -> succeeded.get() == total);
    }

    @Test
    protected void writesOfSeveralThreadsArriveAllAndEachThreadsInOrder() {
        CompletionDatagramChannel channel = udp.bind(received);
        Peer peer = udp.peer();
        int threads = 4;
        int each = transport.thatFit(2_000) / threads;
        List<Thread> writers = IntStream.range(0, threads)
                .mapToObj(thread -> Thread.ofPlatform().start(() -> {
                    for (int i = 0; i < each; i++) {
                        ChannelFuture _ = channel.writeAndFlush(packet(thread << 16 | i, peer.address()));
                    }
                }))
                .toList();
        int[] next = new int[threads];
        for (int i = 0; i < threads * each; i++) {
            byte[] content = peer.receive().content();
            int thread = content[1];
            assertThat(content).isEqualTo(Udp.numbered(thread << 16 | next[thread]++, 40));
        }
        assertThat(writers)
                .allSatisfy(writer -> assertThat(writer.join(Duration.ofSeconds(Udp.PATIENCE_SECONDS))).isTrue());
    }

    @Test
    protected void voidPromisesSendAndTheirFailuresReachThePipeline() {
        CompletionDatagramChannel channel = udp.bind(received);
        Peer peer = udp.peer();
        for (int i = 0; i < 100; i++) {
            ChannelFuture _ = channel.write(packet(i, peer.address()), channel.voidPromise());
        }
        channel.flush();
        for (int i = 0; i < 100; i++) {
            expect(peer, i);
        }
        ByteBuf nowhere = Udp.direct(new byte[3]);
        ChannelFuture _ = channel.writeAndFlush(nowhere, channel.voidPromise());
        assertThat(received.takeError()).isInstanceOf(NotYetConnectedException.class);
        Udp.await(channel.eventLoop().submit(() -> {}));
        assertThat(nowhere.refCnt()).isZero();
        assertThat(channel.isOpen()).isTrue();
    }

    @Test
    protected void eachMessageGoesToItsOwnRecipientInOneFlush() {
        CompletionDatagramChannel channel = udp.bind(received);
        List<Peer> peers = IntStream.range(0, 30).mapToObj(i -> udp.peer()).toList();
        for (int round = 0; round < 20; round++) {
            for (int i = 0; i < peers.size(); i++) {
                ChannelFuture _ = channel.write(packet(i * 100 + round, peers.get(i).address()));
            }
        }
        channel.flush();
        for (int i = 0; i < peers.size(); i++) {
            for (int round = 0; round < 20; round++) {
                expect(peers.get(i), i * 100 + round);
            }
            assertThat(peers.get(i).isIdle()).isTrue();
        }
    }

    @Test
    protected void maxMessagesPerWriteDelaysButLosesNothing() {
        CompletionDatagramChannel channel = udp.bind(
                udp.bootstrap(received).option(ChannelOption.MAX_MESSAGES_PER_WRITE, 3), Udp.INET);
        Peer peer = udp.peer();
        List<ChannelFuture> writes = new ArrayList<>();
        int total = transport.thatFit(1_000);
        Udp.await(channel.eventLoop().submit(() -> {
            for (int i = 0; i < total; i++) {
                writes.add(channel.write(packet(i, peer.address())));
            }
            channel.flush();
        }));
        writes.forEach(Udp::await);
        for (int i = 0; i < total; i++) {
            expect(peer, i);
        }
    }
}
