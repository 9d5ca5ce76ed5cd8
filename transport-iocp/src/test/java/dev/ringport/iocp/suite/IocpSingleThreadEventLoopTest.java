// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.iocp.suite;

import dev.ringport.iocp.IocpIoHandler;
import dev.ringport.iocp.IocpServerSocketChannel;
import dev.ringport.iocp.IocpSocketChannel;
import dev.ringport.testkit.suite.FirstLoop;
import dev.ringport.testkit.suite.WithinLimits;
import io.netty.channel.Channel;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.testsuite.transport.AbstractSingleThreadEventLoopTest;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.ExtendWith;

@EnabledOnOs(OS.WINDOWS)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@ExtendWith(WithinLimits.class)
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

    @BeforeAll
    protected void endFirstLoop() throws InterruptedException {
        FirstLoop.end(newEventLoopGroup(), newChannel());
    }
}
