// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.iocp;

import dev.ringport.iocp.TcpTransferTest.Echo;
import dev.ringport.iocp.abi.WindowsCalls;
import dev.ringport.iocp.tcp.Sockets;
import dev.ringport.testkit.ChildJvm;
import dev.ringport.testkit.Leaks;
import dev.ringport.testrules.UnseenFailures;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.SocketChannel;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.channels.ClosedChannelException;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/** How connections end. */
@EnabledOnOs(OS.WINDOWS)
@Timeout(ChildJvm.SECONDS + 60)
class TcpEndTest {
    /** The reset is seen in the calls; what a peer reads then shows the test with a peer on Linux. */
    @Test
    void aPeerThatStopsReadingIsResetAndTheCloseEndsInTime() throws Exception {
        ReplacedCalls windows = new ReplacedCalls();
        List<String> ends = StreamEnds.of(windows);
        try (Loops loops = new Loops(1); ServerSocket plain = Tcp.plainServer()) {
            IocpSocketChannel client = new IocpSocketChannel(windows.calls(), null);
            client.config().setCloseTimeoutMillis(500);
            loops.next().register(client).sync();
            Tcp.awaitDone(client.connect(Tcp.address(plain)));
            try (Socket peer = plain.accept()) {
                assertThat(peer.isConnected()).isTrue();
                ByteBuf large = Unpooled.directBuffer(64 << 20).writeZero(64 << 20);
                ChannelFuture written = client.writeAndFlush(large);
                // Its own bound, not the default of 10 s.
                assertThat(client.close().await(9, TimeUnit.SECONDS)).isTrue();
                Tcp.awaitDone(written);
                assertThat(written.cause()).isInstanceOf(IOException.class);
                assertThat(ends).containsExactly(StreamEnds.RESET, StreamEnds.CLOSE);
                loops.awaitNoOperations();
                assertThat(large.refCnt()).isZero();
            }
        }
    }

    /** What was sent, and is told of behind the close, must not make it look like an end to the peer. */
    @Test
    void aCloseWithALingerOfZeroDoesNotEndTheStreamFirst() throws Exception {
        ReplacedCalls windows = new ReplacedCalls();
        try (Loops loops = new Loops(1); ServerSocket plain = Tcp.plainServer()) {
            IocpSocketChannel client = new IocpSocketChannel(windows.calls(), null);
            client.config().setSoLinger(0);
            loops.next().register(client).sync();
            Tcp.awaitDone(client.connect(Tcp.address(plain)));
            try (Socket peer = plain.accept()) {
                assertThat(peer.isConnected()).isTrue();
                List<String> ends = StreamEnds.of(windows);
                client.eventLoop().submit(() -> {
                    ChannelFuture _ = client.writeAndFlush(Unpooled.copyInt(42));
                    ChannelFuture _ = client.close();
                }).sync();
                Tcp.awaitDone(client.closeFuture());
                assertThat(ends).containsExactly(StreamEnds.RESET, StreamEnds.CLOSE);
                loops.awaitNoOperations();
            }
        }
    }

    @Test
    void aPeerOnLinuxReadsAnErrorBehindACutStreamAndTheEndBehindAWholeOne(
            @TempDir(cleanup = CleanupMode.NEVER) Path cut,
            @TempDir(cleanup = CleanupMode.NEVER) Path whole)
            throws Exception {
        Wine.needed("has Linux beside it");
        try (Loops loops = new Loops(1)) {
            LinuxPeer reset = new LinuxPeer(cut);
            Channel client = Tcp.connect(Tcp.client(loops, ChannelInboundHandlerAdapter::new), reset.address());
            client.config().setOption(IocpChannelOption.CLOSE_TIMEOUT_MILLIS, 500);
            ChannelFuture _ = client.writeAndFlush(Unpooled.directBuffer(64 << 20).writeZero(64 << 20));
            Tcp.awaitDone(client.close());
            assertThat(reset.readToTheEnd()).isEqualTo("ConnectionResetError");

            LinuxPeer read = new LinuxPeer(whole);
            client = Tcp.connect(Tcp.client(loops, ChannelInboundHandlerAdapter::new), read.address());
            client.config().setOption(IocpChannelOption.CLOSE_TIMEOUT_MILLIS, Tcp.NEVER_MILLIS);
            ChannelFuture _ = client.writeAndFlush(Unpooled.directBuffer(64 << 20).writeZero(64 << 20));
            ChannelFuture closed = client.close();
            assertThat(read.readToTheEnd()).isEqualTo("end of stream after " + (64 << 20) + " bytes");
            Tcp.awaitDone(closed);
        }
    }

    @Test
    void aResetWhileWritingFailsTheWriteAndClosesTheChannel() throws Exception {
        try (Loops loops = new Loops(1); ServerSocket plain = Tcp.plainServer()) {
            Channel client = Tcp.connect(
                    Tcp.client(loops, ChannelInboundHandlerAdapter::new), Tcp.address(plain));
            ChannelFuture written;
            try (Socket peer = plain.accept()) {
                written = client.writeAndFlush(Unpooled.directBuffer(64 << 20).writeZero(64 << 20));
                assertThat(peer.getInputStream().read()).isZero();
                peer.setSoLinger(true, 0);
            }
            Tcp.awaitDone(written);
            assertThat(written.cause()).isInstanceOf(IOException.class);
            Tcp.awaitDone(client.closeFuture());
            loops.awaitNoOperations();
        }
    }

    /** Of a connection that reads, and of one that is only watched for its end. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aResetThatComesBeforeAReceiveIsPostedIsNoEndOfTheStream(boolean reads) throws Exception {
        WindowsCalls calls = ToldResets.calls();
        try (Loops loops = new Loops(1, new IocpIoHandlerConfig().calls(calls));
                ServerSocket plain = Tcp.plainServer()) {
            BlockingQueue<Throwable> heard = new LinkedBlockingQueue<>();
            IocpSocketChannel client = new IocpSocketChannel(calls, null);
            client.config().setAutoRead(false);
            client.pipeline().addLast(new ChannelInboundHandlerAdapter() {
                @Override
                public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
                    UnseenFailures.seen(cause);
                    heard.add(cause);
                }
            });
            loops.next().register(client).sync();
            Tcp.await(client.connect(Tcp.address(plain)));
            try (Socket peer = plain.accept()) {
                peer.setSoLinger(true, 0);
            }
            while (ToldResets.ends(Sockets.of(client).handle()) == 0) {
                Thread.sleep(1);
            }
            if (reads) {
                client.read();
            }
            Tcp.awaitDone(client.closeFuture());
            assertThat(heard.poll()).isInstanceOf(SocketException.class).hasMessageContaining("10054");
            assertThat(heard).isEmpty();
            loops.awaitNoOperations();
        }
    }

    /** Each round ends in another way; every slot is back and every promise done at the end. */
    @Test
    void aThousandRoundsOfRandomEnds() throws Exception {
        int rounds = 1_000;
        long seed = ThreadLocalRandom.current().nextLong();
        System.out.println("the rounds' seed: " + seed);
        Random random = new Random(seed);
        try (Leaks leaks = Leaks.watch(); Loops loops = new Loops(2)) {
            Channel server = Tcp.bind(Tcp.server(loops, Echo::new));
            for (int round = 0; round < rounds; round++) {
                Channel client = Tcp.connect(
                        Tcp.client(loops, ChannelInboundHandlerAdapter::new), Tcp.address(server));
                EventLoop loop = client.eventLoop();
                ChannelFuture first = client
                        .writeAndFlush(Unpooled.directBuffer().writeZero(random.nextInt(1, 20_000)));
                ChannelFuture second = client.writeAndFlush(Unpooled.wrappedBuffer(new byte[random.nextInt(100)]));
                switch (random.nextInt(7)) {
                    case 0 -> {
                        Tcp.awaitDone(client.close());
                        assertThat(first.isSuccess() && second.isSuccess()).as("what was flushed has left").isTrue();
                    }
                    case 1 -> {
                        client.config().setOption(ChannelOption.SO_LINGER, 0);
                        Tcp.awaitDone(client.close());
                    }
                    case 2 -> {
                        Tcp.awaitDone(client.deregister());
                        Tcp.awaitDone(client.close());
                    }
                    case 3 -> {
                        Tcp.awaitDone(client.deregister());
                        Tcp.awaitDone(loop.register(client));
                        ChannelFuture third = client.writeAndFlush(Unpooled.directBuffer().writeZero(500));
                        Tcp.awaitDone(((SocketChannel) client).shutdownOutput());
                        assertThat(third.isSuccess()).isTrue();
                        Tcp.awaitDone(client.close());
                    }
                    case 4 -> {
                        ChannelFuture never = client.write(Unpooled.directBuffer().writeZero(100));
                        never.cancel(false);
                        client.flush();
                        ChannelFuture _ = client.deregister();
                        Tcp.awaitDone(client.close());
                        Tcp.awaitDone(never);
                    }
                    case 5 -> {
                        ChannelFuture connecting = Tcp.client(loops, ChannelInboundHandlerAdapter::new)
                                .connect(Tcp.address(server));
                        connecting.cancel(false);
                        Tcp.awaitDone(connecting.channel().close());
                        Tcp.awaitDone(client.close());
                    }
                    default -> {
                        Tcp.awaitDone(((SocketChannel) client).shutdownOutput());
                        assertThat(first.isSuccess() && second.isSuccess()).isTrue();
                        Tcp.awaitDone(client.close());
                    }
                }
                Tcp.awaitDone(first);
                Tcp.awaitDone(second);
            }
            Tcp.awaitDone(server.close());
            // The accepted sides end when they see the end of their peers.
            loops.awaitNoOperations();
            leaks.assertNone();
        }
    }

    @Test
    void aLoopThatEndsWithOperationsInFlightGivesAllBack() throws Exception {
        try (Loops loops = new Loops(1); ServerSocket plain = Tcp.plainServer()) {
            Channel client = Tcp.connect(
                    Tcp.client(loops, ChannelInboundHandlerAdapter::new), Tcp.address(plain));
            try (Socket peer = plain.accept()) {
                assertThat(peer.isConnected()).isTrue();
                ByteBuf large = Unpooled.directBuffer(64 << 20).writeZero(64 << 20);
                ChannelFuture written = client.writeAndFlush(large);
                assertThat(loops.group()
                        .shutdownGracefully(0, 1, TimeUnit.SECONDS)
                        .await(Tcp.SECONDS, TimeUnit.SECONDS)).isTrue();
                Tcp.awaitDone(written);
                assertThat(written.cause()).isInstanceOfAny(ClosedChannelException.class, IOException.class);
                assertThat(large.refCnt()).isZero();
            }
        }
    }
}
