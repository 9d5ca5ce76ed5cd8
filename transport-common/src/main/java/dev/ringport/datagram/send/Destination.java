// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.datagram.send;

import dev.ringport.net.Peer;
import java.lang.foreign.MemorySegment;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/** A peer that datagrams are sent to. */
public final class Destination extends Peer {
    /** The train that further datagrams may join, while operations are built; null outside of that. */
    @Nullable
    SendOperation openTrain;

    /** See {@link Peer}. */
    public Destination(InetSocketAddress address, MemorySegment encoded, long offset, int length) {
        super(address, encoded, offset, length);
    }
}
