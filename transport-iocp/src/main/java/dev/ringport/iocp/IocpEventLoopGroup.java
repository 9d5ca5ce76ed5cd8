// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.iocp;

import io.netty.channel.MultiThreadIoEventLoopGroup;
import java.util.concurrent.ThreadFactory;

/**
 * Event loops over completion ports, one port each, for code that configures a group by its class. The same as
 * {@code new MultiThreadIoEventLoopGroup(IocpIoHandler.newFactory())}.
 */
public class IocpEventLoopGroup extends MultiThreadIoEventLoopGroup {
    /** As many loops as Netty's default, twice the processors unless {@code io.netty.eventLoopThreads} says else. */
    public IocpEventLoopGroup() {
        this(0);
    }

    /** The given number of loops; 0 for Netty's default. */
    public IocpEventLoopGroup(int threads) {
        this(threads, new IocpIoHandlerConfig());
    }

    /** The given number of loops, whose threads come from a factory. */
    public IocpEventLoopGroup(int threads, ThreadFactory threadFactory) {
        super(threads, threadFactory, IocpIoHandler.newFactory());
    }

    /** The given number of loops with ports of the given sizes. */
    public IocpEventLoopGroup(int threads, IocpIoHandlerConfig config) {
        super(threads, IocpIoHandler.newFactory(config));
    }
}
