// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.datagram;

import io.netty.channel.ChannelOption;
import java.util.Set;

/** The options that both systems know, and no others. */
final class FakeDatagramConfig extends CompletionDatagramConfig {
    private boolean autoSegmentation = true;
    private volatile int maxDatagramPayloadSize;

    FakeDatagramConfig(FakeDatagramChannel channel, SocketOptions socket) {
        super(channel, socket);
    }

    void setMaxDatagramPayloadSize(int bytes) {
        maxDatagramPayloadSize = bytes;
        receiveRulesChanged();
    }

    @Override
    public int getMaxDatagramPayloadSize() {
        return maxDatagramPayloadSize;
    }

    @Override
    public boolean isAutoSegmentation() {
        return autoSegmentation;
    }

    void setAutoSegmentation(boolean on) {
        autoSegmentation = on;
    }

    @Override
    protected Set<ChannelOption<?>> systemOptions() {
        return Set.of();
    }
}
