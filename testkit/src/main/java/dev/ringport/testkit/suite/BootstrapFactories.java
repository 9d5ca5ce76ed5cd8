// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.testkit.suite;

import io.netty.bootstrap.AbstractBootstrap;
import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.DatagramChannel;
import io.netty.channel.socket.SocketProtocolFamily;
import io.netty.channel.socket.nio.NioDatagramChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.testsuite.transport.TestsuitePermutation.BootstrapComboFactory;
import io.netty.testsuite.transport.TestsuitePermutation.BootstrapFactory;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.util.List;
import java.util.function.Function;

/**
 * What the classes of Netty's suite run with: the transport with itself, and with NIO both ways. Its loops are daemons
 * and never end, so a module has one.
 */
public final class BootstrapFactories {
    private static final int LOOPS = 4;

    private final EventLoopGroup own;
    private final EventLoopGroup nio = group("nio", NioIoHandler.newFactory());

    private record Combination<S extends AbstractBootstrap<?, ?>, C extends AbstractBootstrap<?, ?>>(
            BootstrapFactory<S> server,
            BootstrapFactory<C> client) implements BootstrapComboFactory<S, C> {
        @Override
        public S newServerInstance() {
            return server.newInstance();
        }

        @Override
        public C newClientInstance() {
            return client.newInstance();
        }
    }

    /** For the transport of that name, which its threads bear, whose handlers the factory makes. */
    public BootstrapFactories(String name, IoHandlerFactory factory) {
        own = group(name, factory);
    }

    private static EventLoopGroup group(String name, IoHandlerFactory factory) {
        return new MultiThreadIoEventLoopGroup(LOOPS, new DefaultThreadFactory("suite-" + name, true), factory);
    }

    private static <S extends AbstractBootstrap<?, ?>, C extends AbstractBootstrap<?, ?>> List<BootstrapComboFactory<S, C>> combinations(
            BootstrapFactory<S> server, BootstrapFactory<C> client, BootstrapFactory<S> nioServer,
            BootstrapFactory<C> nioClient) {
        return List.of(
                new Combination<>(server, client), new Combination<>(server, nioClient),
                new Combination<>(nioServer, client));
    }

    /** For the classes that test two datagram channels. */
    public List<BootstrapComboFactory<Bootstrap, Bootstrap>> datagrams(
            Function<SocketProtocolFamily, ? extends DatagramChannel> channel, SocketProtocolFamily family) {
        BootstrapFactory<Bootstrap> ours = () -> new Bootstrap().group(own).channelFactory(() -> channel.apply(family));
        BootstrapFactory<Bootstrap> theirs = () -> new Bootstrap().group(nio)
                .channelFactory(() -> new NioDatagramChannel(family));
        return combinations(ours, ours, theirs, theirs);
    }

    /** For the classes that test a server and a client. */
    public List<BootstrapComboFactory<ServerBootstrap, Bootstrap>> streams(
            Class<? extends ServerChannel> server, Class<? extends Channel> client) {
        return combinations(
                () -> new ServerBootstrap().group(own).channel(server),
                () -> new Bootstrap().group(own).channel(client),
                () -> new ServerBootstrap().group(nio).channel(NioServerSocketChannel.class),
                () -> new Bootstrap().group(nio).channel(NioSocketChannel.class));
    }

    /** For the classes that test one client, or one datagram channel. */
    public List<BootstrapFactory<Bootstrap>> clients(Class<? extends Channel> channel) {
        return List.of(() -> new Bootstrap().group(own).channel(channel));
    }

    /** For the classes that test one server. */
    public List<BootstrapFactory<ServerBootstrap>> servers(Class<? extends ServerChannel> channel) {
        return List.of(() -> new ServerBootstrap().group(own).channel(channel));
    }
}
