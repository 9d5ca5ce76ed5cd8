// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.mmsg;

import dev.ringport.linux.channel.LinuxDatagramConfig;
import io.netty.channel.ChannelException;

/**
 * The configuration of a {@link MmsgDatagramChannel}. Methods may be called from any thread; those that reach the
 * socket throw {@link ChannelException} with the system's error.
 */
public final class MmsgDatagramChannelConfig extends LinuxDatagramConfig<MmsgDatagramChannelConfig> {
    MmsgDatagramChannelConfig(MmsgDatagramChannel channel) {
        super(channel);
    }

    @Override
    protected MmsgDatagramChannelConfig self() {
        return this;
    }
}
