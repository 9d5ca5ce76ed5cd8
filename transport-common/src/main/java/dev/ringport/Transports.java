// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport;

import io.netty.channel.IoHandlerFactory;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.DatagramChannel;
import io.netty.channel.socket.ServerSocketChannel;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioDatagramChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.util.internal.logging.InternalLogger;
import io.netty.util.internal.logging.InternalLoggerFactory;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The ladder: the transports that are there, best first, with Netty's NIO as the last rung. A server that must run
 * anywhere asks for {@link #best()}, or {@link #bestForTcp()} if it needs TCP, and logs {@link #report()}.
 *
 * <pre>{@code
 * TransportProvider transport = Transports.best();
 * new Bootstrap()
 *         .group(new MultiThreadIoEventLoopGroup(transport.newHandlerFactory()))
 *         .channel(transport.datagramChannelClass());
 * }</pre>
 */
public final class Transports {
    private static final InternalLogger LOGGER = InternalLoggerFactory.getInstance(Transports.class);
    private static final TransportProvider NIO = new TransportProvider() {
        @Override
        public String name() {
            return "nio";
        }

        @Override
        public int rank() {
            return 0;
        }

        @Override
        public @Nullable Throwable unavailabilityCause() {
            return null;
        }

        @Override
        public String capabilities() {
            return "nio: on";
        }

        @Override
        public IoHandlerFactory newHandlerFactory() {
            return NioIoHandler.newFactory();
        }

        @Override
        public Class<? extends DatagramChannel> datagramChannelClass() {
            return NioDatagramChannel.class;
        }

        @Override
        public Class<? extends SocketChannel> socketChannelClass() {
            return NioSocketChannel.class;
        }

        @Override
        public Class<? extends ServerSocketChannel> serverSocketChannelClass() {
            return NioServerSocketChannel.class;
        }
    };

    private Transports() {}

    /** All transports that are on the class path or module path, best first; the last is NIO. */
    public static List<TransportProvider> all() {
        List<TransportProvider> found = new ArrayList<>();
        ServiceLoader.load(TransportProvider.class, Transports.class.getClassLoader()).stream().forEach(provider -> {
            try {
                found.add(provider.get());
            } catch (ServiceConfigurationError | LinkageError broken) {
                LOGGER.warn("the transport {} cannot be loaded", provider.type().getName(), broken);
            }
        });
        found.add(NIO);
        found.sort(Comparator.comparingInt(TransportProvider::rank).reversed());
        return List.copyOf(found);
    }

    /** The best transport that this system lets one use. All have UDP; not all have TCP. */
    public static TransportProvider best() {
        return best(_ -> true);
    }

    /**
     * The best transport for TCP that this system lets one use: one whose {@link TransportProvider#socketChannelClass()}
     * and {@link TransportProvider#serverSocketChannelClass()} are not null. It may be another than {@link #best()}, and
     * then needs a group of its own.
     */
    public static TransportProvider bestForTcp() {
        return best(
                candidate -> candidate.socketChannelClass() != null && candidate.serverSocketChannelClass() != null);
    }

    private static TransportProvider best(Predicate<TransportProvider> suitable) {
        for (TransportProvider candidate : all()) {
            if (suitable.test(candidate) && candidate.unavailabilityCause() == null) {
                return candidate;
            }
        }
        return NIO;
    }

    /** Each transport in one line: what it can do, or why it is off. */
    public static String report() {
        return String.join("\n", all().stream().map(TransportProvider::capabilities).toList());
    }
}
