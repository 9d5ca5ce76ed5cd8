// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.iocp;

import dev.ringport.iocp.abi.Winsock;
import dev.ringport.iocp.names.WinsockAddressResolver;
import io.netty.resolver.AddressResolver;
import io.netty.resolver.AddressResolverGroup;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.internal.ObjectUtil;
import io.netty.util.internal.SystemPropertyUtil;
import java.net.InetSocketAddress;

/**
 * Looks names up as Windows does, hosts file, DNS, its cache and all, without blocking an event loop:
 *
 * <pre>{@code
 * bootstrap.resolver(new WinsockAddressResolverGroup());
 * }</pre>
 *
 * <p>Addresses come in the order of the JDK's own lookups, so that both prefer the same one: IPv4 before IPv6, with
 * {@code -Djava.net.preferIPv6Addresses=true} IPv6 before IPv4, with {@code system} as Windows gives them;
 * {@code -Djava.net.preferIPv4Stack=true} asks for IPv4 alone. They carry the name that they were found by. Addresses as
 * text, with or without a scope, are taken without a lookup, and the empty name is this machine's loopback address. Every
 * failure is an {@link java.net.UnknownHostException}, with the name, the code and its meaning where Windows was asked;
 * text that can be no name, such as a name with a port, in brackets or with a blank, is unknown without asking. Windows
 * encodes names with other letters than ASCII's.
 *
 * <p>A promise that is cancelled cancels its lookup. When an executor has terminated, lookups for it fail. All methods may
 * be called from any thread.
 */
public final class WinsockAddressResolverGroup extends AddressResolverGroup<InetSocketAddress> {
    private final Winsock winsock;
    private final long timeoutMillis;
    private final WinsockAddressResolver.Order order;

    /**
     * With Windows' own time-outs, of some seconds for each server that it asks.
     *
     * @throws UnsupportedOperationException if the transport is not available; the message says why
     */
    public WinsockAddressResolverGroup() {
        this(0);
    }

    /**
     * @param timeoutMillis for how long a lookup may take before it fails and is cancelled; 0 for Windows' own time-outs
     * @throws IllegalArgumentException if the time-out is negative
     * @throws UnsupportedOperationException if the transport is not available; the message says why
     */
    public WinsockAddressResolverGroup(long timeoutMillis) {
        this(
                Iocp.calls().winsock(), timeoutMillis,
                WinsockAddressResolver.Order.of(SystemPropertyUtil.get("java.net.preferIPv6Addresses")));
    }

    WinsockAddressResolverGroup(Winsock winsock, long timeoutMillis, WinsockAddressResolver.Order order) {
        this.winsock = winsock;
        this.timeoutMillis = ObjectUtil.checkPositiveOrZero(timeoutMillis, "timeoutMillis");
        this.order = order;
    }

    @Override
    protected AddressResolver<InetSocketAddress> newResolver(EventExecutor executor) {
        return new WinsockAddressResolver(executor, winsock, timeoutMillis, order);
    }
}
