// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.iocp.udp;

import java.io.IOException;
import java.net.InetAddress;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What one socket has joined. Windows refuses to join twice and to leave what was not joined; NIO lets both be, and a
 * block of what is not joined too. From any thread.
 */
final class JoinedGroups {
    /**
     * A group at an interface.
     *
     * @param source the only sender that is heard; null for all
     */
    record Membership(InetAddress group, int interfaceIndex, @Nullable InetAddress source) {
        boolean isBesideSource(Membership other) {
            return interfaceIndex == other.interfaceIndex && group.equals(other.group)
                    && (source == null) != (other.source == null);
        }
    }

    /** A change of the socket. */
    @FunctionalInterface
    interface Change {
        void run() throws IOException;
    }

    /** Each with the sources that are blocked in it. */
    private final Map<Membership, Set<InetAddress>> joined = new HashMap<>();

    /**
     * Joins, unless that was done.
     *
     * @throws IllegalStateException if the group is joined there both without a source and with one
     */
    synchronized void join(Membership membership, Change change) throws IOException {
        if (joined.containsKey(membership)) {
            return;
        }
        for (Membership other : joined.keySet()) {
            if (membership.isBesideSource(other)) {
                throw new IllegalStateException(
                        membership.source() == null
                                ? "the group is joined for the source " + other.source()
                                : "the group is joined for all sources");
            }
        }
        change.run();
        joined.put(membership, new HashSet<>());
    }

    /** Leaves, if it was joined. */
    synchronized void leave(Membership membership, Change change) throws IOException {
        if (joined.containsKey(membership)) {
            change.run();
            joined.remove(membership);
        }
    }

    /**
     * Blocks a source in a group that was joined for all, unless that was done.
     *
     * @throws IllegalStateException if the group is joined there for one source
     */
    synchronized void block(Membership membership, InetAddress source, Change change) throws IOException {
        Set<InetAddress> blocked = joined.get(membership);
        if (blocked != null) {
            if (!blocked.contains(source)) {
                change.run();
                blocked.add(source);
            }
            return;
        }
        for (Membership other : joined.keySet()) {
            if (membership.isBesideSource(other)) {
                throw new IllegalStateException("the group is joined for the source " + other.source());
            }
        }
    }
}
