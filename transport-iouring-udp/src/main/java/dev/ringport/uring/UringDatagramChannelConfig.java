// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.uring;

import dev.ringport.linux.channel.LinuxDatagramConfig;
import io.netty.channel.ChannelException;

/**
 * The configuration of a {@link UringDatagramChannel}. Methods may be called from any thread; those that reach the
 * socket throw {@link ChannelException} with the system's error.
 */
public final class UringDatagramChannelConfig extends LinuxDatagramConfig<UringDatagramChannelConfig> {
    UringDatagramChannelConfig(UringDatagramChannel channel) {
        super(channel);
    }

    @Override
    protected UringDatagramChannelConfig self() {
        return this;
    }
}
