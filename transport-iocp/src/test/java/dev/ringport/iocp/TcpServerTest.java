// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.iocp;

import dev.ringport.iocp.IocpCounters.Counter;
import dev.ringport.iocp.loop.OverlappedSocket;
import dev.ringport.iocp.tcp.Sockets;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelException;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import java.io.EOFException;
import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.channels.AlreadyBoundException;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

import static dev.ringport.iocp.abi.WinsockConstants.SOL_SOCKET;
import static dev.ringport.iocp.abi.WinsockConstants.SO_EXCLUSIVEADDRUSE;
import static dev.ringport.iocp.abi.WinsockConstants.SO_REUSEADDR;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

@EnabledOnOs(OS.WINDOWS)
@Timeout(180)
class TcpServerTest {
    private static final String EXCLUSIVE = "exclusive";
    private static final String SHARED = "shared";

    private static void turn(EventLoop loop) throws Exception {
        // Two turns: what was posted in the first would have completed by the second.
        for (int i = 0; i < 2; i++) {
            loop.submit(() -> {}).get(Tcp.SECONDS, TimeUnit.SECONDS);
        }
    }

    @Test
    void nobodyElseBindsToTheAddressAndItIsFreeOnceClosed() throws Exception {
        try (Loops loops = new Loops(1)) {
            Channel server = Tcp.bind(new Accepted().server(loops));
            InetSocketAddress address = Tcp.address(server);
            ChannelFuture second = new Accepted().server(loops).option(ChannelOption.SO_REUSEADDR, true).bind(address)
                    .await();
            assertThat(second.cause()).isInstanceOf(BindException.class);
            List<Socket> clients = Accepted.clients(server, 3);
            Accepted.greeted(clients);
            server.close().sync();
            Tcp.await(new Accepted().server(loops).bind(address)).close().sync();
        }
    }

    /** The second bind above fails on Wine in any case; on Windows SO_REUSEADDR would take the port. */
    @Test
    void addressIsExclusiveUnlessTheUserSaysSoWhateverBecomesOfReuse() throws Exception {
        try (Loops loops = new Loops(1)) {
            assertThat(addressUse(new Accepted().server(loops))).isEqualTo(EXCLUSIVE);
            assertThat(addressUse(new Accepted().server(loops).option(ChannelOption.SO_REUSEADDR, true)))
                    .isEqualTo(EXCLUSIVE);
            assertThat(addressUse(
                    new Accepted().server(loops).option(IocpChannelOption.SO_EXCLUSIVEADDRUSE, false)))
                    .isEqualTo("");
            assertThat(addressUse(new Accepted().server(loops)
                    .option(ChannelOption.SO_REUSEADDR, true)
                    .option(IocpChannelOption.SO_EXCLUSIVEADDRUSE, false)))
                    .isEqualTo(SHARED);
        }
    }

    /** The options that the socket itself says to have. */
    private static String addressUse(ServerBootstrap bootstrap) throws Exception {
        IocpServerSocketChannel server = (IocpServerSocketChannel) Tcp.bind(bootstrap);
        String use = addressUse(Sockets.of(server));
        server.close().sync();
        return use;
    }

    private static String addressUse(OverlappedSocket socket) throws IOException {
        return (socket.getInt(SOL_SOCKET, SO_EXCLUSIVEADDRUSE) != 0 ? EXCLUSIVE : "")
                + (socket.getInt(SOL_SOCKET, SO_REUSEADDR) != 0 ? SHARED : "");
    }

    @Test
    void aConnectionThatIsBoundExplicitlyIsExclusiveToo() throws Exception {
        try (Loops loops = new Loops(1)) {
            Channel server = Tcp.bind(new Accepted().server(loops));
            for (boolean exclusive : new boolean[]{true, false}) {
                IocpSocketChannel client = (IocpSocketChannel) Tcp.await(
                        Tcp.client(loops, ChannelInboundHandlerAdapter::new)
                                .option(ChannelOption.SO_REUSEADDR, true)
                                .option(IocpChannelOption.SO_EXCLUSIVEADDRUSE, exclusive)
                                .connect(Tcp.address(server), new InetSocketAddress(Tcp.loopback(), 0)));
                assertThat(client.config().isReuseAddress()).isTrue();
                assertThat(addressUse(Sockets.of(client))).isEqualTo(exclusive ? EXCLUSIVE : SHARED);
                client.close().sync();
                assertThatThrownBy(client.config()::isReuseAddress).isInstanceOf(ChannelException.class);
            }
            server.close().sync();
        }
    }

    @Test
    void oneReadIsOneConnectionWhileAutoReadIsOff() throws Exception {
        Accepted accepted = new Accepted();
        try (Loops loops = new Loops(1)) {
            Channel server = Tcp.bind(accepted.server(loops).option(ChannelOption.AUTO_READ, false));
            List<Socket> clients = Accepted.clients(server, 30);
            turn(server.eventLoop());
            assertThat(accepted.events).isEmpty();
            for (int i = 0; i < 3; i++) {
                server.read();
                assertThat(accepted.next()).isEqualTo(Accepted.CONNECTION);
                assertThat(accepted.next()).isEqualTo(Accepted.COMPLETE);
                turn(server.eventLoop());
                assertThat(accepted.events).isEmpty();
            }
            server.config().setAutoRead(true);
            Accepted.greeted(clients);
            server.close().sync();
        }
    }

    @Test
    void readBeforeTheBindIsRemembered() throws Exception {
        Accepted accepted = new Accepted();
        try (Loops loops = new Loops(1)) {
            Channel server = Tcp.await(accepted.server(loops).option(ChannelOption.AUTO_READ, false).register());
            server.read();
            turn(server.eventLoop());
            Tcp.await(server.bind(new InetSocketAddress(Tcp.loopback(), 0)));
            Accepted.greeted(Accepted.clients(server, 1));
            server.close().sync();
        }
    }

    /** Pauses after each connection: others of the 16 accepts have completed by then, and wait for the next read(). */
    private static final class Pausing extends ChannelInboundHandlerAdapter {
        final BlockingQueue<Object> heard;

        Pausing(BlockingQueue<Object> heard) {
            this.heard = heard;
        }

        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            context.channel().config().setAutoRead(false);
            context.fireChannelRead(message);
            heard.add(message);
        }
    }

    @Test
    void connectionsAcceptedWhilePausedAreKeptAndNoneIsLost() throws Exception {
        int count = 100;
        BlockingQueue<Object> heard = new LinkedBlockingQueue<>();
        try (Loops loops = new Loops(2)) {
            Accepted accepted = new Accepted();
            ServerBootstrap bootstrap = accepted.server(loops).handler(new Pausing(heard));
            Channel server = Tcp.bind(bootstrap);
            List<Socket> clients = Accepted.clients(server, count);
            for (int i = 0; i < count; i++) {
                assertThat(heard.poll(Tcp.SECONDS, TimeUnit.SECONDS)).as("connection %d", i).isNotNull();
                turn(server.eventLoop());
                assertThat(heard).as("while paused").isEmpty();
                server.config().setAutoRead(true);
            }
            Accepted.greeted(clients);
            assertThat(heard).isEmpty();
            server.close().sync();
        }
    }

    @Test
    void connectionsHeldAreClosedWithTheServer() throws Exception {
        BlockingQueue<Object> heard = new LinkedBlockingQueue<>();
        try (Loops loops = new Loops(1)) {
            Channel server = Tcp.bind(new Accepted().server(loops).handler(new Pausing(heard)));
            CountDownLatch held = new CountDownLatch(1);
            CountDownLatch connected = new CountDownLatch(1);
            // Held for the time that this takes: all accepts that are posted complete at once.
            var holding = server.eventLoop().submit(() -> {
                held.countDown();
                return connected.await(Tcp.SECONDS, TimeUnit.SECONDS);
            });
            held.await();
            List<Socket> clients = Accepted.clients(server, 16);
            connected.countDown();
            assertThat(holding.get()).isTrue();
            heard.take();
            server.close().sync();
            int ended = 0;
            for (Socket client : clients) {
                try (client) {
                    int first = client.getInputStream().read();
                    if (first < 0) {
                        ended++;
                    }
                } catch (SocketException reset) {
                    // Not any IOException: a read that times out is one, of a connection that was left open.
                    ended++;
                }
            }
            assertThat(ended).isEqualTo(clients.size() - 1);
        }
    }

    @Test
    void peerThatIsGoneBeforeItIsAcceptedDisturbsNobody() throws Exception {
        Accepted accepted = new Accepted();
        try (Loops loops = new Loops(1)) {
            Channel server = Tcp.bind(accepted.server(loops).option(ChannelOption.AUTO_READ, false));
            for (Socket gone : Accepted.clients(server, 5)) {
                gone.setSoLinger(true, 0);
                gone.close();
            }
            List<Socket> clients = Accepted.clients(server, 5);
            server.config().setAutoRead(true);
            Accepted.greeted(clients);
            assertThat(accepted.failures).isEmpty();
            assertThat(server.isActive()).isTrue();
            IocpCounters counters = ((IocpServerSocketChannel) server).counters();
            assertThat(counters).isNotNull();
            assertThat(counters.get(Counter.ACCEPTED) + counters.get(Counter.ACCEPTS_FAILED)).isEqualTo(10);
            server.close().sync();
        }
    }

    @Test
    void closeGivesBackEveryAccept() throws Exception {
        try (Loops loops = new Loops(1)) {
            Channel server = Tcp.bind(new Accepted().server(loops).option(IocpChannelOption.ACCEPTS_POSTED, 40));
            Accepted.greeted(Accepted.clients(server, 1));
            assertThat(loops.operations()).isGreaterThanOrEqualTo(40);
            server.close().sync();
            loops.awaitNoOperations();
            assertThat(loops.handlers().getFirst().loop().operations().inFlight()).isZero();
        }
    }

    @Test
    void serverGoesOnWhenItComesBackToItsLoop() throws Exception {
        try (Loops loops = new Loops(1)) {
            Channel server = Tcp.bind(new Accepted().server(loops));
            EventLoop loop = server.eventLoop();
            for (int i = 0; i < 3; i++) {
                Accepted.greeted(Accepted.clients(server, 20));
                Tcp.await(server.deregister());
                List<Socket> meanwhile = Accepted.clients(server, 20);
                Tcp.await(loop.register(server));
                Accepted.greeted(meanwhile);
            }
            server.close().sync();
        }
    }

    @Test
    void anotherLoopTakesTheServerOrItStaysAsItWas() throws Exception {
        try (Loops loops = new Loops(2)) {
            Channel server = Tcp.bind(new Accepted().server(loops));
            EventLoop before = server.eventLoop();
            EventLoop other = loops.next();
            while (other.equals(before)) {
                other = loops.next();
            }
            Tcp.await(server.deregister());
            ChannelFuture moved = other.register(server).await();
            if (Iocp.canMoveSockets()) {
                assertThat(moved.isSuccess()).isTrue();
            } else {
                assertThat(moved.cause())
                        .isInstanceOf(UnsupportedOperationException.class)
                        .hasMessageContaining("former event loop");
                assertThat(server.isOpen()).isTrue();
                Tcp.await(before.register(server));
            }
            assertThat(server.eventLoop()).isSameAs(Iocp.canMoveSockets() ? other : before);
            Accepted.greeted(Accepted.clients(server, 40));
            server.close().sync();
        }
    }

    @Test
    void aSecondBindIsRefusedAsByNio() throws Exception {
        InetSocketAddress any = new InetSocketAddress(Tcp.loopback(), 0);
        try (Loops loops = new Loops(1)) {
            Channel server = Tcp.bind(new Accepted().server(loops));
            Channel client = Tcp.connect(
                    Tcp.client(loops, ChannelInboundHandlerAdapter::new), Tcp.address(server));
            for (Channel bound : List.of(server, client)) {
                InetSocketAddress address = Tcp.address(bound);
                assertThat(bound.bind(any).await().cause()).isInstanceOf(AlreadyBoundException.class);
                assertThat(bound.isActive()).isTrue();
                assertThat(Tcp.address(bound)).isEqualTo(address);
                bound.close().sync();
            }
        }
    }

    /** Windows lets a connection inherit it, Wine does not. */
    @Test
    void connectionsHaveTheReceiveBufferOfTheirServer() throws Exception {
        BlockingQueue<Object> heard = new LinkedBlockingQueue<>();
        try (Loops loops = new Loops(1)) {
            Channel server = Tcp.bind(
                    new Accepted().server(loops).option(ChannelOption.SO_RCVBUF, 40_000).handler(new Pausing(heard)));
            try (Socket client = Tcp.plainClient(Tcp.address(server))) {
                Channel connection = (Channel) heard.poll(Tcp.SECONDS, TimeUnit.SECONDS);
                if (connection == null) {
                    throw new EOFException("no connection");
                }
                assertThat(connection.config().getOption(ChannelOption.SO_RCVBUF)).isEqualTo(40_000);
                assertThat(client.isConnected()).isTrue();
            }
            server.close().sync();
        }
    }

    @Test
    void addressesOfConnectionsAreTheirPeers() throws Exception {
        BlockingQueue<Object> heard = new LinkedBlockingQueue<>();
        try (Loops loops = new Loops(1)) {
            Channel server = Tcp.bind(new Accepted().server(loops).handler(new Pausing(heard)));
            try (Socket client = Tcp.plainClient(Tcp.address(server))) {
                Channel connection = (Channel) heard.poll(Tcp.SECONDS, TimeUnit.SECONDS);
                if (connection == null) {
                    throw new EOFException("no connection");
                }
                assertThat(connection.remoteAddress()).isEqualTo(client.getLocalSocketAddress());
                assertThat(connection.localAddress()).isEqualTo(client.getRemoteSocketAddress());
                assertThat(connection.parent()).isSameAs(server);
            }
            server.close().sync();
        }
    }
}
