// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.iocp;

import dev.ringport.ffm.NativeMemory;
import dev.ringport.iocp.IocpCounters.Counter;
import dev.ringport.iocp.abi.OverlappedEntry;
import dev.ringport.iocp.abi.WindowsErrors;
import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/** Accepts that fail as they do on Windows, where Wine lets them succeed. */
@EnabledOnOs(OS.WINDOWS)
@Timeout(180)
class AcceptFaultTest {
    private static final int WSAEINVAL = 10022;
    private static final int WSAEMFILE = 10024;
    /** Where {@code Internal}, the {@code NTSTATUS}, stands in a packet. */
    private static final long STATUS = 2L * Long.BYTES;

    private final ReplacedCalls calls = new ReplacedCalls();
    private final Accepted accepted = new Accepted();

    private Loops loops() {
        return new Loops(1, new IocpIoHandlerConfig().calls(calls.calls()));
    }

    /** Its accepts are posted: what connects from now on completes one of them. */
    private Channel bind(Loops loops) throws Exception {
        Channel server = Tcp.bind(accepted.server(loops, () -> new IocpServerSocketChannel(calls.calls(), null)));
        server.eventLoop().submit(() -> {}).sync();
        return server;
    }

    private static long count(Channel server, Counter counter) {
        IocpCounters counters = ((IocpServerSocketChannel) server).counters();
        assertThat(counters).isNotNull();
        return counters.get(counter);
    }

    private static void close(Loops loops, Channel server) throws Exception {
        server.close().sync();
        loops.awaitNoOperations();
    }

    @Test
    void connectionsThatWereResetMeanwhileAreSkipped() throws Exception {
        AtomicInteger refusals = new AtomicInteger(5);
        calls.on("acceptEx", (real,
                arguments) -> refusals.getAndDecrement() > 0 ? (Object) (-WindowsErrors.WSAECONNRESET) : real.call());
        try (Loops loops = loops()) {
            Channel server = bind(loops);
            Accepted.greeted(Accepted.clients(server, 20));
            assertThat(count(server, Counter.ACCEPTS_FAILED)).isEqualTo(5);
            assertThat(count(server, Counter.ACCEPTED)).isEqualTo(20);
            assertThat(accepted.failures).isEmpty();
            close(loops, server);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {
        // Reset, the local and remote side ended it, the peer never finished its handshake.
        0xC000020D, 0xC000013B, 0xC0000241, 0xC00000B5})
    void acceptsThatWindowsEndsWithAPeersErrorAreMadeAgain(int status) throws Exception {
        Set<Long> overlapped = ConcurrentHashMap.newKeySet();
        AtomicInteger failures = new AtomicInteger(3);
        calls.on("acceptEx", (real, arguments) -> {
            overlapped.add((Long) arguments[8]);
            return real.call();
        }).on("getQueuedCompletionStatusEx", (real, arguments) -> {
            int packets = (Integer) real.call();
            MemorySegment entries = NativeMemory.at((Long) arguments[2], Math.max(0, packets) * OverlappedEntry.BYTES);
            for (int i = 0; i < packets; i++) {
                long base = i * OverlappedEntry.BYTES;
                if (overlapped.contains(OverlappedEntry.lpOverlapped(entries, base))
                        && failures.getAndDecrement() > 0) {
                    entries.set(ValueLayout.JAVA_INT, base + STATUS, status);
                }
            }
            return packets;
        });
        try (Loops loops = loops()) {
            Channel server = bind(loops);
            // Their sockets are closed: the accept has failed.
            for (Socket gone : Accepted.clients(server, 3)) {
                gone.close();
            }
            Accepted.greeted(Accepted.clients(server, 10));
            assertThat(count(server, Counter.ACCEPTS_FAILED)).isEqualTo(3);
            assertThat(accepted.failures).isEmpty();
            close(loops, server);
        }
    }

    @Test
    void noAcceptIsPostedThatNobodyAskedFor() throws Exception {
        AtomicInteger posted = new AtomicInteger();
        calls.on("acceptEx", (real, arguments) -> {
            posted.incrementAndGet();
            return real.call();
        });
        try (Loops loops = loops()) {
            Channel server = Tcp.bind(accepted.server(loops, () -> new IocpServerSocketChannel(calls.calls(), null))
                    .option(ChannelOption.AUTO_READ, false));
            for (int reads = 0; reads < 4; reads++) {
                // What runs on the loop from here on comes after whatever the read or the connection has led to.
                server.eventLoop().submit(() -> assertThat(accepted.events).isEmpty()).sync();
                assertThat(posted.get()).isEqualTo(reads);
                server.read();
                Accepted.greeted(Accepted.clients(server, 1));
                assertThat(accepted.next()).isEqualTo(Accepted.CONNECTION);
                assertThat(accepted.next()).isEqualTo(Accepted.COMPLETE);
            }
            server.config().setAutoRead(true);
            Accepted.greeted(Accepted.clients(server, 1));
            assertThat(posted.get()).isBetween(4 + 16, 4 + 16 + 1);
            close(loops, server);
        }
    }

    @Test
    void withoutSocketsThePipelineHearsOfItAndAcceptsGoOnLater() throws Exception {
        AtomicInteger refusals = new AtomicInteger(2);
        AtomicInteger made = new AtomicInteger();
        calls.on("wsaSocketW", (real, arguments) -> {
            // The first is the listener.
            boolean refused = made.getAndIncrement() > 0 && refusals.getAndDecrement() > 0;
            return refused ? (Object) (long) -WSAEMFILE : real.call();
        });
        try (Loops loops = loops()) {
            Channel server = bind(loops);
            Throwable heard = accepted.failures.poll(Tcp.SECONDS, TimeUnit.SECONDS);
            assertThat(heard).isInstanceOf(java.net.SocketException.class).hasMessageContaining("WSAEMFILE");
            Accepted.greeted(Accepted.clients(server, 20));
            close(loops, server);
        }
    }

    /** Each failure doubles the pause: a handful of calls a second, where a server that spins makes thousands. */
    @Test
    void serverWithoutSocketsDoesNotSpin() throws Exception {
        AtomicLong attempts = new AtomicLong();
        AtomicInteger made = new AtomicInteger();
        calls.on("wsaSocketW", (real, arguments) -> {
            if (made.getAndIncrement() == 0) {
                return real.call();
            }
            attempts.incrementAndGet();
            return (long) -WindowsErrors.WSAENOBUFS;
        });
        try (Loops loops = loops()) {
            long start = System.nanoTime();
            Channel server = Tcp.await(new io.netty.bootstrap.Bootstrap()
                    .group(loops.group())
                    .channelFactory(() -> new IocpServerSocketChannel(calls.calls(), null))
                    .handler(accepted)
                    .bind(new InetSocketAddress(Tcp.loopback(), 0)));
            for (int i = 0; i < 8; i++) {
                assertThat(accepted.failures.poll(Tcp.SECONDS, TimeUnit.SECONDS)).isNotNull();
            }
            // 1, 2, 4 and so on: eight attempts are 127 ms of pauses at the least.
            long pauses = 0;
            for (long i = 1; i < attempts.get(); i++) {
                pauses += 1L << Math.min(i - 1, 10);
            }
            assertThat(pauses).isGreaterThanOrEqualTo(127);
            assertThat(System.nanoTime() - start).isGreaterThan(TimeUnit.MILLISECONDS.toNanos(pauses * 3 / 4));
            close(loops, server);
        }
    }

    @Test
    void acceptsThatFailTogetherAreToldOnceAndPausedForOnce() throws Exception {
        AtomicInteger refusals = new AtomicInteger(16);
        calls.on("acceptEx", (real,
                arguments) -> refusals.getAndDecrement() > 0 ? (Object) (-WindowsErrors.WSAENOBUFS) : real.call());
        try (Loops loops = loops()) {
            Channel server = bind(loops);
            Accepted.greeted(Accepted.clients(server, 20));
            assertThat(count(server, Counter.ACCEPTS_FAILED)).isEqualTo(16);
            assertThat(accepted.failures).hasSize(1);
            close(loops, server);
        }
    }

    @Test
    void longQueuesAreAskedForAsHintsAndPlainlyWhereThoseAreRefused() throws Exception {
        List<Integer> asked = new CopyOnWriteArrayList<>();
        AtomicBoolean hints = new AtomicBoolean(true);
        calls.on("listen", (real, arguments) -> {
            asked.add((Integer) arguments[2]);
            return (Integer) arguments[2] < 0 && !hints.get() ? (Object) (-WSAEINVAL) : real.call();
        });
        try (Loops loops = loops()) {
            for (int backlog : new int[]{200, 201, 1_000_000, Integer.MAX_VALUE}) {
                listensFor(backlog, loops);
            }
            hints.set(false);
            listensFor(500, loops);
        }
        assertThat(asked).containsExactly(200, -201, -65_535, Integer.MAX_VALUE, -500, 500);
    }

    @Test
    void aQueueOfNoLengthIsThatOfNio() throws Exception {
        List<Integer> asked = new CopyOnWriteArrayList<>();
        calls.on("listen", (real, arguments) -> {
            asked.add((Integer) arguments[2]);
            return real.call();
        });
        try (Loops loops = loops()) {
            listensFor(0, loops);
            listensFor(1, loops);
        }
        assertThat(asked).containsExactly(50, 1);
    }

    /** As when a driver cancels them: it is a failure, and no reason to post the next at once. */
    @Test
    void acceptsThatOthersCancelAreFailures() throws Exception {
        AtomicInteger refusals = new AtomicInteger(16);
        calls.on("acceptEx", (real, arguments) -> refusals.getAndDecrement() > 0
                ? (Object) (-WindowsErrors.WSA_OPERATION_ABORTED)
                : real.call());
        try (Loops loops = loops()) {
            Channel server = bind(loops);
            assertThat(accepted.failures.poll(Tcp.SECONDS, TimeUnit.SECONDS))
                    .isInstanceOf(java.net.SocketException.class)
                    .hasMessageContaining("WSA_OPERATION_ABORTED");
            Accepted.greeted(Accepted.clients(server, 20));
            // Netty's acceptor pauses when it hears of the first, so the others are cancelled by this side too.
            assertThat(count(server, Counter.ACCEPTS_FAILED)).isOne();
            assertThat(accepted.failures).isEmpty();
            server.config().setAutoRead(false);
            server.config().setAutoRead(true);
            Accepted.greeted(Accepted.clients(server, 20));
            assertThat(count(server, Counter.ACCEPTS_FAILED)).isOne();
            assertThat(accepted.failures).isEmpty();
            close(loops, server);
        }
    }

    private void listensFor(int backlog, Loops loops) throws Exception {
        Channel server = Tcp.bind(new Accepted().server(loops, () -> new IocpServerSocketChannel(calls.calls(), null))
                .option(ChannelOption.SO_BACKLOG, backlog));
        Accepted.greeted(Accepted.clients(server, 1));
        close(loops, server);
    }

    @Test
    void withoutTheListenersContextAConnectionIsNotHandedUp() throws Exception {
        AtomicInteger refusals = new AtomicInteger(1);
        calls.on("setsockopt", (real, arguments) -> {
            boolean update = (Integer) arguments[3] == dev.ringport.iocp.abi.WinsockConstants.SO_UPDATE_ACCEPT_CONTEXT;
            return update && refusals.getAndDecrement() > 0
                    ? (Object) (-WindowsErrors.WSAENOTSOCK)
                    : real.call();
        });
        try (Loops loops = loops()) {
            Channel server = bind(loops);
            try (Socket gone = Accepted.clients(server, 1).getFirst()) {
                assertThat(endOf(gone)).isEqualTo(-1);
            }
            Accepted.greeted(Accepted.clients(server, 3));
            assertThat(count(server, Counter.ACCEPTS_FAILED)).isEqualTo(1);
            assertThat(accepted.failures).isEmpty();
            close(loops, server);
        }
    }

    private static int endOf(Socket socket) {
        try {
            return socket.getInputStream().read();
        } catch (java.io.IOException reset) {
            return -1;
        }
    }
}
