// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.net;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.Inet6Address;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * The peers that the channels of one loop have seen, for sockets of one family: so that neither a received nor a sent
 * datagram makes an address object. It is found by the bytes of the system and by Netty's address. The table grows with
 * its peers up to {@link #MAX_ENTRIES}; then a new peer takes the place of another. Used by one loop only.
 *
 * @param <P> what is kept of a peer
 */
public final class PeerTable<P extends Peer> {
    /** The most entries of each of the two indexes: about 5 MiB a loop when every entry has an IPv4 peer of its own. */
    public static final int MAX_ENTRIES = 32_768;

    private static final ValueLayout.OfLong WORD = ValueLayout.JAVA_LONG_UNALIGNED;

    /** Makes what is kept of a peer. */
    @FunctionalInterface
    public interface Factory<P extends Peer> {
        /** The peer with this address, whose encoded form starts at {@code offset} and has {@code length} bytes. */
        P make(InetSocketAddress address, MemorySegment encoded, long offset, int length);
    }

    private final SocketAddressCodec codec;
    private final boolean inet6Socket;
    private final Factory<P> factory;
    private final MemorySegment scratch = Arena.ofAuto().allocate(SocketAddressCodec.ROOM, Long.BYTES);
    private final Index<P> received = new Index<>();
    private final Index<P> recipients = new Index<>();

    /** An empty table for sockets of one family. */
    public PeerTable(SocketAddressCodec codec, boolean inet6Socket, Factory<P> factory) {
        this.codec = codec;
        this.inet6Socket = inet6Socket;
        this.factory = factory;
    }

    /**
     * The peer whose socket address the system wrote.
     *
     * @param available how many bytes of it are there; {@link SocketAddressCodec#ROOM} bytes must be readable
     * @return null if there is no address of a known family
     */
    public @Nullable P received(MemorySegment source, long offset, int available) {
        long head = source.get(WORD, offset);
        long hash = available > SocketAddressCodec.INET_BYTES
                ? Peer.hash(head, source.get(WORD, offset + 8), source.get(WORD, offset + 16))
                : Peer.hash(head, 0, 0);
        int first = received.first(hash);
        for (int i = 0; i < Index.WINDOW; i++) {
            P peer = received.at(first, i);
            if (peer != null && peer.isAt(source, offset, available)) {
                return peer;
            }
        }
        InetSocketAddress address = codec.read(source, offset, available);
        if (address == null) {
            return null;
        }
        P known = find(address);
        // A recipient that was named before it was heard of is the same peer, unless the system writes it otherwise.
        P peer = known != null && known.isAt(source, offset, available)
                ? known
                : factory.make(address, source, offset, available);
        received.enter(hash, peer, Peer::receivedHash);
        if (known == null) {
            recipients.enter(spread(address), peer, PeerTable::recipientHash);
        }
        return peer;
    }

    /**
     * The peer for an address that the user gave.
     *
     * @param address a resolved address
     * @return null if a socket of this family cannot send there
     */
    public @Nullable P recipient(InetSocketAddress address) {
        P known = find(address);
        if (known != null) {
            return known;
        }
        int length = codec.write(scratch, 0, address.getAddress(), address.getPort(), inet6Socket);
        if (length < 0) {
            return null;
        }
        P peer = factory.make(address, scratch, 0, length);
        recipients.enter(spread(address), peer, PeerTable::recipientHash);
        return peer;
    }

    /** Whether the address is a known recipient's. */
    boolean knows(InetSocketAddress address) {
        return find(address) != null;
    }

    private @Nullable P find(InetSocketAddress address) {
        int first = recipients.first(spread(address));
        for (int i = 0; i < Index.WINDOW; i++) {
            P peer = recipients.at(first, i);
            if (peer != null && isSame(peer.address(), address)) {
                return peer;
            }
        }
        return null;
    }

    private static long recipientHash(Peer peer) {
        return spread(peer.address());
    }

    private static long spread(InetSocketAddress address) {
        // Not the address's own hash, a sum: hosts and ports next to each other would meet.
        return ((long) address.getAddress().hashCode() << Short.SIZE ^ address.getPort()) * Peer.SPREAD;
    }

    @SuppressWarnings("ReferenceEquality") // the usual case: the very address that a packet came with
    private static boolean isSame(InetSocketAddress a, InetSocketAddress b) {
        // Inet6Address.equals does not look at the scope.
        return a == b || (a.equals(b) && scopeOf(a) == scopeOf(b));
    }

    private static int scopeOf(InetSocketAddress address) {
        return address.getAddress() instanceof Inet6Address inet6 ? inet6.getScopeId() : 0;
    }

    /** What a hash is of. */
    @FunctionalInterface
    private interface Hash {
        long of(Peer peer);
    }

    /** A hash table in which a peer is in one of the few places from its hash on, so that a look-up is bounded. */
    private static final class Index<P extends Peer> {
        static final int WINDOW = 8;
        private static final int FIRST_ENTRIES = 256;

        private @Nullable Peer[] entries = new @Nullable Peer[FIRST_ENTRIES];
        private int shift = Long.SIZE - Integer.numberOfTrailingZeros(FIRST_ENTRIES);
        private int victim;

        int first(long hash) {
            return (int) (hash >>> shift);
        }

        @SuppressWarnings("unchecked") // nothing else is entered
        @Nullable
        P at(int first, int distance) {
            return (P) entries[first + distance & entries.length - 1];
        }

        void enter(long hash, P peer, Hash hashes) {
            while (!place(hash, peer)) {
                if (entries.length < MAX_ENTRIES) {
                    grow(hashes);
                } else {
                    // Whoever is there has had its time; where, goes round, so that no two keep evicting each other.
                    entries[first(hash) + (victim++ & WINDOW - 1) & entries.length - 1] = peer;
                    return;
                }
            }
        }

        private boolean place(long hash, Peer peer) {
            int first = first(hash);
            for (int i = 0; i < WINDOW; i++) {
                int at = first + i & entries.length - 1;
                if (entries[at] == null) {
                    entries[at] = peer;
                    return true;
                }
            }
            return false;
        }

        private void grow(Hash hashes) {
            @Nullable
            Peer[] old = entries;
            entries = new @Nullable Peer[old.length * 2];
            shift--;
            for (Peer peer : old) {
                if (peer != null) {
                    // One that finds no place is met again as a new one.
                    boolean _ = place(hashes.of(peer), peer);
                }
            }
        }
    }
}
