// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.iocp;

import dev.ringport.iocp.names.NameQuery;
import dev.ringport.iocp.names.WinsockAddressResolver.Order;
import io.netty.resolver.AddressResolver;
import io.netty.util.concurrent.DefaultEventExecutor;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Future;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;

import static org.assertj.core.api.Assertions.assertThat;

/** Lookups that {@link NameAnswers} answers, on any system. */
abstract class LookupFixture {
    static final int PORT = 80;

    final NameAnswers windows = new NameAnswers();
    final EventExecutor executor = new DefaultEventExecutor();
    final WinsockAddressResolverGroup group = group(0, Order.SYSTEM);

    WinsockAddressResolverGroup group(long timeoutMillis, Order order) {
        return new WinsockAddressResolverGroup(windows.winsock(), timeoutMillis, order);
    }

    @AfterEach
    void nothingIsLeft() throws Exception {
        group.close();
        assertThat(executor.shutdownGracefully(0, 30, TimeUnit.SECONDS).await(60, TimeUnit.SECONDS)).isTrue();
        assertThat(NameQuery.pending()).as("lookups whose memory is held").isZero();
        assertThat(windows.lists()).as("lists that were not freed").isZero();
    }

    Future<InetSocketAddress> resolve(String host) {
        return resolver(group).resolve(InetSocketAddress.createUnresolved(host, PORT));
    }

    Future<List<InetSocketAddress>> resolveAll(WinsockAddressResolverGroup by, String host) {
        return resolver(by).resolveAll(InetSocketAddress.createUnresolved(host, PORT));
    }

    AddressResolver<InetSocketAddress> resolver(WinsockAddressResolverGroup by) {
        return by.getResolver(executor);
    }

    static <T> T get(Future<T> future) throws Exception {
        return future.get(30, TimeUnit.SECONDS);
    }

    static Throwable failure(Future<?> future) throws InterruptedException {
        assertThat(future.await(30, TimeUnit.SECONDS)).isTrue();
        return future.cause();
    }

    static InetAddress inet(int last) throws UnknownHostException {
        return InetAddress.getByAddress(new byte[]{10, 0, 0, (byte) last});
    }

    static InetAddress inet6(int last) throws UnknownHostException {
        byte[] raw = new byte[16];
        raw[0] = (byte) 0xfd;
        raw[15] = (byte) last;
        return InetAddress.getByAddress(raw);
    }
}
