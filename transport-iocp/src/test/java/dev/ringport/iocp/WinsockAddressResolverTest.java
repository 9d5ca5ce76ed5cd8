// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.iocp;

import dev.ringport.iocp.abi.Winsock;
import dev.ringport.iocp.names.NameQuery;
import dev.ringport.iocp.names.WinsockAddressResolver;
import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoop;
import io.netty.resolver.AddressResolver;
import io.netty.util.concurrent.DefaultEventExecutor;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Future;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/** Lookups by the system itself. */
@EnabledOnOs(OS.WINDOWS)
class WinsockAddressResolverTest {
    private static final int PORT = 80;

    private final EventExecutor executor = new DefaultEventExecutor();
    private final WinsockAddressResolverGroup group = new WinsockAddressResolverGroup();

    @AfterEach
    void nothingIsLeft() throws Exception {
        group.close();
        assertThat(executor.shutdownGracefully(0, 30, TimeUnit.SECONDS).await(60, TimeUnit.SECONDS)).isTrue();
        awaitNoLookups();
    }

    /** Windows ends even cancelled lookups when it pleases. */
    private static void awaitNoLookups() throws InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (NameQuery.pending() > 0 && System.nanoTime() < deadline) {
            Thread.sleep(10);
        }
        assertThat(NameQuery.pending()).as("lookups whose memory is held").isZero();
    }

    private static InetSocketAddress unresolved(String host) {
        return InetSocketAddress.createUnresolved(host, PORT);
    }

    private AddressResolver<InetSocketAddress> resolver() {
        return group.getResolver(executor);
    }

    private static <T> T get(Future<T> future) throws Exception {
        return future.get(60, TimeUnit.SECONDS);
    }

    @Test
    void thisMachineIsFoundUnderItsName() throws Exception {
        List<InetSocketAddress> all = get(resolver().resolveAll(unresolved("localhost")));

        assertThat(all).isNotEmpty().doesNotHaveDuplicates().allSatisfy(address -> {
            assertThat(address.getAddress().isLoopbackAddress()).isTrue();
            assertThat(address.getHostString()).isEqualTo("localhost");
            assertThat(address.getPort()).isEqualTo(PORT);
        });
        assertThat(get(resolver().resolve(unresolved("localhost")))).isEqualTo(all.getFirst());
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "::1"})
    void addressesAreWhatTheyAre(String text) throws Exception {
        assertThat(get(resolver().resolve(unresolved(text))).getAddress()).isEqualTo(InetAddress.getByName(text));
    }

    @ParameterizedTest
    @ValueSource(strings = {"no-such-host.invalid", "b\u00fccher.invalid", "a..b.invalid"})
    void aNameThatNobodyHasIsAnUnknownHost(String name) throws Exception {
        Future<InetSocketAddress> future = resolver().resolve(unresolved(name));

        assertThat(future.await(60, TimeUnit.SECONDS)).isTrue();
        assertThat(future.cause()).isInstanceOf(UnknownHostException.class)
                .hasMessageStartingWith(name + ": GetAddrInfoExW failed: WSA")
                .hasMessageMatching("(?s).*\\(1\\d{4}\\)");
    }

    @Test
    void aCancelledLookupEndsAndKeepsNothing() throws Exception {
        for (int i = 0; i < 50; i++) {
            Future<InetSocketAddress> future = resolver().resolve(unresolved("localhost"));
            boolean cancelled = future.cancel(false);
            assertThat(future.await(60, TimeUnit.SECONDS)).isTrue();
            assertThat(future.isCancelled()).isEqualTo(cancelled);
        }
        awaitNoLookups();
    }

    @Test
    void twoHundredAtOnce() throws Exception {
        AtomicInteger freed = new AtomicInteger();
        Winsock counting = new ReplacedCalls()
                .on("freeAddrInfoExW", (real, arguments) -> {
                    freed.incrementAndGet();
                    return real.call();
                })
                .calls()
                .winsock();
        try (var counted = new WinsockAddressResolverGroup(
                counting, 0, WinsockAddressResolver.Order.SYSTEM)) {
            List<Future<InetSocketAddress>> futures = new ArrayList<>();
            for (int i = 0; i < 200; i++) {
                futures.add(counted.getResolver(executor).resolve(unresolved("localhost")));
            }
            for (Future<InetSocketAddress> future : futures) {
                assertThat(get(future).getAddress().isLoopbackAddress()).isTrue();
            }
        }
        awaitNoLookups();
        assertThat(freed).as("lists that were freed").hasValue(200);
    }

    @Test
    void anExecutorThatEndsMeanwhileHarmsNothing() throws Exception {
        for (int i = 0; i < 20; i++) {
            EventExecutor shortLived = new DefaultEventExecutor();
            Future<InetSocketAddress> future = group.getResolver(shortLived).resolve(unresolved("localhost"));
            assertThat(shortLived.shutdownGracefully(0, 30, TimeUnit.SECONDS).await(60, TimeUnit.SECONDS)).isTrue();
            assertThat(future.await(60, TimeUnit.SECONDS)).isTrue();
        }
        awaitNoLookups();
    }

    @Test
    void aConnectionIsMadeByName() throws Exception {
        try (Loops loops = new Loops(1)) {
            EventLoop loop = loops.next();
            Channel server = new ServerBootstrap().group(loops.group())
                    .channel(IocpServerSocketChannel.class)
                    .childHandler(new ChannelInboundHandlerAdapter())
                    .bind("127.0.0.1", 0)
                    .sync()
                    .channel();
            int port = ((InetSocketAddress) server.localAddress()).getPort();
            Channel client = new Bootstrap().group(loop)
                    .channel(IocpSocketChannel.class)
                    .resolver(new WinsockAddressResolverGroup(
                            Iocp.calls().winsock(), 0, WinsockAddressResolver.Order.INET))
                    .handler(new ChannelInboundHandlerAdapter())
                    .connect(InetSocketAddress.createUnresolved("localhost", port))
                    .sync()
                    .channel();
            assertThat(((InetSocketAddress) client.remoteAddress()).getPort()).isEqualTo(port);
            client.close().sync();
            server.close().sync();
        }
    }
}
