// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.iocp;

import dev.ringport.iocp.abi.WindowsErrors;
import dev.ringport.testkit.Udp;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import java.io.InputStream;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

import static org.assertj.core.api.Assertions.assertThat;

/** What connections and messages cost in calls of the system: the figures of ARCHITECTURE.md. */
@EnabledOnOs(OS.WINDOWS)
@Timeout(180)
class TcpCallsTest {
    private final ReplacedCalls calls = new ReplacedCalls();
    private final Semaphore active = new Semaphore(0);
    /** Receives, without what silences cost. */
    private final AtomicLong posted = new AtomicLong();
    /** Receives that did not end at once, as those do whose request was there before. */
    private final AtomicLong awaited = new AtomicLong();
    /** Receives that were posted before the loop last began to look for packets. */
    private final AtomicLong postedBeforeDequeue = new AtomicLong();

    private final class Echo extends ChannelInboundHandlerAdapter {
        @Override
        public void channelActive(ChannelHandlerContext context) {
            context.fireChannelActive();
            active.release();
        }

        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            var _ = context.write(message);
        }

        @Override
        public void channelReadComplete(ChannelHandlerContext context) {
            context.flush();
        }
    }

    private Loops loops() {
        return new Loops(1, new IocpIoHandlerConfig().calls(calls.calls()));
    }

    private Channel server(Loops loops) throws Exception {
        return Tcp.bind(new ServerBootstrap()
                .group(loops.group())
                .channelFactory(() -> new IocpServerSocketChannel(calls.calls(), null))
                .childHandler(Tcp.initializer(Echo::new))
                .childOption(ChannelOption.TCP_NODELAY, true));
    }

    private static void settle(Channel server) throws Exception {
        for (int i = 0; i < 3; i++) {
            server.eventLoop().submit(() -> {}).get(Tcp.SECONDS, TimeUnit.SECONDS);
        }
    }

    /** The turns of the loop, and what a connection that is quiet for a second costs, come at their own times. */
    private static Map<String, Long> withoutTurnsAndSilences(Map<String, Long> counts) {
        counts.keySet().removeAll(
                List.of("getQueuedCompletionStatusEx", "postQueuedCompletionStatus", "cancelIoEx", "wsaRecv"));
        return counts;
    }

    private List<Socket> connect(Channel server, int connections) throws Exception {
        List<Socket> clients = new ArrayList<>();
        for (int i = 0; i < connections; i++) {
            clients.add(Tcp.plainClient(Tcp.address(server)));
        }
        assertThat(active.tryAcquire(connections, Tcp.SECONDS, TimeUnit.SECONDS)).isTrue();
        settle(server);
        return clients;
    }

    /** Of the bytes that come, and of the end, the other tests tell. */
    @Test
    void aConnectionIsAcceptedWithSevenCalls() throws Exception {
        long connections = 20;
        try (Loops loops = loops()) {
            Channel server = server(loops);
            List<Socket> clients = new ArrayList<>(connect(server, 1));
            Map<String, Long> _ = calls.counts();
            clients.addAll(connect(server, (int) connections));
            assertThat(withoutTurnsAndSilences(calls.counts())).containsExactlyInAnyOrderEntriesOf(Map.of(
                    // The next socket is made, and waits, when one is taken.
                    "wsaSocketW", connections,
                    "acceptEx", connections,
                    "getAcceptExSockaddrs", connections,
                    // SO_UPDATE_ACCEPT_CONTEXT, TCP_NODELAY
                    "setsockopt", 2 * connections,
                    "createIoCompletionPort", connections,
                    "setFileCompletionNotificationModes", connections));
            for (Socket client : clients) {
                client.close();
            }
            server.close().sync();
        }
    }

    @Test
    void aRequestAndItsAnswerTakeOneReceiveOneSendAndOneDequeue() throws Exception {
        int rounds = 500;
        try (Loops loops = loops()) {
            Channel server = server(loops);
            try (Socket peer = connect(server, 1).getFirst()) {
                peer.setTcpNoDelay(true);
                byte[] message = Tcp.bytes(3, 100);
                InputStream in = peer.getInputStream();
                roundTrip(peer, message, in);
                settle(server);
                Map<String, Long> _ = calls.counts();
                countReceives();
                for (int i = 0; i < rounds; i++) {
                    roundTrip(peer, message, in);
                }
                // The answer leaves before the receive of the next request is posted, and the loop waits for that.
                Udp.until(() -> postedBeforeDequeue.get() >= rounds);
                long waits = awaited.get();
                Map<String, Long> counts = calls.counts();
                long silences = counts.getOrDefault("cancelIoEx", 0L);
                // One that is cancelled after a second of silence, and one of no bytes in its place.
                assertThat(counts.get("wsaRecv") - 2 * silences).isEqualTo(rounds);
                assertThat(counts).containsEntry("wsaSend", (long) rounds);
                // However quick the peer was, the last receive finds no request.
                assertThat(waits).isPositive();
                assertThat(counts.get("getQueuedCompletionStatusEx")).isBetween(waits, rounds + 2 * silences + 20);
                counts.keySet().removeAll(List.of("wsaRecv", "wsaSend", "getQueuedCompletionStatusEx", "cancelIoEx"));
                assertThat(counts).isEmpty();
            }
            server.close().sync();
        }
    }

    private void countReceives() {
        calls.on("wsaRecv", (real, arguments) -> {
            Object result = real.call();
            if (result.equals(-WindowsErrors.WSA_IO_PENDING)) {
                awaited.incrementAndGet();
            }
            posted.incrementAndGet();
            return result;
        }).on("cancelIoEx", (real, arguments) -> {
            posted.addAndGet(-2);
            return real.call();
        }).on("getQueuedCompletionStatusEx", (real, arguments) -> {
            postedBeforeDequeue.set(posted.get());
            return real.call();
        });
    }

    private static void roundTrip(Socket peer, byte[] message, InputStream in) throws Exception {
        peer.getOutputStream().write(message);
        assertThat(in.readNBytes(message.length)).isEqualTo(message);
    }
}
