// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.net;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The peers that the channels of one loop have seen, for sockets of one family: so that neither a received nor a sent
 * datagram makes an address object. Bounded: a new peer takes the place of one that falls on the same entry. Used by
 * one loop only.
 */
public final class PeerCache {
    /** Entries of each of the two tables; a power of two. */
    public static final int ENTRIES = 1024;

    private static final int MASK = ENTRIES - 1;
    private static final ValueLayout.OfLong WORD = ValueLayout.JAVA_LONG_UNALIGNED;
    /** 2^64 divided by the golden ratio, odd: Fibonacci hashing. */
    private static final long SPREAD = 0x9E37_79B9_7F4A_7C15L;
    private static final int SPREAD_SHIFT = Long.SIZE - 10;

    private final SocketAddressCodec codec;
    private final boolean inet6Socket;
    private final MemorySegment scratch = Arena.ofAuto().allocate(SocketAddressCodec.ROOM, Long.BYTES);
    private final @Nullable Peer[] received = new @Nullable Peer[ENTRIES];
    private final @Nullable Peer[] recipients = new @Nullable Peer[ENTRIES];
    private final Consumer<Peer> onEvict;

    /**
     * @param onEvict called with a recipient that is about to leave the cache
     */
    public PeerCache(SocketAddressCodec codec, boolean inet6Socket, Consumer<Peer> onEvict) {
        this.codec = codec;
        this.inet6Socket = inet6Socket;
        this.onEvict = onEvict;
    }

    /**
     * The peer whose socket address the system wrote.
     *
     * @param available how many bytes of it are there; {@link SocketAddressCodec#ROOM} bytes must be readable
     * @return null if there is no address of a known family
     */
    public @Nullable Peer received(MemorySegment source, long offset, int available) {
        long key = source.get(WORD, offset);
        if (available > SocketAddressCodec.INET_BYTES) {
            key ^= (source.get(WORD, offset + 16) + (source.get(WORD, offset + 8) * 31)) * SPREAD;
        }
        int index = (int) ((key * SPREAD) >>> SPREAD_SHIFT);
        Peer peer = received[index];
        if (peer != null && peer.isAt(source, offset, available)) {
            return peer;
        }
        InetSocketAddress address = codec.read(source, offset, available);
        if (address == null) {
            return null;
        }
        peer = new Peer(address, source, offset, available);
        received[index] = peer;
        enter(peer, address.hashCode() & MASK);
        return peer;
    }

    /**
     * The peer for an address that the user gave.
     *
     * @param address a resolved address
     * @return null if a socket of this family cannot send there
     */
    public @Nullable Peer recipient(InetSocketAddress address) {
        int index = address.hashCode() & MASK;
        Peer peer = recipients[index];
        if (peer != null && isSame(peer.address(), address)) {
            return peer;
        }
        int length = codec.write(scratch, 0, address.getAddress(), address.getPort(), inet6Socket);
        if (length < 0) {
            return null;
        }
        peer = new Peer(address, scratch, 0, length);
        enter(peer, index);
        return peer;
    }

    private void enter(Peer peer, int index) {
        Peer old = recipients[index];
        if (old != null) {
            onEvict.accept(old);
        }
        recipients[index] = peer;
    }

    @SuppressWarnings("ReferenceEquality") // the usual case: the very address that a packet came with
    private static boolean isSame(InetSocketAddress a, InetSocketAddress b) {
        // Inet6Address.equals does not look at the scope.
        return a == b || (a.equals(b) && scopeOf(a) == scopeOf(b));
    }

    private static int scopeOf(InetSocketAddress address) {
        return address.getAddress() instanceof Inet6Address inet6 ? inet6.getScopeId() : 0;
    }
}
