// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.examples;

import dev.ringport.TransportProvider;
import dev.ringport.Transports;
import dev.ringport.uring.UringChannelOption;
import dev.ringport.uring.UringDatagramChannel;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.DatagramChannel;
import io.netty.channel.socket.nio.NioChannelOption;
import io.netty.channel.socket.nio.NioDatagramChannel;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.StandardSocketOptions;
import java.util.List;
import java.util.Optional;

/** The transports that the examples run on: those of the ladder. */
public final class ExampleTransports {
    /** What can be asked for. */
    static final List<String> NAMES = List
            .of("uring", "mmsg", "iocp", "epoll", "netty-io_uring", "kqueue", "nio", "auto");

    private static final List<String> LINUX = List.of("mmsg", "epoll", "netty-io_uring");

    private ExampleTransports() {}

    /** The transport of that name, available or not; empty if its artifact is not there. */
    public static Optional<TransportProvider> named(String name, boolean tcp) {
        return switch (name) {
            case "auto" -> Optional.of(tcp ? Transports.best().connections() : Transports.best().datagrams());
            default -> Transports.named(name);
        };
    }

    /** The option that lets several channels share a port and its datagrams; empty where no system call does that. */
    static Optional<ChannelOption<Boolean>> reusePort(TransportProvider transport) {
        Class<? extends DatagramChannel> type = transport.datagramChannelClass();
        if (type == NioDatagramChannel.class) {
            return nioReusesPorts()
                    ? Optional.of(NioChannelOption.of(StandardSocketOptions.SO_REUSEPORT))
                    : Optional.empty();
        }
        // The others on Linux know their own option by the same name.
        return type == UringDatagramChannel.class || LINUX.contains(transport.name())
                ? Optional.of(UringChannelOption.SO_REUSEPORT)
                : Optional.empty();
    }

    private static boolean nioReusesPorts() {
        try (java.nio.channels.DatagramChannel channel = java.nio.channels.DatagramChannel.open()) {
            return channel.supportedOptions().contains(StandardSocketOptions.SO_REUSEPORT);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }
}
