// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.iocp;

import dev.ringport.ffm.NativeCalls;
import dev.ringport.ffm.NativeMemory;
import dev.ringport.iocp.abi.Osversioninfoexw;
import dev.ringport.iocp.abi.WindowsCalls;
import dev.ringport.iocp.abi.WindowsErrors;
import dev.ringport.iocp.abi.WinsockConstants;
import dev.ringport.iocp.loop.CompletionPort;
import dev.ringport.iocp.loop.Features;
import dev.ringport.iocp.loop.Features.Feature;
import dev.ringport.iocp.loop.OverlappedSocket;
import dev.ringport.testkit.Udp;
import dev.ringport.testkit.Udp.Peer;
import dev.ringport.testkit.Udp.Recorder;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.AbstractChannel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.DefaultFileRegion;
import io.netty.channel.EventLoop;
import io.netty.channel.FileRegion;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.socket.DatagramPacket;
import io.netty.channel.socket.SocketProtocolFamily;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Sockets that come to another port: when that is believed, and what goes on there. Wine moves none. */
@EnabledOnOs(OS.WINDOWS)
@Timeout(60)
class MovedSocketTest {
    private static final int VER_NT_SERVER = 3;

    @AutoClose
    private final MovablePorts ports = new MovablePorts();

    private static Feature moving(ReplacedCalls calls) {
        return Features.find(calls.calls()).moving();
    }

    @Test
    void itIsBelievedWherePacketsComeToTheNewPort() {
        assertThat(moving(ports.calls)).hasToString("on");
    }

    @Test
    void itIsNotBelievedWherePacketsStayAtTheOldPort() {
        // Wine's sockets stay where they are.
        ReplacedCalls calls = new ReplacedCalls().on("ntSetInformationFile", (real, arguments) -> 0);
        assertThat(moving(calls)).hasToString("off (no packet of a datagram socket that moved)");
    }

    /** A machine that stands still while the packets are waited for must not keep channels at their loops for good. */
    @Test
    void packetsThatDoNotComeInTimeAreWaitedForAgain() {
        ReplacedCalls calls = ports.calls;
        ReplacedCalls.Answer move = calls.answer("ntSetInformationFile");
        AtomicInteger moves = new AtomicInteger();
        calls.on("ntSetInformationFile",
                (real, arguments) -> moves.getAndIncrement() == 0 ? 0 : move.to(real, arguments));
        assertThat(moving(calls)).hasToString("on");
    }

    @Test
    void itIsNotBelievedWhereCallsThatEndAtOncePostPacketsAfterIt() {
        AtomicBoolean moved = new AtomicBoolean();
        ReplacedCalls calls = ports.calls;
        ReplacedCalls.Answer move = calls.answer("ntSetInformationFile");
        calls.on("ntSetInformationFile", (real, arguments) -> {
            moved.set(true);
            return move.to(real, arguments);
        }).on("wsaSend", (real, arguments) -> {
            int result = (int) real.call();
            if (moved.get() && result == 0) {
                // As if the modes had not come along.
                ports.packet((Long) arguments[1], (Long) arguments[6]);
            }
            return result;
        });
        assertThat(moving(calls).toString()).startsWith("off (a packet too many of a datagram socket that moved");
    }

    @Test
    void itIsNotBelievedWherePacketsComeToBothPorts() {
        ReplacedCalls calls = ports.calls;
        List<Long> made = new CopyOnWriteArrayList<>();
        ReplacedCalls.Answer make = calls.answer("createIoCompletionPort");
        AtomicBoolean moved = new AtomicBoolean();
        ReplacedCalls.Answer move = calls.answer("ntSetInformationFile");
        calls.on("createIoCompletionPort", (real, arguments) -> {
            Object port = make.to(real, arguments);
            made.add((Long) port);
            return port;
        }).on("ntSetInformationFile", (real, arguments) -> {
            moved.set(true);
            return move.to(real, arguments);
        }).on("wsaRecv", (real, arguments) -> {
            if (moved.get()) {
                assertThat(WindowsCalls.system().kernel32().postQueuedCompletionStatus(
                        NativeCalls.threadCapture(), made.getFirst(), 0, 0, (Long) arguments[7])).isZero();
            }
            return real.call();
        });
        assertThat(moving(calls)).hasToString("off (a packet of a datagram socket that moved came to the other port)");
    }

    @Test
    void theModesAreSetAgainAfterEachMove() throws Exception {
        List<String> seen = new CopyOnWriteArrayList<>();
        ReplacedCalls calls = ports.calls;
        ReplacedCalls.Answer move = calls.answer("ntSetInformationFile");
        AtomicBoolean refuse = new AtomicBoolean();
        calls.on("ntSetInformationFile", (real, arguments) -> {
            seen.add("move");
            return move.to(real, arguments);
        }).on("setFileCompletionNotificationModes", (real, arguments) -> {
            seen.add("modes");
            return refuse.get() ? -WindowsErrors.WSAENOBUFS : real.call();
        });
        try (Loops loops = new Loops(2)) {
            CompletionPort first = loops.handlers().getFirst().loop().port();
            CompletionPort second = loops.handlers().getLast().loop().port();
            for (boolean stream : new boolean[]{true, false}) {
                seen.clear();
                OverlappedSocket socket = OverlappedSocket.open(calls.calls(), false, stream);
                try {
                    socket.attach(first);
                    socket.attach(first);
                    socket.attach(second);
                    socket.attach(first);
                    assertThat(seen).containsExactly("modes", "move", "modes", "move", "modes");
                    assertThat(socket.skipsPackets()).isTrue();
                    refuse.set(true);
                    assertThatThrownBy(() -> socket.attach(second)).isInstanceOf(IOException.class)
                            .hasMessageContaining("SetFileCompletionNotificationModes");
                    refuse.set(false);
                    socket.attach(second);
                    assertThat(seen).endsWith("move", "modes", "modes");
                    assertThat(socket.skipsPackets()).isTrue();
                } finally {
                    socket.close();
                }
            }
        }
    }

    /** Loops move channels: on a Windows whose packets stay away it takes seconds to know whether they can. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void noLoopWaitsUntilItIsKnown(boolean moves) throws Exception {
        CountDownLatch probing = new CountDownLatch(1);
        CountDownLatch mayMove = new CountDownLatch(1);
        ReplacedCalls.Answer move = ports.calls.answer("ntSetInformationFile");
        ports.calls.on("ntSetInformationFile", (real, arguments) -> {
            probing.countDown();
            assertThat(mayMove.await(Tcp.SECONDS, TimeUnit.SECONDS)).isTrue();
            return moves ? move.to(real, arguments) : MovablePorts.STATUS_INVALID_PARAMETER;
        });
        WindowsCalls calls = ports.calls.calls();
        try (ServerSocket server = new ServerSocket(0, 1, Tcp.loopback());
                Loops loops = new Loops(2, new IocpIoHandlerConfig().calls(calls))) {
            EventLoop own = loops.next();
            EventLoop other = loops.next();
            List<AbstractChannel> channels = List.of(
                    new IocpDatagramChannel(calls, SocketProtocolFamily.INET),
                    new IocpSocketChannel(calls, SocketProtocolFamily.INET));
            for (AbstractChannel channel : channels) {
                Udp.await(own.register(channel));
            }
            Udp.await(channels.getLast().connect(server.getLocalSocketAddress()));
            List<ChannelFuture> left = new ArrayList<>();
            for (AbstractChannel channel : channels) {
                left.add(channel.deregister());
            }
            assertThat(probing.await(Tcp.SECONDS, TimeUnit.SECONDS)).isTrue();
            for (int i = 0; i < 3; i++) {
                own.submit(() -> {}).get(Tcp.SECONDS / 3, TimeUnit.SECONDS);
            }
            assertThat(left).noneMatch(ChannelFuture::isDone);
            assertThat(channels).allMatch(AbstractChannel::isRegistered);
            mayMove.countDown();
            for (ChannelFuture each : left) {
                Udp.await(each);
                AbstractChannel channel = (AbstractChannel) each.channel();
                // By a loop, which does not wait either.
                CompletableFuture<ChannelFuture> asked = new CompletableFuture<>();
                own.execute(() -> asked.complete(other.register(channel)));
                ChannelFuture registered = asked.get(Tcp.SECONDS, TimeUnit.SECONDS);
                if (moves) {
                    Udp.await(registered);
                    assertThat(channel.eventLoop()).isSameAs(other);
                } else {
                    assertThat(Udp.failure(registered)).isInstanceOf(UnsupportedOperationException.class);
                    assertThat(channel.isOpen()).isTrue();
                }
                Udp.await(channel.close());
            }
        } finally {
            mayMove.countDown();
        }
    }

    @Test
    void aDatagramChannelGoesOnAtAnotherLoop() throws Exception {
        Recorder recorder = new Recorder();
        try (Udp<?> udp = new Udp<>(IocpTransport.INSTANCE);
                Loops loops = new Loops(2, new IocpIoHandlerConfig().calls(ports.calls.calls()))) {
            Peer peer = udp.peer();
            EventLoop own = loops.next();
            var bound = new Bootstrap().group(own)
                    .channelFactory(() -> new IocpDatagramChannel(ports.calls.calls(), SocketProtocolFamily.INET))
                    .handler(recorder)
                    .bind(Udp.INET);
            Udp.await(bound);
            IocpDatagramChannel channel = (IocpDatagramChannel) bound.channel();
            for (int i = 0; i < 6; i++) {
                peer.send(Udp.numbered(i, 30), channel.localAddress());
                assertThat(recorder.takeBytes()).isEqualTo(Udp.numbered(i, 30));
                Udp.await(channel.writeAndFlush(new DatagramPacket(Udp.direct(Udp.numbered(i, 20)), peer.address())));
                assertThat(peer.receive().content()).isEqualTo(Udp.numbered(i, 20));
                Udp.await(channel.deregister());
                Udp.await(loops.next().register(channel));
            }
            Udp.await(channel.close());
            assertThat(recorder.errors).isEmpty();
        }
    }

    @Test
    void aConnectionGoesOnAtAnotherLoop() throws Exception {
        AtomicInteger registrations = new AtomicInteger();
        try (ServerSocket server = new ServerSocket(0, 1, Tcp.loopback());
                Loops loops = new Loops(2, new IocpIoHandlerConfig().calls(ports.calls.calls()))) {
            var connected = new Bootstrap().group(loops.next())
                    .channelFactory(() -> new IocpSocketChannel(ports.calls.calls(), SocketProtocolFamily.INET))
                    .handler(new SimpleChannelInboundHandler<ByteBuf>() {
                        @Override
                        public void channelRegistered(ChannelHandlerContext context) {
                            registrations.incrementAndGet();
                        }

                        @Override
                        protected void channelRead0(ChannelHandlerContext context, ByteBuf message) {
                            ChannelFuture _ = context.writeAndFlush(message.retain());
                        }
                    })
                    .connect(Tcp.address(server));
            Udp.await(connected);
            IocpSocketChannel channel = (IocpSocketChannel) connected.channel();
            try (Socket peer = server.accept()) {
                for (int i = 0; i < 6; i++) {
                    peer.getOutputStream().write(new byte[]{1, 2, (byte) i});
                    assertThat(peer.getInputStream().readNBytes(3)).containsExactly(1, 2, i);
                    Udp.await(channel.deregister());
                    Udp.await(loops.next().register(channel));
                }
                Udp.await(channel.writeAndFlush(Unpooled.copiedBuffer(new byte[]{9})));
                assertThat(peer.getInputStream().read()).isEqualTo(9);
                Udp.await(channel.close());
            }
            assertThat(registrations).hasValue(7);
        }
    }

    /** A file on its way over a connection between two loops. The peer reads from when the connection begins to leave one. */
    private final class MovingFile implements AutoCloseable {
        final ChannelFuture written;
        private final byte[] content;
        private final Path file = Files.createTempFile("file", null);
        private final FileRegion region;
        private final ServerSocket server = Tcp.plainServer();
        private final Loops loops = new Loops(2, new IocpIoHandlerConfig().calls(ports.calls.calls()));
        private final IocpSocketChannel channel;
        private final Socket peer;
        private final CountDownLatch leaving = new CountDownLatch(1);
        private final CompletableFuture<byte[]> read;

        MovingFile(byte[] content) throws IOException {
            this.content = content;
            Files.write(file, content);
            region = new DefaultFileRegion(file.toFile(), 0, content.length);
            var connected = new Bootstrap().group(loops.next())
                    .channelFactory(() -> new IocpSocketChannel(ports.calls.calls(), SocketProtocolFamily.INET))
                    .handler(new ChannelInboundHandlerAdapter())
                    .connect(Tcp.address(server));
            Udp.await(connected);
            channel = (IocpSocketChannel) connected.channel();
            // The first to leave a loop waits until it is known whether sockets move.
            Udp.await(channel.deregister());
            registerAtTheOther();
            peer = server.accept();
            read = CompletableFuture.supplyAsync(() -> {
                try {
                    assertThat(leaving.await(Tcp.SECONDS, TimeUnit.SECONDS)).isTrue();
                    return peer.getInputStream().readNBytes(content.length);
                } catch (InterruptedException | IOException failed) {
                    throw new AssertionError(failed);
                }
            });
            written = channel.writeAndFlush(region);
        }

        /** It is at no loop then: what has not left leaves at the next. */
        void deregister() {
            ChannelFuture left = channel.deregister();
            leaving.countDown();
            Udp.await(left);
        }

        void registerAtTheOther() {
            EventLoop other = loops.next();
            assertThat(other).isNotSameAs(channel.eventLoop());
            Udp.await(other.register(channel));
        }

        void arrivesWhole() throws Exception {
            assertThat(Arrays.equals(read.get(Tcp.SECONDS, TimeUnit.SECONDS), content)).isTrue();
            Udp.await(written);
            Udp.await(channel.close());
            assertThat(region.refCnt()).isZero();
        }

        @Override
        public void close() throws IOException {
            leaving.countDown();
            peer.close();
            server.close();
            loops.close();
            Files.delete(file);
        }
    }

    /** The edition of Windows from now on: a server's, or a workstation's. */
    private void edition(boolean serverEdition) {
        ports.calls.on("rtlGetVersion", (real, arguments) -> {
            Object status = real.call();
            Osversioninfoexw.wProductType(
                    NativeMemory.at((long) arguments[0], Osversioninfoexw.BYTES), 0,
                    serverEdition ? VER_NT_SERVER : WinsockConstants.VER_NT_WORKSTATION);
            return status;
        });
    }

    /** Opened by the worker that would read it, or before {@code TransmitFile}. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aFileThatHangsHoldsUpNoDeregistrationAndIsSentAtTheNextLoop(boolean serverEdition) throws Exception {
        edition(serverEdition);
        CountDownLatch opening = new CountDownLatch(1);
        CountDownLatch mayOpen = new CountDownLatch(1);
        ports.calls.on("createFileW", (real, arguments) -> {
            opening.countDown();
            assertThat(mayOpen.await(Tcp.SECONDS, TimeUnit.SECONDS)).isTrue();
            return real.call();
        });
        try (MovingFile file = new MovingFile(Tcp.bytes(70, 700_000))) {
            assertThat(opening.await(Tcp.SECONDS, TimeUnit.SECONDS)).isTrue();
            file.deregister();
            assertThat(file.written.isDone()).isFalse();
            file.registerAtTheOther();
            mayOpen.countDown();
            file.arrivesWhole();
        } finally {
            mayOpen.countDown();
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aFileArrivesWholeHoweverOftenItsConnectionMoves(boolean serverEdition) throws Exception {
        edition(serverEdition);
        int movesOnItsWay = 0;
        // More than the system takes before the peer reads.
        try (MovingFile file = new MovingFile(Tcp.bytes(71, 12_000_000))) {
            do {
                file.deregister();
                if (!file.written.isDone()) {
                    movesOnItsWay++;
                }
                file.registerAtTheOther();
            } while (!file.written.isDone());
            file.arrivesWhole();
        }
        assertThat(movesOnItsWay).isPositive();
    }
}
