// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.datagram.send;

import io.netty.channel.ChannelOutboundBuffer;
import org.jspecify.annotations.Nullable;

/** What a {@link DatagramSender} asks of its channel. Called on the loop only. */
public interface Outbox {
    /** The written messages, or null once the channel has closed. */
    @Nullable
    ChannelOutboundBuffer messages();

    /** The most messages to take at a time. */
    int maxMessages();

    /** Whether operations may be started: the channel is not ending, or still sends what was flushed before. */
    boolean maySend();

    /** Whether runs of plain datagrams leave as segmented sends. */
    boolean segmentsAutomatically();

    /** The loop's clock. */
    long nanoTime();

    /** Promises were completed: an end that waits for results may go on. */
    void settled();
}
