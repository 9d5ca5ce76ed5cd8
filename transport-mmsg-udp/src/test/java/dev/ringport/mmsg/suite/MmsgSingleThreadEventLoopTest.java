// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.mmsg.suite;

import dev.ringport.mmsg.MmsgTransport;
import dev.ringport.testkit.suite.DatagramEventLoopContract;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import java.util.concurrent.Executor;

class MmsgSingleThreadEventLoopTest extends DatagramEventLoopContract {
    MmsgSingleThreadEventLoopTest() {
        super(MmsgTransport.INSTANCE);
    }

    /** Of the transport's own loops, which can move to another thread: how others' groups scale is theirs. */
    @Override
    protected EventLoopGroup newAutoScalingEventLoopGroup() {
        if (MmsgTransport.INSTANCE.host() != MmsgTransport.Host.OWN) {
            return null;
        }
        return new MultiThreadIoEventLoopGroup(SCALING_MAX_THREADS, (Executor) null, AUTO_SCALING_CHOOSER_FACTORY,
                MmsgTransport.INSTANCE.newHandlerFactory());
    }
}
