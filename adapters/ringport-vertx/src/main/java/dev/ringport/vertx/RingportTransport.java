// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.vertx;

import dev.ringport.ServerTransport;
import dev.ringport.Transports;
import io.vertx.core.transport.Transport;
import org.jspecify.annotations.Nullable;

/**
 * Vert.x 5 on Ringport's channels: datagram sockets, and those of Vert.x's DNS client and name resolver, share their loops
 * with the connections of HTTP and TCP.
 *
 * <pre>{@code
 * Vertx vertx = Vertx.builder().withTransport(new RingportTransport()).build();
 * }</pre>
 *
 * <p>Connections, domain sockets and their options are those of Vert.x's own transport for the same loops, such as its
 * epoll transport if Netty's epoll is on the class path. Immutable; one instance may serve several instances of Vert.x.
 */
public final class RingportTransport implements Transport {
    private final ServerTransport channels;
    private final io.vertx.core.spi.transport.Transport implementation;

    /**
     * On {@link Transports#bestOnOneLoop()}.
     *
     * @throws IllegalArgumentException as it does
     * @throws UnsupportedOperationException as it does
     */
    public RingportTransport() {
        this(Transports.bestOnOneLoop());
    }

    /**
     * On the channels that are given.
     *
     * @param channels those of one loop, see {@link ServerTransport#isOnOneLoop()}
     * @throws IllegalArgumentException if they are not
     */
    public RingportTransport(ServerTransport channels) {
        if (!channels.isOnOneLoop()) {
            throw new IllegalArgumentException(
                    "Vert.x registers datagrams and connections with one loop, and these need two (" + channels
                            + "); take Transports.bestOnOneLoop()");
        }
        this.channels = channels;
        implementation = SpiTransport.of(channels);
    }

    /** What it runs on. */
    public ServerTransport channels() {
        return channels;
    }

    @Override
    public String name() {
        return "ringport";
    }

    /** Always: a transport that cannot run is not constructed. */
    @Override
    public boolean available() {
        return true;
    }

    @Override
    public @Nullable Throwable unavailabilityCause() {
        return null;
    }

    @Override
    public io.vertx.core.spi.transport.Transport implementation() {
        return implementation;
    }

    @Override
    public String toString() {
        return name() + " (" + channels + ")";
    }
}
