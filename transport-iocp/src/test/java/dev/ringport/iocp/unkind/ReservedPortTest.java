// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.iocp.unkind;

import dev.ringport.iocp.IocpDatagramChannel;
import dev.ringport.iocp.IocpIoHandler;
import dev.ringport.iocp.IocpServerSocketChannel;
import dev.ringport.iocp.IocpSocketChannel;
import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

import static org.assertj.core.api.Assertions.assertThat;

/** What a program does that finds the port of its choice reserved: it hears why, and takes another. */
@EnabledIfSystemProperty(named = UnkindLauncher.SEED, matches = "\\d+", disabledReason = "runs where ports are reserved")
class ReservedPortTest {
    private static final int SECONDS = 60;
    private static final ChannelHandler NOTHING = new ChannelInitializer<>() {
        @Override
        protected void initChannel(Channel channel) {}
    };

    private final Chances chances = new Chances(Long.getLong(UnkindLauncher.SEED, 0));
    private final EventLoopGroup group = new MultiThreadIoEventLoopGroup(1, IocpIoHandler.newFactory());
    /** The last that was tried. */
    private int port = 10_000;

    @AfterEach
    void end() {
        assertThat(group.shutdownGracefully(0, SECONDS, TimeUnit.SECONDS).awaitUninterruptibly(SECONDS,
                TimeUnit.SECONDS)).isTrue();
    }

    private static InetSocketAddress at(int port) {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    }

    private static ChannelFuture done(ChannelFuture future) {
        assertThat(future.awaitUninterruptibly(SECONDS, TimeUnit.SECONDS)).isTrue();
        return future;
    }

    /** Netty writes the peer into what a connect fails with. */
    private static void isDenied(ChannelFuture future) {
        Throwable cause = done(future).cause();
        assertThat(cause).isInstanceOf(SocketException.class).hasMessageContaining("bind")
                .hasMessageContaining("WSAEACCES").hasMessageContaining("10013");
        assertThat(cause instanceof BindException ? cause : cause.getCause()).isInstanceOf(BindException.class);
        ChannelFuture _ = done(future.channel().closeFuture());
    }

    /** Others have it, or a connection of an earlier run that the system still remembers. */
    private static boolean isInUse(ChannelFuture future) {
        Throwable cause = done(future).cause();
        return cause != null && String.valueOf(cause.getMessage()).contains("WSAEADDRINUSE");
    }

    /** Tries ports, from one that is reserved to one that neither is nor is in use. */
    private Channel bindSomewhere(Function<InetSocketAddress, ChannelFuture> bind) {
        do {
            port++;
        } while (!UnkindWindows.isReserved(chances, port));
        while (true) {
            ChannelFuture bound = bind.apply(at(port));
            if (UnkindWindows.isReserved(chances, port)) {
                isDenied(bound);
                port += 50;
            } else if (isInUse(bound)) {
                port++;
            } else {
                assertThat(bound.cause()).isNull();
                assertThat(bound.channel().localAddress()).isEqualTo(at(port));
                return bound.channel();
            }
        }
    }

    @Test
    void aServerAndItsClientTakeOthers() {
        Channel server = bindSomewhere(new ServerBootstrap()
                .group(group)
                .channel(IocpServerSocketChannel.class)
                .childHandler(NOTHING)::bind);
        Bootstrap client = new Bootstrap()
                .group(group)
                .channel(IocpSocketChannel.class)
                .handler(NOTHING);
        Channel connected = bindSomewhere(local -> client.connect(server.localAddress(), local));
        assertThat(connected.isActive()).isTrue();
        ChannelFuture _ = done(connected.close());
        ChannelFuture _ = done(server.close());
    }

    @Test
    void aDatagramChannelTakesAnother() {
        Channel bound = bindSomewhere(new Bootstrap()
                .group(group)
                .channel(IocpDatagramChannel.class)
                .handler(NOTHING)::bind);
        ChannelFuture _ = done(bound.close());
    }
}
