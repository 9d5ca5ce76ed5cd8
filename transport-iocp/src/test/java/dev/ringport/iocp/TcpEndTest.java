// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.iocp;

import dev.ringport.ffm.NativeMemory;
import dev.ringport.iocp.TcpTransferTest.Echo;
import dev.ringport.iocp.abi.Linger;
import dev.ringport.iocp.abi.WindowsCalls;
import dev.ringport.iocp.abi.WinsockConstants;
import dev.ringport.iocp.tcp.Sockets;
import dev.ringport.testkit.ChildJvm;
import dev.ringport.testkit.Leaks;
import dev.ringport.testrules.UnseenFailures;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.ConnectTimeoutException;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.SocketChannel;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.MemorySegment;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.NotYetConnectedException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
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
    private static InetSocketAddress address(ServerSocket plain) {
        return new InetSocketAddress(Tcp.loopback(), plain.getLocalPort());
    }

    private static void awaitDone(ChannelFuture future) throws Exception {
        assertThat(future.await(Tcp.SECONDS, TimeUnit.SECONDS)).isTrue();
    }

    /** The reset is seen in the calls; what a peer reads then shows the test with a peer on Linux. */
    @Test
    void aPeerThatStopsReadingIsResetAndTheCloseEndsInTime() throws Exception {
        List<String> calls = Collections.synchronizedList(new ArrayList<>());
        ReplacedCalls windows = new ReplacedCalls()
                .on("shutdown", (real, arguments) -> {
                    calls.add("shutdown");
                    return real.call();
                })
                .on("closesocket", (real, arguments) -> {
                    calls.add("closesocket");
                    return real.call();
                })
                .on("setsockopt", (real, arguments) -> {
                    if ((int) arguments[3] == WinsockConstants.SO_LINGER) {
                        MemorySegment linger = NativeMemory.at((long) arguments[4], Linger.BYTES);
                        calls.add("linger " + Linger.lOnoff(linger, 0) + " " + Linger.lLinger(linger, 0));
                    }
                    return real.call();
                });
        try (Loops loops = new Loops(1); ServerSocket plain = Tcp.plainServer()) {
            IocpSocketChannel client = new IocpSocketChannel(windows.calls(), null);
            client.config().setCloseTimeoutMillis(500);
            loops.next().register(client).sync();
            awaitDone(client.connect(address(plain)));
            try (Socket peer = plain.accept()) {
                assertThat(peer.isConnected()).isTrue();
                ByteBuf large = Unpooled.directBuffer(64 << 20).writeZero(64 << 20);
                ChannelFuture written = client.writeAndFlush(large);
                // Its own bound, not the default of 10 s.
                assertThat(client.close().await(9, TimeUnit.SECONDS)).isTrue();
                awaitDone(written);
                assertThat(written.cause()).isInstanceOf(IOException.class);
                assertThat(calls).containsExactly("linger 1 0", "closesocket");
                awaitNoOperations(loops);
                assertThat(large.refCnt()).isZero();
            }
        }
    }

    /** What was sent, and is told of behind the close, must not make it look like an end to the peer. */
    @Test
    void aCloseWithALingerOfZeroDoesNotEndTheStreamFirst() throws Exception {
        List<String> calls = Collections.synchronizedList(new ArrayList<>());
        ReplacedCalls windows = new ReplacedCalls()
                .on("shutdown", (real, arguments) -> {
                    calls.add("shutdown");
                    return real.call();
                })
                .on("closesocket", (real, arguments) -> {
                    calls.add("closesocket");
                    return real.call();
                });
        try (Loops loops = new Loops(1); ServerSocket plain = Tcp.plainServer()) {
            IocpSocketChannel client = new IocpSocketChannel(windows.calls(), null);
            client.config().setSoLinger(0);
            loops.next().register(client).sync();
            awaitDone(client.connect(address(plain)));
            try (Socket peer = plain.accept()) {
                assertThat(peer.isConnected()).isTrue();
                client.eventLoop().submit(() -> {
                    ChannelFuture _ = client.writeAndFlush(Unpooled.copyInt(42));
                    ChannelFuture _ = client.close();
                }).sync();
                awaitDone(client.closeFuture());
                assertThat(calls).containsExactly("closesocket");
                awaitNoOperations(loops);
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
            awaitDone(client.close());
            assertThat(reset.readToTheEnd()).isEqualTo("ConnectionResetError");

            LinuxPeer read = new LinuxPeer(whole);
            client = Tcp.connect(Tcp.client(loops, ChannelInboundHandlerAdapter::new), read.address());
            client.config().setOption(IocpChannelOption.CLOSE_TIMEOUT_MILLIS, Tcp.NEVER_MILLIS);
            ChannelFuture _ = client.writeAndFlush(Unpooled.directBuffer(64 << 20).writeZero(64 << 20));
            ChannelFuture closed = client.close();
            assertThat(read.readToTheEnd()).isEqualTo("end of stream after " + (64 << 20) + " bytes");
            awaitDone(closed);
        }
    }

    /** With NIO it is closed by the time that Netty looks whether it is active. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void anAcceptedConnectionThatIsClosedWhileItRegistersIsNotToldToBeActive(boolean inHandlerAdded) throws Exception {
        BlockingQueue<String> heard = new LinkedBlockingQueue<>();
        byte[] goodbye = Tcp.bytes(12, 1 << 20);
        try (Loops loops = new Loops(1)) {
            Channel server = Tcp.bind(new ServerBootstrap()
                    .group(loops.group())
                    .channel(IocpServerSocketChannel.class)
                    .childHandler(new ChannelInboundHandlerAdapter() {
                        @Override
                        public void handlerAdded(ChannelHandlerContext context) {
                            if (inHandlerAdded) {
                                close(context);
                            }
                        }

                        @Override
                        public void channelRegistered(ChannelHandlerContext context) {
                            heard.add("registered");
                            if (!inHandlerAdded) {
                                close(context);
                            }
                        }

                        private void close(ChannelHandlerContext context) {
                            var _ = context.read();
                            ChannelFuture _ = context.writeAndFlush(Unpooled.copiedBuffer(goodbye))
                                    .addListener(written -> heard.add("written " + written.isSuccess()));
                            ChannelFuture _ = context.close().addListener(closed -> heard.add("closed"));
                            ChannelFuture _ = context.writeAndFlush(Unpooled.copyInt(1))
                                    .addListener(written -> heard.add("late " + written.isSuccess()));
                        }

                        @Override
                        public void channelActive(ChannelHandlerContext context) {
                            heard.add("active");
                        }

                        @Override
                        public void channelInactive(ChannelHandlerContext context) {
                            heard.add("inactive");
                        }

                        @Override
                        public void channelUnregistered(ChannelHandlerContext context) {
                            heard.add("unregistered");
                        }
                    }));
            try (Socket peer = Tcp.plainClient(Tcp.address(server))) {
                assertThat(peer.getInputStream().readAllBytes()).isEqualTo(goodbye);
            }
            List<String> events = new ArrayList<>();
            while (!events.contains("unregistered")) {
                events.add(heard.poll(Tcp.SECONDS, TimeUnit.SECONDS));
            }
            assertThat(events)
                    .startsWith("registered")
                    .endsWith("inactive", "unregistered")
                    .containsExactlyInAnyOrder(
                            "registered", "written true", "late false", "closed", "inactive", "unregistered");
            server.close().sync();
            awaitNoOperations(loops);
        }
    }

    /** A channel gives its slots back right after its close future. */
    private static void awaitNoOperations(Loops loops) throws Exception {
        while (loops.operations() > 0) {
            Thread.sleep(10);
        }
    }

    @Test
    void aResetWhileWritingFailsTheWriteAndClosesTheChannel() throws Exception {
        try (Loops loops = new Loops(1); ServerSocket plain = Tcp.plainServer()) {
            Channel client = Tcp.connect(
                    Tcp.client(loops, ChannelInboundHandlerAdapter::new), address(plain));
            ChannelFuture written;
            try (Socket peer = plain.accept()) {
                written = client.writeAndFlush(Unpooled.directBuffer(64 << 20).writeZero(64 << 20));
                assertThat(peer.getInputStream().read()).isZero();
                peer.setSoLinger(true, 0);
            }
            awaitDone(written);
            assertThat(written.cause()).isInstanceOf(IOException.class);
            awaitDone(client.closeFuture());
            awaitNoOperations(loops);
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
            Tcp.await(client.connect(address(plain)));
            try (Socket peer = plain.accept()) {
                peer.setSoLinger(true, 0);
            }
            while (ToldResets.ends(Sockets.of(client).handle()) == 0) {
                Thread.sleep(1);
            }
            if (reads) {
                client.read();
            }
            awaitDone(client.closeFuture());
            assertThat(heard.poll()).isInstanceOf(SocketException.class).hasMessageContaining("10054");
            assertThat(heard).isEmpty();
            awaitNoOperations(loops);
        }
    }

    @Test
    void eachSideMayEndItsHalf() throws Exception {
        try (Loops loops = new Loops(1); ServerSocket plain = Tcp.plainServer()) {
            CountDownLatch inputEnded = new CountDownLatch(1);
            Channel client = Tcp.connect(Tcp.client(loops, () -> new ChannelInboundHandlerAdapter() {
                @Override
                public void userEventTriggered(ChannelHandlerContext context, Object event) {
                    if (event instanceof ChannelInputShutdownEvent) {
                        inputEnded.countDown();
                    }
                }
            }).option(ChannelOption.ALLOW_HALF_CLOSURE, true), address(plain));
            try (Socket peer = plain.accept()) {
                peer.setSoTimeout((int) TimeUnit.SECONDS.toMillis(Tcp.SECONDS));
                peer.shutdownOutput();
                assertThat(inputEnded.await(Tcp.SECONDS, TimeUnit.SECONDS)).isTrue();
                byte[] answer = Tcp.bytes(7, 300_000);
                ChannelFuture written = client.writeAndFlush(Unpooled.wrappedBuffer(answer));
                ChannelFuture ended = ((SocketChannel) client).shutdownOutput();
                InputStream in = peer.getInputStream();
                assertThat(in.readAllBytes()).isEqualTo(answer);
                awaitDone(written);
                awaitDone(ended);
                assertThat(written.isSuccess()).isTrue();
                assertThat(ended.isSuccess()).isTrue();
                assertThat(client.isOpen()).isTrue();
                awaitDone(client.close());
            }
        }
    }

    @Test
    void aHandlerThatClosesAtTheEndOfTheInputHearsNoMoreOfIt() throws Exception {
        BlockingQueue<Object> heard = new LinkedBlockingQueue<>();
        try (Loops loops = new Loops(1); ServerSocket plain = Tcp.plainServer()) {
            Channel client = Tcp.connect(Tcp.client(loops, () -> new ChannelInboundHandlerAdapter() {
                @Override
                public void userEventTriggered(ChannelHandlerContext context, Object event) {
                    heard.add(event);
                    ChannelFuture _ = context.close();
                }
            }).option(ChannelOption.ALLOW_HALF_CLOSURE, true), address(plain));
            try (Socket peer = plain.accept()) {
                peer.shutdownOutput();
                awaitDone(client.closeFuture());
                assertThat(heard).containsExactly(ChannelInputShutdownEvent.INSTANCE);
            }
        }
    }

    @Test
    void aChannelThatIsNotConnectedHasNoHalvesToEnd() throws Exception {
        try (Loops loops = new Loops(1)) {
            SocketChannel channel = new IocpSocketChannel();
            awaitDone(loops.next().register(channel));
            for (ChannelFuture ended : List.of(channel.shutdownInput(), channel.shutdownOutput())) {
                awaitDone(ended);
                assertThat(ended.cause()).isInstanceOf(NotYetConnectedException.class);
            }
            assertThat(channel.isOpen()).isTrue();
            awaitDone(channel.close());
            ChannelFuture late = channel.shutdownInput();
            awaitDone(late);
            assertThat(late.cause()).isInstanceOf(ClosedChannelException.class);
        }
    }

    @Test
    void aRefusedConnectSaysWhoRefusedAndClosesTheChannel() throws Exception {
        try (Loops loops = new Loops(1)) {
            InetSocketAddress nobody;
            try (ServerSocket plain = Tcp.plainServer()) {
                nobody = address(plain);
            }
            ChannelFuture refused = Tcp.client(loops, ChannelInboundHandlerAdapter::new).connect(nobody);
            awaitDone(refused);
            assertThat(refused.cause()).isInstanceOf(ConnectException.class).hasMessageContaining("ConnectEx");
            awaitDone(refused.channel().closeFuture());

            awaitNoOperations(loops);
        }
    }

    /** Under Wine, where the system drops what does not fit into the backlog; Windows would refuse it. */
    @Test
    void connectsToAFullBacklogTimeOutOrAreCancelled() throws Exception {
        try (Loops loops = new Loops(1); ServerSocket full = new ServerSocket(0, 1, Tcp.loopback())) {
            List<Channel> fillers = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                fillers.add(Tcp.client(loops, ChannelInboundHandlerAdapter::new).connect(address(full)).channel());
            }
            ChannelFuture late = Tcp.client(loops, ChannelInboundHandlerAdapter::new)
                    .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, 500)
                    .connect(address(full));
            awaitDone(late);
            assertThat(late.cause()).isInstanceOf(ConnectTimeoutException.class);
            awaitDone(late.channel().closeFuture());

            Channel cancelled = Tcp.client(loops, ChannelInboundHandlerAdapter::new).register().sync().channel();
            ChannelFuture given = cancelled.connect(address(full));
            // One that is cancelled before it has begun leaves the channel as it is.
            cancelled.eventLoop().submit(() -> {}).sync();
            assertThat(given.cancel(false)).isTrue();
            awaitDone(cancelled.closeFuture());
            for (Channel filler : fillers) {
                awaitDone(filler.close());
            }
            awaitNoOperations(loops);
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
                        awaitDone(client.close());
                        assertThat(first.isSuccess() && second.isSuccess()).as("what was flushed has left").isTrue();
                    }
                    case 1 -> {
                        client.config().setOption(ChannelOption.SO_LINGER, 0);
                        awaitDone(client.close());
                    }
                    case 2 -> {
                        awaitDone(client.deregister());
                        awaitDone(client.close());
                    }
                    case 3 -> {
                        awaitDone(client.deregister());
                        awaitDone(loop.register(client));
                        ChannelFuture third = client.writeAndFlush(Unpooled.directBuffer().writeZero(500));
                        awaitDone(((SocketChannel) client).shutdownOutput());
                        assertThat(third.isSuccess()).isTrue();
                        awaitDone(client.close());
                    }
                    case 4 -> {
                        ChannelFuture never = client.write(Unpooled.directBuffer().writeZero(100));
                        never.cancel(false);
                        client.flush();
                        ChannelFuture _ = client.deregister();
                        awaitDone(client.close());
                        awaitDone(never);
                    }
                    case 5 -> {
                        ChannelFuture connecting = Tcp.client(loops, ChannelInboundHandlerAdapter::new)
                                .connect(Tcp.address(server));
                        connecting.cancel(false);
                        awaitDone(connecting.channel().close());
                        awaitDone(client.close());
                    }
                    default -> {
                        awaitDone(((SocketChannel) client).shutdownOutput());
                        assertThat(first.isSuccess() && second.isSuccess()).isTrue();
                        awaitDone(client.close());
                    }
                }
                awaitDone(first);
                awaitDone(second);
            }
            awaitDone(server.close());
            // The accepted sides end when they see the end of their peers.
            awaitNoOperations(loops);
            leaks.assertNone();
        }
    }

    @Test
    void aLoopThatEndsWithOperationsInFlightGivesAllBack() throws Exception {
        try (Loops loops = new Loops(1); ServerSocket plain = Tcp.plainServer()) {
            Channel client = Tcp.connect(
                    Tcp.client(loops, ChannelInboundHandlerAdapter::new), address(plain));
            try (Socket peer = plain.accept()) {
                assertThat(peer.isConnected()).isTrue();
                ByteBuf large = Unpooled.directBuffer(64 << 20).writeZero(64 << 20);
                ChannelFuture written = client.writeAndFlush(large);
                assertThat(loops.group()
                        .shutdownGracefully(0, 1, TimeUnit.SECONDS)
                        .await(Tcp.SECONDS, TimeUnit.SECONDS)).isTrue();
                awaitDone(written);
                assertThat(written.cause()).isInstanceOfAny(ClosedChannelException.class, IOException.class);
                assertThat(large.refCnt()).isZero();
            }
        }
    }

    /** It waited for the peer until the loop took no tasks any more. */
    @Test
    void handlersHearOfTheEndOfAConnectionThatEndsWithItsLoop() throws Exception {
        BlockingQueue<String> heard = new LinkedBlockingQueue<>();
        IocpIoHandlerConfig hasty = new IocpIoHandlerConfig().shutdownTimeoutMillis(100);
        try (Loops loops = new Loops(1, hasty); ServerSocket plain = Tcp.plainServer()) {
            Channel client = Tcp.connect(Tcp.client(loops, () -> new ChannelInboundHandlerAdapter() {
                @Override
                public void channelInactive(ChannelHandlerContext context) {
                    heard.add("inactive");
                }

                @Override
                public void channelUnregistered(ChannelHandlerContext context) {
                    heard.add("unregistered");
                    context.fireChannelUnregistered();
                }

                @Override
                public void handlerRemoved(ChannelHandlerContext context) {
                    heard.add("removed");
                }
            }), address(plain));
            try (Socket peer = plain.accept()) {
                assertThat(peer.isConnected()).isTrue();
                ByteBuf large = Unpooled.directBuffer(64 << 20).writeZero(64 << 20);
                ChannelFuture written = client.writeAndFlush(large);
                assertThat(loops.group()
                        .shutdownGracefully(0, 1, TimeUnit.SECONDS)
                        .await(Tcp.SECONDS, TimeUnit.SECONDS)).isTrue();
                awaitDone(written);
                assertThat(heard).containsExactly("inactive", "unregistered", "removed");
            }
        }
    }
}
