// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.iocp;

import dev.ringport.iocp.abi.WindowsCalls;
import dev.ringport.iocp.loop.OverlappedSocket;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import io.netty.util.internal.logging.InternalLogger;
import io.netty.util.internal.logging.InternalLoggerFactory;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;

/**
 * One UDP port on many event loops. Linux has SO_REUSEPORT for it, set on as many channels as there are loops; Windows
 * has none, but from Windows 10 2004 one socket for each processor may share a port ({@code SIO_CPU_AFFINITY}). All
 * datagrams between two addresses come to one of them, as on Linux.
 *
 * <p>May be called from any thread; does not block.
 */
public final class IocpSharedPort {
    private static final InternalLogger LOGGER = InternalLoggerFactory.getInstance(IocpSharedPort.class);

    private IocpSharedPort() {}

    /**
     * Binds one channel for each processor of the JVM to one address; the group's loops share them out. Where Windows
     * does not share ports there is one channel, and one line at level INFO says why.
     *
     * @param bootstrap with an {@link IocpDatagramChannel} or a factory of them, and a handler that may serve several
     *     channels; it is copied for each bind
     * @param address with port 0 the first channel is given one, which all share. If the port cannot be shared after all,
     *     the one channel is given another: the first's is free for anybody by then
     * @return the channels, in the order of their processors; fails, with none left open, if the address cannot be bound. It
     *     cannot be cancelled
     * @throws UnsupportedOperationException if {@link Iocp#isAvailable()} is false
     */
    public static Future<List<Channel>> bind(Bootstrap bootstrap, InetSocketAddress address) {
        Iocp.ensureAvailability();
        return bind(Iocp.calls(), bootstrap, address, Runtime.getRuntime().availableProcessors());
    }

    static Future<List<Channel>> bind(
            WindowsCalls calls, Bootstrap bootstrap, InetSocketAddress address, int processors) {
        Promise<List<Channel>> promise = bootstrap.config().group().next().newPromise();
        // Whoever cancelled it would not get the channels, and they would stay.
        boolean _ = promise.setUncancellable();
        Binding binding = new Binding(bootstrap, address, promise, processors);
        String refusal = processors > 1 ? refusal(calls) : "there is one processor";
        if (refusal.isEmpty()) {
            binding.next(address);
        } else {
            binding.alone(refusal);
        }
        return promise;
    }

    /** Asked of a socket of its own: what fails on a channel is a warning of Netty's. */
    private static String refusal(WindowsCalls calls) {
        try {
            OverlappedSocket socket = OverlappedSocket.open(calls, false, false);
            try {
                socket.receiveOf(0);
                return "";
            } finally {
                socket.close();
            }
        } catch (IOException refused) {
            return String.valueOf(refused.getMessage());
        }
    }

    /** One channel after the other: the first may choose the port, and a failure ends it. */
    private static final class Binding {
        private final Bootstrap bootstrap;
        private final InetSocketAddress asked;
        private final Promise<List<Channel>> promise;
        private final int processors;
        private final List<Channel> bound = new ArrayList<>();

        Binding(Bootstrap bootstrap, InetSocketAddress asked, Promise<List<Channel>> promise, int processors) {
            this.bootstrap = bootstrap;
            this.asked = asked;
            this.promise = promise;
            this.processors = processors;
        }

        void next(InetSocketAddress address) {
            ChannelFuture future = bootstrap.clone()
                    .option(IocpChannelOption.SIO_CPU_AFFINITY, bound.size())
                    .bind(address);
            future.addListener(done -> {
                if (future.isSuccess()) {
                    bound.add(future.channel());
                    InetSocketAddress shared = (InetSocketAddress) future.channel().localAddress();
                    if (bound.size() == processors) {
                        promise.setSuccess(List.copyOf(bound));
                    } else if (shared != null) {
                        next(shared);
                    } else {
                        giveUp(0, "a channel was closed as soon as it was bound");
                    }
                } else if (bound.isEmpty()) {
                    promise.setFailure(future.cause());
                } else {
                    giveUp(0, String.valueOf(future.cause().getMessage()));
                }
            });
        }

        /** Closes what shares the port already: a lone channel of one processor might miss what comes in on others. */
        private void giveUp(int closed, String why) {
            if (closed == bound.size()) {
                alone(why);
            } else {
                bound.get(closed).close().addListener(done -> giveUp(closed + 1, why));
            }
        }

        void alone(String why) {
            LOGGER.info("{} is served by one channel: ports are not shared here ({})", asked, why);
            ChannelFuture future = bootstrap.clone().bind(asked);
            future.addListener(done -> {
                if (future.isSuccess()) {
                    promise.setSuccess(List.of(future.channel()));
                } else {
                    promise.setFailure(future.cause());
                }
            });
        }
    }
}
