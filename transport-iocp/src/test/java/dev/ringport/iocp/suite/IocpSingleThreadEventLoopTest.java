// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.iocp.suite;

import dev.ringport.iocp.IocpIoHandler;
import dev.ringport.iocp.IocpServerSocketChannel;
import dev.ringport.iocp.IocpSocketChannel;
import io.netty.channel.Channel;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.testsuite.transport.AbstractSingleThreadEventLoopTest;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

@EnabledOnOs(OS.WINDOWS)
class IocpSingleThreadEventLoopTest extends AbstractSingleThreadEventLoopTest {
    @Override
    protected EventLoopGroup newEventLoopGroup() {
        return new MultiThreadIoEventLoopGroup(1, IocpIoHandler.newFactory());
    }

    /** The factory of handlers does not say that a loop may change its thread, so loops do not scale. */
    @Override
    protected EventLoopGroup newAutoScalingEventLoopGroup() {
        return null;
    }

    @Override
    protected Channel newChannel() {
        return new IocpSocketChannel();
    }

    @Override
    protected Class<? extends ServerChannel> serverChannelClass() {
        return IocpServerSocketChannel.class;
    }

    /** Netty's limits, down to 200 ms, are not for what the first loop of a JVM loads: it was seen to take 5 s. */
    @BeforeEach
    protected void endFirstLoop() throws InterruptedException {
        EventLoopGroup first = newEventLoopGroup();
        first.register(newChannel()).sync().channel().close().sync();
        first.shutdownGracefully(0, 30, TimeUnit.SECONDS).sync();
    }
}
