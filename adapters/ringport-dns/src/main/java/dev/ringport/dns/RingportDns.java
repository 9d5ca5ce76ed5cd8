// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.dns;

import dev.ringport.ServerTransport;
import dev.ringport.Transports;
import io.netty.channel.EventLoop;
import io.netty.channel.ReflectiveChannelFactory;
import io.netty.resolver.dns.DnsNameResolverBuilder;

/**
 * Netty's DNS resolver on a loop that is there already: its datagrams by the best channels that fit the loop, and answers
 * that do not fit into a datagram by the loop's own connections.
 *
 * <pre>{@code
 * DnsNameResolver resolver = RingportDns.newBuilder(loop).build();
 * // all lookups of a bootstrap on one loop of its group
 * bootstrap.resolver(new DnsAddressResolverGroup(RingportDns.newBuilder(group.next())));
 * }</pre>
 */
public final class RingportDns {
    private RingportDns() {}

    /**
     * A builder with loop and channels set.
     *
     * @param loop a loop of Netty's NIO, epoll, io_uring or kqueue, or of a transport of Ringport's that has connections
     * @throws IllegalArgumentException as {@link Transports#on} does; a loop of {@code UringIoHandler} has no connections
     */
    public static DnsNameResolverBuilder newBuilder(EventLoop loop) {
        ServerTransport channels = Transports.on(loop);
        return new DnsNameResolverBuilder(loop)
                .datagramChannelFactory(new ReflectiveChannelFactory<>(channels.datagramChannelClass()))
                .socketChannelFactory(new ReflectiveChannelFactory<>(channels.socketChannelClass()));
    }
}
