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
    private static final String KQUEUE = "kqueue";
    private static final String HANDLER = "IoHandler";

    /**
     * All of them, on whatever system. io_uring is above epoll for connections, and below NIO for datagrams, each of which
     * costs it more than NIO, see README.
     */
    static final List<NettyTransport> ALL = List.of(
            new NettyTransport("netty-io_uring", "io_uring", "Linux", -10, 50, "io.netty.channel.uring.IoUring"),
            new NettyTransport("epoll", "epoll", "Linux", 40, 40, "io.netty.channel.epoll.Epoll"),
            new NettyTransport(KQUEUE, "kqueue", "macOS and BSD", 40, 40, "io.netty.channel.kqueue.KQueue"));

    private final String name;
    private final String artifact;
    private final String systems;
    private final int rank;
    private final int connectionRank;
    /** The class that knows whether it is available; the others' names begin with its. */
    private final String entry;

    private NettyTransport(
            String name, String artifact, String systems, int rank, int connectionRank, String entry) {
        this.name = name;
        this.artifact = artifact;
        this.systems = systems;
        this.rank = rank;
        this.connectionRank = connectionRank;
        this.entry = entry;
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
        try {
            Throwable cause = (Throwable) load("").getMethod("unavailabilityCause").invoke(null);
            return cause == null ? null : unusable(cause);
        } catch (ClassNotFoundException absent) {
            return new UnsupportedOperationException(
                    "netty-transport-classes-" + artifact + " is not there: no class " + absent.getMessage(), absent);
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
            return (IoHandlerFactory) load(HANDLER).getMethod("newFactory").invoke(null);
        } catch (ReflectiveOperationException broken) {
            throw new UnsupportedOperationException(entry + HANDLER + " makes no handler", broken);
        }
    }

    @Override
    public boolean isLoopOf(IoEventLoop loop) {
        try {
            return loop.isIoType(load(HANDLER).asSubclass(IoHandler.class));
        } catch (ClassNotFoundException | LinkageError absent) {
            return false;
        }
    }

    @Override
    public Class<? extends DatagramChannel> datagramChannelClass() {
        return channelClass("DatagramChannel", DatagramChannel.class);
    }

    @Override
    public Class<? extends SocketChannel> socketChannelClass() {
        return channelClass("SocketChannel", SocketChannel.class);
    }

    @Override
    public Class<? extends ServerSocketChannel> serverSocketChannelClass() {
        return channelClass("ServerSocketChannel", ServerSocketChannel.class);
    }

    private <T> Class<? extends T> channelClass(String suffix, Class<T> kind) {
        try {
            return load(suffix).asSubclass(kind);
        } catch (ClassNotFoundException absent) {
            throw new UnsupportedOperationException("no class " + absent.getMessage(), absent);
        }
    }

    /** Without its initialisation, which loads the native library. */
    private Class<?> load(String suffix) throws ClassNotFoundException {
        return Class.forName(entry + suffix, false, NettyTransport.class.getClassLoader());
    }
}
