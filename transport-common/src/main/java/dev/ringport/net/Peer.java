// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.net;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * A peer already seen: its address as Netty shows it, and the same address as the system takes it. Used by one loop
 * only.
 */
public final class Peer {
    private static final ValueLayout.OfLong WORD = ValueLayout.JAVA_LONG_UNALIGNED;
    private static final ValueLayout.OfInt SCOPE = ValueLayout.JAVA_INT_UNALIGNED;

    private final InetSocketAddress address;
    private final int length;
    private final long head;
    private final long high;
    private final long low;
    private final int scope;

    /** What the segmentation planner has open for this peer during one pass; null outside of a pass. */
    public @Nullable Object openTrain;

    /** The largest segment size in bytes that the system has taken on the way to this peer. */
    public int provenSegment;

    Peer(InetSocketAddress address, MemorySegment encoded, long offset, int length) {
        this.address = address;
        this.length = length;
        head = encoded.get(WORD, offset);
        boolean inet6 = length > SocketAddressCodec.INET_BYTES;
        high = inet6 ? encoded.get(WORD, offset + 8) : 0;
        low = inet6 ? encoded.get(WORD, offset + 16) : 0;
        scope = inet6 ? encoded.get(SCOPE, offset + 24) : 0;
    }

    /** The address as Netty shows it. */
    public InetSocketAddress address() {
        return address;
    }

    /** The number of bytes of the socket address: 16 or 28. */
    public int length() {
        return length;
    }

    /** Writes the socket address to memory with at least {@link SocketAddressCodec#ROOM} bytes at {@code offset}. */
    public void copyTo(MemorySegment target, long offset) {
        target.set(WORD, offset, head);
        target.set(WORD, offset + 8, high);
        if (length > SocketAddressCodec.INET_BYTES) {
            target.set(WORD, offset + 16, low);
            target.set(SCOPE, offset + 24, scope);
        }
    }

    /** Whether the socket address there, of {@code available} bytes, is this one. */
    boolean isAt(MemorySegment source, long offset, int available) {
        if (head != source.get(WORD, offset) || available != length) {
            return false;
        }
        return length == SocketAddressCodec.INET_BYTES
                || (low == source.get(WORD, offset + 16)
                        && high == source.get(WORD, offset + 8)
                        && scope == source.get(SCOPE, offset + 24));
    }
}
