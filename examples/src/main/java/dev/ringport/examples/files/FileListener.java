// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.examples.files;

import dev.ringport.TransportProvider;
import dev.ringport.examples.EventLoops;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.flow.FlowControlHandler;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The listening channel of a file server, its connections, and the threads that ask the file system. */
final class FileListener implements AutoCloseable {
    private static final int BACKLOG = 1024;
    private static final int FILE_THREADS = 4;
    private static final int STOP_SECONDS = 30;

    private final FileTree tree;
    private final EventLoops loops;
    private final ExecutorService files = Executors
            .newFixedThreadPool(FILE_THREADS, new DefaultThreadFactory("example-files", true));
    private final ChannelGroup connections = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE);
    private final FileCounters counters = new FileCounters();
    private @Nullable Channel listener;

    FileListener(FileTree tree, TransportProvider transport, int threads) {
        this.tree = tree;
        loops = new EventLoops("server", transport, threads);
    }

    void bind(InetSocketAddress address) throws IOException, InterruptedException {
        listener = loops.opened(
                loops.serverBootstrap()
                        .option(ChannelOption.SO_BACKLOG, BACKLOG)
                        .childOption(ChannelOption.AUTO_READ, false)
                        .childHandler(new ChannelInitializer<Channel>() {
                            @Override
                            protected void initChannel(Channel connection) {
                                connections.add(connection);
                                connection.pipeline()
                                        .addLast(
                                                new HttpServerCodec(),
                                                new FlowControlHandler(),
                                                new FileRequestHandler(tree, files, counters));
                            }
                        })
                        .bind(address),
                address);
    }

    String url() {
        if (listener == null) {
            throw new IllegalStateException("not bound");
        }
        InetSocketAddress address = (InetSocketAddress) listener.localAddress();
        String host = address.getAddress().getHostAddress();
        return "http://" + (host.contains(":") ? "[" + host + "]" : host) + ":" + address.getPort() + "/";
    }

    int connectionCount() {
        return connections.size();
    }

    FileCounters counters() {
        return counters;
    }

    /** Accepts no more, and waits a while for the answers in progress. */
    void stop() throws InterruptedException {
        if (listener != null) {
            listener.close().await();
        }
        connections.forEach(connection -> connection.pipeline().fireUserEventTriggered(FileRequestHandler.STOP));
        connections.newCloseFuture().await(STOP_SECONDS, TimeUnit.SECONDS);
    }

    @Override
    public void close() {
        loops.close();
        files.shutdown();
    }
}
