// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.uring.suite;

import dev.ringport.testkit.suite.DatagramEventLoopContract;
import dev.ringport.uring.UringTransport;
import io.netty.channel.EventLoopGroup;

class UringSingleThreadEventLoopTest extends DatagramEventLoopContract {
    UringSingleThreadEventLoopTest() {
        super(UringTransport.INSTANCE);
    }

    /** A ring has one thread for life, so loops do not scale. */
    @Override
    protected EventLoopGroup newAutoScalingEventLoopGroup() {
        return null;
    }
}
