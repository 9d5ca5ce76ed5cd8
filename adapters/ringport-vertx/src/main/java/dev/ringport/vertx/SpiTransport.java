// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.vertx;

import dev.ringport.ServerTransport;
import io.netty.channel.ChannelFactory;
import io.netty.channel.ReflectiveChannelFactory;
import io.netty.channel.socket.DatagramChannel;
import io.netty.channel.socket.DatagramChannelConfig;
import io.netty.channel.socket.SocketProtocolFamily;
import io.netty.channel.unix.UnixChannelOption;
import io.vertx.core.datagram.DatagramSocketOptions;
import io.vertx.core.spi.transport.Transport;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.net.NetworkInterface;
import java.net.SocketException;
import org.jspecify.annotations.Nullable;

/**
 * Answers the methods of Vert.x's {@link Transport} that are of loops and datagrams, and leaves the others to Vert.x's own
 * transport for the same loops. A proxy, since the methods' names and parameters differ between 5.0 and 5.1.
 */
final class SpiTransport implements InvocationHandler {
    private final ServerTransport channels;
    private final @Nullable Transport connections;
    private final Constructor<? extends DatagramChannel> datagramChannel;

    private SpiTransport(ServerTransport channels, @Nullable Transport connections) {
        this.channels = channels;
        this.connections = connections;
        try {
            datagramChannel = channels.datagramChannelClass().getConstructor(SocketProtocolFamily.class);
        } catch (NoSuchMethodException impossible) {
            throw new IllegalArgumentException(
                    channels.datagramChannelClass() + " has no constructor with a family", impossible);
        }
    }

    static Transport of(ServerTransport channels) {
        Transport connections = ofVertx(channels.connections().name());
        if (connections != null && channels.datagrams().name().equals(channels.connections().name())) {
            return connections;
        }
        return (Transport) Proxy.newProxyInstance(
                Transport.class.getClassLoader(), new Class<?>[]{Transport.class},
                new SpiTransport(channels, connections));
    }

    /** Null if Vert.x has none for these loops. */
    private static @Nullable Transport ofVertx(String name) {
        io.vertx.core.transport.Transport known = switch (name) {
            case "nio" -> io.vertx.core.transport.Transport.NIO;
            case "epoll" -> io.vertx.core.transport.Transport.EPOLL;
            case "netty-io_uring" -> io.vertx.core.transport.Transport.IO_URING;
            case "kqueue" -> io.vertx.core.transport.Transport.KQUEUE;
            default -> null;
        };
        return known == null ? null : known.implementation();
    }

    @Override
    @SuppressWarnings("ReferenceEquality") // A proxy equals itself alone.
    public @Nullable Object invoke(Object proxy, Method method, Object @Nullable [] given) throws Throwable {
        Object[] arguments = given == null ? new Object[0] : given;
        Object first = arguments.length == 0 ? null : arguments[0];
        return switch (method.getName()) {
            case "ioHandlerFactory" -> channels.newHandlerFactory();
            case "eventLoopGroup" -> InvocationHandler.invokeDefault(proxy, method, arguments);
            case "datagramChannel" -> newDatagramChannel(familyOf(first));
            case "datagramChannelFactory" -> (ChannelFactory<DatagramChannel>) () -> newDatagramChannel(null);
            case "configure" -> {
                if (!(first instanceof DatagramChannel channel)) {
                    yield ofConnections(proxy, method, arguments);
                }
                InvocationHandler.invokeDefault(proxy, method, arguments);
                configure(channel.config(), (DatagramSocketOptions) arguments[1]);
                yield null;
            }
            case "equals" -> proxy == first;
            case "hashCode" -> System.identityHashCode(proxy);
            case "toString" -> channels.toString();
            default -> ofConnections(proxy, method, arguments);
        };
    }

    /** Null, that of the system, if the method has no parameter. */
    private static @Nullable SocketProtocolFamily familyOf(@Nullable Object internetProtocolFamily) {
        if (internetProtocolFamily == null) {
            return null;
        }
        return ((Enum<?>) internetProtocolFamily).name().equals("IPv6")
                ? SocketProtocolFamily.INET6
                : SocketProtocolFamily.INET;
    }

    private DatagramChannel newDatagramChannel(@Nullable SocketProtocolFamily family) {
        try {
            return datagramChannel.newInstance(family);
        } catch (InvocationTargetException refused) {
            throw new IllegalStateException("no datagram channel", refused.getCause());
        } catch (ReflectiveOperationException impossible) {
            throw new LinkageError("no datagram channel", impossible);
        }
    }

    /**
     * What the transport of Vert.x sets for NIO alone, and SO_REUSEPORT, which it sets for its native ones. Not the loopback
     * mode: its default is disabled, which Netty's NIO channel takes the other way round and the native ones never get, so
     * that with all of them this host's own receivers have what is sent to their group.
     */
    private static void configure(DatagramChannelConfig config, DatagramSocketOptions options) {
        if (options.isReusePort()) {
            config.setOption(UnixChannelOption.SO_REUSEPORT, true);
        }
        if (options.getMulticastTimeToLive() != -1) {
            config.setTimeToLive(options.getMulticastTimeToLive());
        }
        String networkInterface = options.getMulticastNetworkInterface();
        if (networkInterface != null) {
            config.setNetworkInterface(named(networkInterface));
        }
    }

    private static NetworkInterface named(String networkInterface) {
        try {
            NetworkInterface found = NetworkInterface.getByName(networkInterface);
            if (found == null) {
                throw new IllegalArgumentException("no network interface " + networkInterface);
            }
            return found;
        } catch (SocketException failed) {
            throw new IllegalArgumentException("no network interface " + networkInterface, failed);
        }
    }

    private @Nullable Object ofConnections(Object proxy, Method method, Object[] arguments)
            throws Throwable {
        if (connections != null) {
            try {
                return method.invoke(connections, arguments);
            } catch (InvocationTargetException thrown) {
                throw thrown.getTargetException();
            }
        }
        // Not asked for domain sockets: the interface's own answer is that there are none.
        return switch (method.getName()) {
            case "channelFactory" -> new ReflectiveChannelFactory<>(channels.socketChannelClass());
            case "serverChannelFactory" -> new ReflectiveChannelFactory<>(channels.serverSocketChannelClass());
            default -> InvocationHandler.invokeDefault(proxy, method, arguments);
        };
    }
}
