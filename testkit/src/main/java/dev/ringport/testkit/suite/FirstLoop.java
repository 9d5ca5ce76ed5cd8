// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.testkit.suite;

import io.netty.channel.Channel;
import io.netty.channel.EventLoopGroup;
import java.util.concurrent.TimeUnit;

/**
 * The first loop of a JVM, before Netty's test of event loops: its limits, down to 200 ms, are not for what that loop
 * loads, which was seen to take 5 s.
 */
public final class FirstLoop {
    private FirstLoop() {}

    /** Has the loop run once, with the channel, and ends it. */
    public static void end(EventLoopGroup loop, Channel channel) throws InterruptedException {
        loop.register(channel).sync().channel().close().sync();
        loop.shutdownGracefully(0, 30, TimeUnit.SECONDS).sync();
    }
}
