// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.iocp.tcp;

import dev.ringport.iocp.loop.OverlappedSocket;

/** The sockets behind channels, which these show to nobody. */
public final class Sockets {
    private Sockets() {}

    public static OverlappedSocket of(AbstractStreamChannel channel) {
        return channel.socket();
    }
}
