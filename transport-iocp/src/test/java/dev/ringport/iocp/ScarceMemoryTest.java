// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.iocp;

import dev.ringport.testkit.Udp;
import dev.ringport.testrules.UnseenFailures;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.CompositeByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.socket.DatagramPacket;
import java.net.Socket;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

import static org.assertj.core.api.Assertions.assertThat;

/** Loops that have no native memory for another operation right now: nothing is lost, and it is tried again. */
@EnabledOnOs(OS.WINDOWS)
@Timeout(120)
class ScarceMemoryTest {
    private static final int LARGE_SLOT = 2048;
    private static final int SMALL_SLOT = 256;
    private static final int SMALLEST_SLOT = 128;

    private static final class Telling extends ChannelInboundHandlerAdapter {
        private final BlockingQueue<Throwable> told;

        Telling(BlockingQueue<Throwable> told) {
            this.told = told;
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            UnseenFailures.seen(cause);
            told.add(cause);
        }
    }

    private static IocpIoHandlerConfig over(ScarceMemory memory) {
        return new IocpIoHandlerConfig().memory(() -> memory);
    }

    private static DatagramPacket inPieces(DatagramFaults faults, int number) {
        CompositeByteBuf content = Unpooled.compositeBuffer(64);
        for (byte each : Udp.numbered(number, 20)) {
            content.addComponent(true, Unpooled.directBuffer(1).writeByte(each));
        }
        return new DatagramPacket(content, faults.peer.address());
    }

    @Test
    void aDatagramOfManyPiecesWaitsForALargerSlot() {
        ScarceMemory memory = new ScarceMemory(LARGE_SLOT);
        try (DatagramFaults faults = new DatagramFaults(over(memory))) {
            IocpDatagramChannel channel = faults.bind();
            Udp.await(channel.writeAndFlush(faults.packet(0, 20, faults.peer.address())));
            memory.refuse(3);
            ChannelFuture written = channel.writeAndFlush(inPieces(faults, 1));
            Udp.await(channel.writeAndFlush(faults.packet(2, 20, faults.peer.address())));
            Udp.await(written);
            faults.expectNumbered(0, 3, 20);
            assertThat(memory.refusals()).isZero();
        }
    }

    @Test
    void aDatagramWaitsForASlot() {
        ScarceMemory memory = new ScarceMemory(SMALL_SLOT);
        try (DatagramFaults faults = new DatagramFaults(over(memory))) {
            IocpDatagramChannel channel = faults.bind();
            memory.refuse(3);
            for (int i = 0; i < 5; i++) {
                Udp.await(channel.writeAndFlush(faults.packet(i, 20, faults.peer.address())));
            }
            faults.expectNumbered(0, 5, 20);
            assertThat(memory.refusals()).isZero();
        }
    }

    @Test
    void whatIsFlushedBeforeACloseWaitsForASlotToo() {
        ScarceMemory memory = new ScarceMemory(SMALL_SLOT);
        try (DatagramFaults faults = new DatagramFaults(over(memory))) {
            IocpDatagramChannel channel = faults.bind();
            memory.refuse(3);
            ChannelFuture written = channel.writeAndFlush(faults.packet(0, 20, faults.peer.address()));
            Udp.await(channel.close());
            Udp.await(written);
            faults.expectNumbered(0, 1, 20);
            assertThat(memory.refusals()).isZero();
        }
    }

    @Test
    void aReceiveThatThereIsNoSlotForKeepsNoBuffer() {
        ScarceMemory memory = new ScarceMemory(SMALL_SLOT);
        WatchedAllocator allocator = new WatchedAllocator(() -> {});
        try (DatagramFaults faults = new DatagramFaults(over(memory))) {
            IocpDatagramChannel channel = faults.bind(
                    faults.bootstrap().option(ChannelOption.ALLOCATOR, allocator)
                            .option(ChannelOption.AUTO_READ, false));
            memory.refuse(2);
            channel.read();
            for (int i = 0; i < 2; i++) {
                assertThat(faults.received.takeError()).isInstanceOf(OutOfMemoryError.class);
            }
            faults.peer.send(Udp.numbered(1, 20), channel.localAddress());
            assertThat(faults.received.takeBytes()).isEqualTo(Udp.numbered(1, 20));
            Udp.await(channel.close());
            assertThat(allocator.made.values()).extracting(ByteBuf::refCnt).containsOnly(0);
        }
    }

    /** As with Netty's own: one that nobody reads and that has had no receive before. */
    @Test
    void aConnectionThatThereIsNoMemoryToWatchIsToldAndClosed() throws Exception {
        ScarceMemory memory = new ScarceMemory(SMALLEST_SLOT);
        BlockingQueue<Throwable> told = new LinkedBlockingQueue<>();
        try (Loops accepting = new Loops(1); Loops loops = new Loops(1, over(memory))) {
            Channel server = Tcp.bind(new ServerBootstrap().group(accepting.group(), loops.group())
                    .channel(IocpServerSocketChannel.class)
                    .childOption(ChannelOption.AUTO_READ, false)
                    .childHandler(Tcp.initializer(() -> new Telling(told))));
            memory.refuse(1);
            try (Socket peer = Tcp.plainClient(Tcp.address(server))) {
                assertThat(told.poll(Tcp.SECONDS, TimeUnit.SECONDS)).isInstanceOf(OutOfMemoryError.class);
                assertThat(peer.getInputStream().read()).isNegative();
            }
        }
    }

    @Test
    void aServerThatThereIsNoMemoryForSaysSoAndAcceptsLater() throws Exception {
        ScarceMemory memory = new ScarceMemory(SMALL_SLOT);
        BlockingQueue<Throwable> told = new LinkedBlockingQueue<>();
        try (Loops loops = new Loops(1, over(memory))) {
            memory.refuse(2);
            BlockingQueue<Integer> read = new LinkedBlockingQueue<>();
            Channel server = Tcp.bind(Tcp.server(loops, () -> new SimpleChannelInboundHandler<ByteBuf>() {
                @Override
                protected void channelRead0(ChannelHandlerContext context, ByteBuf message) {
                    read.add((int) message.readByte());
                }
            })
                    .handler(new Telling(told)));
            for (int i = 0; i < 2; i++) {
                assertThat(told.poll(Tcp.SECONDS, TimeUnit.SECONDS)).hasCauseInstanceOf(OutOfMemoryError.class);
            }
            try (Socket peer = Tcp.plainClient(Tcp.address(server))) {
                peer.getOutputStream().write(1);
                assertThat(read.poll(Tcp.SECONDS, TimeUnit.SECONDS)).isEqualTo(1);
            }
        }
    }
}
