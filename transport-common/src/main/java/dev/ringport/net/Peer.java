// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.net;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.InetSocketAddress;

/**
 * A peer already seen: its address as Netty shows it, and the same address as the system takes it. Used by one loop
 * only.
 */
public class Peer {
    /** 2^64 divided by the golden ratio, odd: Fibonacci hashing. */
    static final long SPREAD = 0x9E37_79B9_7F4A_7C15L;

    private static final ValueLayout.OfLong WORD = ValueLayout.JAVA_LONG_UNALIGNED;
    private static final ValueLayout.OfInt SCOPE = ValueLayout.JAVA_INT_UNALIGNED;

    private final InetSocketAddress address;
    private final int length;
    private final long head;
    private final long high;
    private final long low;
    private final int scope;

    /**
     * The peer with this address.
     *
     * @param encoded the address as the system takes it, from {@code offset} on
     * @param length its bytes: 16 or 28
     */
    public Peer(InetSocketAddress address, MemorySegment encoded, long offset, int length) {
        this.address = address;
        this.length = length;
        head = encoded.get(WORD, offset);
        boolean inet6 = length > SocketAddressCodec.INET_BYTES;
        high = inet6 ? encoded.get(WORD, offset + 8) : 0;
        low = inet6 ? encoded.get(WORD, offset + 16) : 0;
        scope = inet6 ? encoded.get(SCOPE, offset + 24) : 0;
    }

    /** The address as Netty shows it. */
    public final InetSocketAddress address() {
        return address;
    }

    /** The number of bytes of the socket address: 16 or 28. */
    public final int length() {
        return length;
    }

    /** Writes the socket address to memory with at least {@link SocketAddressCodec#ROOM} bytes at {@code offset}. */
    public final void copyTo(MemorySegment target, long offset) {
        target.set(WORD, offset, head);
        target.set(WORD, offset + 8, high);
        if (length > SocketAddressCodec.INET_BYTES) {
            target.set(WORD, offset + 16, low);
            target.set(SCOPE, offset + 24, scope);
        }
    }

    /** Whether the socket address there, of {@code available} bytes, is this one. */
    final boolean isAt(MemorySegment source, long offset, int available) {
        if (head != source.get(WORD, offset) || available != length) {
            return false;
        }
        return length == SocketAddressCodec.INET_BYTES
                || (low == source.get(WORD, offset + 16)
                        && high == source.get(WORD, offset + 8)
                        && scope == source.get(SCOPE, offset + 24));
    }

    /** The hash of a socket address as the system writes it; IPv4 has the first word alone. */
    static long hash(long head, long high, long low) {
        return (head ^ (low + high * 31) * SPREAD) * SPREAD;
    }

    final long receivedHash() {
        return hash(head, high, low);
    }
}
