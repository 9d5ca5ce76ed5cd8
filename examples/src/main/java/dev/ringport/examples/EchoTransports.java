// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.examples;

import dev.ringport.TransportProvider;
import dev.ringport.Transports;
import dev.ringport.uring.UringChannelOption;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.nio.NioChannelOption;
import io.netty.channel.socket.nio.NioDatagramChannel;
import java.net.StandardSocketOptions;
import java.util.Optional;

/** The transports that the example runs on: those of the ladder, and Netty's epoll to compare with. */
final class EchoTransports {
    private EchoTransports() {}

    /** The transport of that name, available or not; empty if its artifact is not there. */
    static Optional<TransportProvider> named(String name) {
        return switch (name) {
            case "auto" -> Optional.of(Transports.best());
            case "epoll" -> Optional.of(new EpollTransport());
            default -> Transports.all().stream()
                    .filter(transport -> transport.name().equals(name))
                    .findFirst();
        };
    }

    /** The option that lets several channels share a port. */
    static ChannelOption<Boolean> reusePort(TransportProvider transport) {
        return transport.datagramChannelClass() == NioDatagramChannel.class
                ? NioChannelOption.of(StandardSocketOptions.SO_REUSEPORT)
                : UringChannelOption.SO_REUSEPORT;
    }
}
