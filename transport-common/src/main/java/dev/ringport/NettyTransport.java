// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport;

import io.netty.channel.IoEventLoop;
import io.netty.channel.IoHandler;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.socket.DatagramChannel;
import io.netty.channel.socket.ServerSocketChannel;
import io.netty.channel.socket.SocketChannel;
import java.lang.reflect.InvocationTargetException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** One of Netty's own native transports, looked for by class name: its artifacts need not be there. */
final class NettyTransport implements TransportProvider {
    static final String EPOLL = "epoll";
    static final String IO_URING = "netty-io_uring";
    static final String KQUEUE = "kqueue";

    private static final NettyTransport NETTY_EPOLL = new NettyTransport(
            EPOLL, "epoll", "Linux", 40, 40, "io.netty.channel.epoll.Epoll",
            "io.netty.channel.epoll.EpollIoHandler", "io.netty.channel.epoll.EpollDatagramChannel",
            "io.netty.channel.epoll.EpollSocketChannel", "io.netty.channel.epoll.EpollServerSocketChannel");

    /** Above epoll for connections. Below NIO for datagrams, each of which costs it more than NIO, see README. */
    private static final NettyTransport NETTY_IO_URING = new NettyTransport(
            IO_URING, "io_uring", "Linux", -10, 50, "io.netty.channel.uring.IoUring",
            "io.netty.channel.uring.IoUringIoHandler", "io.netty.channel.uring.IoUringDatagramChannel",
            "io.netty.channel.uring.IoUringSocketChannel", "io.netty.channel.uring.IoUringServerSocketChannel");

    private static final NettyTransport NETTY_KQUEUE = new NettyTransport(
            KQUEUE, "kqueue", "macOS and BSD", 40, 40, "io.netty.channel.kqueue.KQueue",
            "io.netty.channel.kqueue.KQueueIoHandler", "io.netty.channel.kqueue.KQueueDatagramChannel",
            "io.netty.channel.kqueue.KQueueSocketChannel", "io.netty.channel.kqueue.KQueueServerSocketChannel");

    /** All of them, on whatever system. */
    static final List<NettyTransport> ALL = List.of(NETTY_IO_URING, NETTY_EPOLL, NETTY_KQUEUE);

    private final String name;
    private final String artifact;
    private final String systems;
    private final int rank;
    private final int connectionRank;
    private final String entry;
    private final String handler;
    private final String datagramChannel;
    private final String socketChannel;
    private final String serverSocketChannel;

    private NettyTransport(
            String name, String artifact, String systems, int rank, int connectionRank, String entry, String handler,
            String datagramChannel, String socketChannel, String serverSocketChannel) {
        this.name = name;
        this.artifact = artifact;
        this.systems = systems;
        this.rank = rank;
        this.connectionRank = connectionRank;
        this.entry = entry;
        this.handler = handler;
        this.datagramChannel = datagramChannel;
        this.socketChannel = socketChannel;
        this.serverSocketChannel = serverSocketChannel;
    }

    /** Those that a system could have. */
    static Stream<NettyTransport> of(String system) {
        return ALL.stream().filter(transport -> transport.isOf(system));
    }

    private boolean isOf(String system) {
        String lower = system.toLowerCase(Locale.ROOT);
        return name.equals(KQUEUE) ? lower.startsWith("mac") || lower.endsWith("bsd") : lower.startsWith("linux");
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public int rank() {
        return rank;
    }

    @Override
    public int connectionRank() {
        return connectionRank;
    }

    @Override
    public @Nullable Throwable unavailabilityCause() {
        String system = System.getProperty("os.name");
        if (!isOf(system)) {
            return new UnsupportedOperationException(name + " is of " + systems + "; this is " + system);
        }
        Class<?> found;
        try {
            found = Class.forName(entry, true, loader());
        } catch (ClassNotFoundException absent) {
            return new UnsupportedOperationException(
                    "netty-transport-classes-" + artifact + " is not there: no class " + absent.getMessage(), absent);
        } catch (LinkageError broken) {
            return unusable(broken);
        }
        try {
            Throwable cause = (Throwable) found.getMethod("unavailabilityCause").invoke(null);
            return cause == null ? null : unusable(cause);
        } catch (InvocationTargetException thrown) {
            return unusable(Optional.ofNullable(thrown.getCause()).orElse(thrown));
        } catch (ReflectiveOperationException | LinkageError broken) {
            return unusable(broken);
        }
    }

    private Throwable unusable(Throwable cause) {
        String hint = cause instanceof UnsatisfiedLinkError
                ? "; netty-transport-native-" + artifact + " of this system may be missing"
                : "";
        return new UnsupportedOperationException(
                Optional.ofNullable(cause.getMessage()).orElse(cause.toString()) + hint, cause);
    }

    @Override
    public String capabilities() {
        Throwable cause = unavailabilityCause();
        return cause == null ? name + ": on" : name + ": off (" + cause.getMessage() + ")";
    }

    @Override
    public IoHandlerFactory newHandlerFactory() {
        try {
            return (IoHandlerFactory) Class.forName(handler, true, loader()).getMethod("newFactory").invoke(null);
        } catch (ReflectiveOperationException broken) {
            throw new UnsupportedOperationException(handler + " makes no handler", broken);
        }
    }

    @Override
    public boolean isLoopOf(IoEventLoop loop) {
        try {
            return loop.isIoType(Class.forName(handler, false, loader()).asSubclass(IoHandler.class));
        } catch (ClassNotFoundException | LinkageError absent) {
            return false;
        }
    }

    @Override
    public Class<? extends DatagramChannel> datagramChannelClass() {
        return channelClass(datagramChannel, DatagramChannel.class);
    }

    @Override
    public Class<? extends SocketChannel> socketChannelClass() {
        return channelClass(socketChannel, SocketChannel.class);
    }

    @Override
    public Class<? extends ServerSocketChannel> serverSocketChannelClass() {
        return channelClass(serverSocketChannel, ServerSocketChannel.class);
    }

    private static <T> Class<? extends T> channelClass(String type, Class<T> kind) {
        try {
            return Class.forName(type, false, loader()).asSubclass(kind);
        } catch (ClassNotFoundException absent) {
            throw new UnsupportedOperationException("no class " + type, absent);
        }
    }

    private static @Nullable ClassLoader loader() {
        return NettyTransport.class.getClassLoader();
    }
}
