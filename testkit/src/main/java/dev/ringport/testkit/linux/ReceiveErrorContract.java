// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.testkit.linux;

import dev.ringport.datagram.CompletionDatagramChannel;
import dev.ringport.testkit.FarEnd;
import dev.ringport.testkit.ManualLoop;
import dev.ringport.testkit.Posix;
import dev.ringport.testkit.datagram.DatagramContract;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.DatagramPacket;
import io.netty.channel.unix.IntegerUnixChannelOption;
import io.netty.util.concurrent.MockTicker;
import io.netty.util.concurrent.Ticker;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.PortUnreachableException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/**
 * Errors that answer a datagram which was sent: they are told, and nothing else changes. The clock stands still, so
 * whatever waits for a timer never comes.
 */
public abstract class ReceiveErrorContract extends DatagramContract {
    private static final IntegerUnixChannelOption IP_RECVERR = new IntegerUnixChannelOption("IP_RECVERR", 0, 11);
    private static final int PORT_UNREACHABLE = 3;

    private final LinuxTransport<?, ?> linux;
    private final MockTicker ticker = Ticker.newMockTicker();
    private final Events events = new Events();

    protected ReceiveErrorContract(LinuxTransport<?, ?> transport) {
        super(transport);
        linux = transport;
    }

    /** What reached the pipeline, in order: a number, {@code complete}, or an exception's class. */
    private static final class Events extends ChannelInboundHandlerAdapter {
        private final List<String> all = new ArrayList<>();
        private int received;
        private int errors;
        private boolean readsOn;

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object message) {
            DatagramPacket packet = (DatagramPacket) message;
            all.add("" + packet.content().readInt());
            received++;
            packet.release();
        }

        @Override
        public void channelReadComplete(ChannelHandlerContext ctx) {
            all.add("complete");
            ctx.fireChannelReadComplete();
            if (readsOn) {
                ctx.read();
            }
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
            all.add(cause.getClass().getSimpleName());
            errors++;
        }
    }

    private static void send(FarEnd from, CompletionDatagramChannel to, int number) throws IOException {
        from.send(ByteBuffer.allocate(Integer.BYTES).putInt(0, number), to.localAddress());
    }

    /** How often the channel's loop has called the system for what has arrived. */
    protected abstract long calls(CompletionDatagramChannel channel);

    private static InetSocketAddress closedPort() throws IOException {
        try (FarEnd gone = new FarEnd()) {
            return gone.address();
        }
    }

    @Test
    protected void anErrorLeavesTheReadOutstandingAndComesAfterReadComplete() throws Exception {
        try (ManualLoop<?, ?> manual = newLoop(ticker);
                FarEnd peer = new FarEnd()) {
            CompletionDatagramChannel channel = manual.bind(events);
            channel.config().setAutoRead(false);
            manual.turns(5);
            manual.succeed(channel.connect(closedPort()));
            channel.read();
            manual.turns(5);
            manual.succeed(channel.writeAndFlush(Unpooled.copyInt(1)));
            manual.until("the error is told", () -> events.errors == 1);
            manual.succeed(channel.disconnect());
            send(peer, channel, 7);
            manual.until("the datagram for the same read has come", () -> events.received == 1);
            send(peer, channel, 8);
            manual.turns(20);
            assertThat(events.all)
                    .containsExactly("complete", PortUnreachableException.class.getSimpleName(), "7", "complete");
        }
    }

    /** All codes of 'destination unreachable' that the kernel tells a socket of: 2 the protocol, 3 the port, and so on. */
    @ParameterizedTest
    @ValueSource(ints = {2, 3, 6, 7, 8, 9, 10, 13, 14, 15})
    protected void rejectionsDoNotSlowReadingDown(int code) throws Exception {
        assumeTrue(Posix.maySendRaw(), "not allowed to send what a router sends");
        try (ManualLoop<?, ?> manual = newLoop(ticker);
                FarEnd peer = new FarEnd()) {
            CompletionDatagramChannel channel = manual.bind(events);
            manual.succeed(channel.connect(peer.address()));
            for (int i = 1; i <= 20; i++) {
                int told = i;
                Posix.reject(channel.localAddress(), peer.address(), code);
                manual.until("the error is told", () -> events.errors == told);
            }
            send(peer, channel, 9);
            manual.until("the datagram has come", () -> events.received == 1);
            assertThat(events.all).hasSize(42).endsWith("9", "complete");
            assertThat(IntStream.range(0, 20).mapToObj(i -> events.all.get(2 * i))).containsOnly("complete");
            manual.succeed(channel.writeAndFlush(Unpooled.copyInt(3)));
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    protected void anErrorInTheQueueThatNobodyReadsNeitherWakesTheLoopNorKeepsDatagramsBack(boolean autoRead)
            throws Exception {
        try (ManualLoop<?, ?> manual = newLoop(ticker);
                FarEnd peer = new FarEnd()) {
            events.readsOn = !autoRead;
            CompletionDatagramChannel channel = manual.bind(events);
            channel.config().setOption(IP_RECVERR, 1);
            channel.config().setAutoRead(autoRead);
            channel.read();
            manual.turns(5);
            InetSocketAddress nobody = closedPort();
            for (int round = 1; round <= 10; round++) {
                int expected = round;
                manual.succeed(channel.writeAndFlush(new DatagramPacket(Unpooled.copyInt(1), nobody)));
                manual.until("the error is told", () -> events.errors == expected);
                manual.turns(10);
                long before = calls(channel);
                manual.turns(50);
                assertThat(calls(channel) - before).as("calls of an idle loop").isLessThan(5);
                send(peer, channel, round);
                manual.until("the datagram has come", () -> events.received == expected);
            }
            assertThat(linux.count(channel, LinuxCounter.ERRORS_DROPPED)).isEqualTo(10);
            assertThat(events.errors).isEqualTo(10);
        }
    }

    @Test
    protected void anErrorQueueThatFillsWhileNobodyReadsIsDrainedByTheNextRead() throws Exception {
        assumeTrue(Posix.maySendRaw(), "not allowed to send what a router sends");
        try (ManualLoop<?, ?> manual = newLoop(ticker);
                FarEnd peer = new FarEnd()) {
            CompletionDatagramChannel channel = manual.bind(events);
            channel.config().setOption(IP_RECVERR, 1);
            channel.config().setAutoRead(false);
            manual.turns(5);
            for (int i = 0; i < 20; i++) {
                Posix.reject(channel.localAddress(), peer.address(), PORT_UNREACHABLE);
            }
            // Clears the error of the socket, and leaves the queue.
            Posix.getInt(Posix.descriptor(channel.localAddress()), Posix.SOL_SOCKET, Posix.SO_ERROR);
            channel.read();
            manual.until("the queue is empty", () -> linux.count(channel, LinuxCounter.ERRORS_DROPPED) == 20);
            manual.turns(20);
            assertThat(events.all).isEmpty();
            send(peer, channel, 5);
            manual.until("the datagram has come", () -> events.received == 1);
            assertThat(events.all).containsExactly("5", "complete");
        }
    }
}
