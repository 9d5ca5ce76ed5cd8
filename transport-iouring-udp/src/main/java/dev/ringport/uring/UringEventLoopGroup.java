// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.uring;

import io.netty.channel.MultiThreadIoEventLoopGroup;
import java.util.concurrent.ThreadFactory;

/**
 * Event loops over io_uring, for code that configures a group by its class. The same as
 * {@code new MultiThreadIoEventLoopGroup(UringIoHandler.newFactory())}.
 */
public class UringEventLoopGroup extends MultiThreadIoEventLoopGroup {
    /** As many loops as Netty's default, twice the processors unless {@code io.netty.eventLoopThreads} says else. */
    public UringEventLoopGroup() {
        super(UringIoHandler.newFactory());
    }

    /** The given number of loops; 0 for Netty's default. */
    public UringEventLoopGroup(int threads) {
        super(threads, UringIoHandler.newFactory());
    }

    /** The given number of loops, whose threads come from a factory. */
    public UringEventLoopGroup(int threads, ThreadFactory threadFactory) {
        super(threads, threadFactory, UringIoHandler.newFactory());
    }

    /** The given number of loops with rings of the given sizes. */
    public UringEventLoopGroup(int threads, UringIoHandlerConfig config) {
        super(threads, UringIoHandler.newFactory(config));
    }
}
