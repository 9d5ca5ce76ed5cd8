// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.uring.receive;

import io.netty.buffer.ByteBufAllocator;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/** What a receive asks of its channel. */
public interface ReceivingChannel {
    /** Where contents come from. */
    ByteBufAllocator alloc();

    /** The recipient of what comes, or null. */
    @Nullable
    InetSocketAddress localAddress();

    /** The sender of what comes without an address, or null. */
    @Nullable
    InetSocketAddress remoteAddress();

    /** The longest datagram to hand up, in bytes. */
    int receiveLimit();

    /** How much room a receive needs, in bytes. */
    int receiveBytes();

    /** Whether trains come whole. */
    boolean isUdpGro();
}
