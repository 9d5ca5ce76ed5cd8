// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.iocp.unkind;

import org.jspecify.annotations.Nullable;

/** What Windows knows of a socket. */
final class UnkindSocket {
    final boolean datagram;
    volatile @Nullable UnkindPort port;
    volatile long key;
    /** Whether a call that succeeds at once leaves no packet. */
    volatile boolean skipsPackets;
    volatile boolean bound;
    volatile boolean lacksContext;
    /** Whether the program has asked for a reset when it closes. */
    volatile boolean resets;

    UnkindSocket(boolean datagram) {
        this.datagram = datagram;
    }
}
