// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.reactor;

import dev.ringport.ServerTransport;
import dev.ringport.Transports;
import io.netty.channel.Channel;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.ReflectiveChannelFactory;
import io.netty.channel.socket.DatagramChannel;
import io.netty.channel.socket.ServerSocketChannel;
import io.netty.channel.socket.SocketChannel;
import io.netty.util.concurrent.FastThreadLocalThread;
import io.netty.util.internal.ObjectUtil;
import java.time.Duration;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.NonBlocking;
import reactor.netty.resources.LoopResources;

/**
 * Reactor Netty 1.3 on Ringport's channels: UDP, HTTP/3 and the name resolver by them, and connections, on the same loops.
 *
 * <pre>{@code
 * LoopResources loops = RingportLoops.create("server");
 * UdpServer.create().runOn(loops)...
 * HttpServer.create().runOn(loops)...
 * HttpClient.create().runOn(loops).resolver(spec -> spec.runOn(loops))...
 * }</pre>
 *
 * <p>The preference for native transports that {@code runOn(loops, false)} expresses is not looked at: the loops are always
 * these. {@code UdpClient} and {@code UdpServer} make NIO channels by themselves if they are told {@code false}, or a
 * protocol family, which these loops take only if they are NIO's. Domain sockets are Reactor Netty's, where it knows the
 * loops.
 *
 * <p>May be used from any thread. Ends with {@link #disposeLater()}.
 */
public final class RingportLoops implements LoopResources {
    private final ServerTransport channels;
    private final boolean daemon;
    private final EventLoopGroup servers;
    private final EventLoopGroup clients;

    private RingportLoops(ServerTransport channels, String prefix, int workers, boolean daemon) {
        ObjectUtil.checkNonEmpty(prefix, "prefix");
        ObjectUtil.checkPositive(workers, "workers");
        if (!channels.isOnOneLoop()) {
            throw new IllegalArgumentException(
                    "Reactor Netty runs datagrams and connections on one group, and these need two (" + channels
                            + "); take Transports.bestOnOneLoop()");
        }
        this.channels = channels;
        this.daemon = daemon;
        servers = channels.newLoops(workers, new LoopThreads(prefix, daemon)).connections();
        clients = LoopResources.colocate(servers);
    }

    /**
     * On {@link Transports#bestOnOneLoop()}, with as many daemon threads as Reactor Netty takes by default: one a
     * processor, 4 at least, or what the property {@code reactor.netty.ioWorkerCount} says.
     *
     * @param prefix of the threads' names
     * @throws IllegalArgumentException if the prefix is empty, and as it does
     * @throws UnsupportedOperationException as it does
     */
    public static RingportLoops create(String prefix) {
        return create(prefix, DEFAULT_IO_WORKER_COUNT, true);
    }

    /**
     * On {@link Transports#bestOnOneLoop()}.
     *
     * @param prefix of the threads' names
     * @param workers how many threads, at least 1
     * @param daemon whether the process may end while they run
     * @throws IllegalArgumentException if the prefix is empty or there are no workers, and as it does
     * @throws UnsupportedOperationException as it does
     */
    public static RingportLoops create(String prefix, int workers, boolean daemon) {
        return create(Transports.bestOnOneLoop(), prefix, workers, daemon);
    }

    /**
     * On the channels that are given.
     *
     * @param channels those of one loop, see {@link ServerTransport#isOnOneLoop()}
     * @param prefix of the threads' names
     * @param workers how many threads, at least 1
     * @param daemon whether the process may end while they run
     * @throws IllegalArgumentException if the channels need two loops, the prefix is empty or there are no workers
     */
    public static RingportLoops create(ServerTransport channels, String prefix, int workers, boolean daemon) {
        return new RingportLoops(channels, prefix, workers, daemon);
    }

    /** What they run on. */
    public ServerTransport channels() {
        return channels;
    }

    @Override
    public <C extends Channel> C onChannel(Class<C> channelType, EventLoopGroup group) {
        // Not by the class that onChannelClass answers: Reactor Netty has none for domain sockets.
        return isOurs(channelType)
                ? new ReflectiveChannelFactory<>(onChannelClass(channelType, group)).newChannel()
                : LoopResources.super.onChannel(channelType, group);
    }

    @Override
    @SuppressWarnings("unchecked") // The class that is asked for is the interface of the one that is answered.
    public <C extends Channel> Class<? extends C> onChannelClass(Class<C> channelType, EventLoopGroup group) {
        if (channelType == DatagramChannel.class) {
            return (Class<? extends C>) channels.datagramChannelClass();
        }
        if (channelType == SocketChannel.class) {
            return (Class<? extends C>) channels.socketChannelClass();
        }
        if (channelType == ServerSocketChannel.class) {
            return (Class<? extends C>) channels.serverSocketChannelClass();
        }
        return LoopResources.super.onChannelClass(channelType, group);
    }

    private static boolean isOurs(Class<?> channelType) {
        return channelType == DatagramChannel.class
                || channelType == SocketChannel.class
                || channelType == ServerSocketChannel.class;
    }

    /** A client's channel gets the loop that asks for it, if one of these does. */
    @Override
    public EventLoopGroup onClient(boolean useNative) {
        return clients;
    }

    @Override
    public EventLoopGroup onServer(boolean useNative) {
        return servers;
    }

    @Override
    public boolean daemon() {
        return daemon;
    }

    @Override
    public Mono<Void> disposeLater(Duration quietPeriod, Duration timeout) {
        return Mono.create(
                sink -> servers.shutdownGracefully(quietPeriod.toMillis(), timeout.toMillis(), TimeUnit.MILLISECONDS)
                        .addListener(_ -> sink.success()));
    }

    @Override
    public boolean isDisposed() {
        return servers.isShuttingDown();
    }

    @Override
    public String toString() {
        return "RingportLoops (" + channels + ")";
    }

    private static final class LoopThreads implements ThreadFactory {
        private final String prefix;
        private final boolean daemon;
        private final AtomicInteger made = new AtomicInteger();

        LoopThreads(String prefix, boolean daemon) {
            this.prefix = prefix;
            this.daemon = daemon;
        }

        @Override
        public Thread newThread(Runnable loop) {
            Thread thread = new LoopThread(loop, prefix + "-" + made.incrementAndGet());
            thread.setDaemon(daemon);
            return thread;
        }
    }

    /** Reactor refuses to block on it. */
    private static final class LoopThread extends FastThreadLocalThread implements NonBlocking {
        LoopThread(Runnable loop, String name) {
            super(loop, name);
        }
    }
}
