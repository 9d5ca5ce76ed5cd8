// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.dns;

import dev.ringport.testkit.ChannelWatch;
import io.netty.bootstrap.ChannelInitializerExtension;
import io.netty.channel.Channel;

/** Shows each channel that a bootstrap makes to the watch of the test that runs; Netty finds it as a service. */
public final class WatchedBootstraps extends ChannelInitializerExtension {
    static volatile ChannelWatch watch = new ChannelWatch();

    @Override
    public void postInitializeClientChannel(Channel channel) {
        watch.watch(channel);
    }
}
