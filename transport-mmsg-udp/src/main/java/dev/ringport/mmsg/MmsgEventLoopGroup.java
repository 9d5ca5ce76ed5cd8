// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.mmsg;

import io.netty.channel.MultiThreadIoEventLoopGroup;
import java.util.concurrent.ThreadFactory;

/**
 * Event loops over recvmmsg and sendmmsg, for code that configures a group by its class. The same as
 * {@code new MultiThreadIoEventLoopGroup(MmsgIoHandler.newFactory())}.
 */
public class MmsgEventLoopGroup extends MultiThreadIoEventLoopGroup {
    /** As many loops as Netty's default, twice the processors unless {@code io.netty.eventLoopThreads} says else. */
    public MmsgEventLoopGroup() {
        super(MmsgIoHandler.newFactory());
    }

    /** The given number of loops; 0 for Netty's default. */
    public MmsgEventLoopGroup(int threads) {
        super(threads, MmsgIoHandler.newFactory());
    }

    /** The given number of loops, whose threads come from a factory. */
    public MmsgEventLoopGroup(int threads, ThreadFactory threadFactory) {
        super(threads, threadFactory, MmsgIoHandler.newFactory());
    }

    /** The given number of loops of the given sizes. */
    public MmsgEventLoopGroup(int threads, MmsgIoHandlerConfig config) {
        super(threads, MmsgIoHandler.newFactory(config));
    }
}
