// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.datagram.send;

import java.net.InetSocketAddress;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * What the paths of one channel are known to refuse: from which segment size on the system does not cut up sends to a
 * peer, and until when that is believed. A path that refuses nothing is not kept. What is refused is tried again after
 * ten seconds, after a further refusal in twice the time, ten minutes at most. Used on the loop only.
 */
final class Paths {
    static final long FIRST_NANOS = TimeUnit.SECONDS.toNanos(10);
    static final long LONGEST_NANOS = TimeUnit.MINUTES.toNanos(10);
    /** Refusals are rare: a channel that meets more at a time tries some of them more often. */
    static final int MAX_PATHS = 1_024;

    private static final class Path {
        int refusedFrom = Integer.MAX_VALUE;
        long period = FIRST_NANOS / 2;
        long until;
    }

    private final Map<InetSocketAddress, Path> paths = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<InetSocketAddress, Path> eldest) {
            return size() > MAX_PATHS;
        }
    };

    /** Whether trains of this segment size are worth a try. */
    boolean maySegment(Destination to, int size, long now) {
        if (paths.isEmpty()) {
            return true;
        }
        Path path = paths.get(to.address());
        return path == null || size < path.refusedFrom || now - path.until >= 0;
    }

    /** Forgets all. */
    void clear() {
        paths.clear();
    }

    /** Whether any path is known to refuse something. */
    boolean isEmpty() {
        return paths.isEmpty();
    }

    /** The system refuses segments of this size and above on the way to the peer, and takes the same datagrams alone. */
    void refused(Destination to, int size, long now) {
        Path path = paths.computeIfAbsent(to.address(), address -> new Path());
        if (now - path.until >= 0 || path.refusedFrom == Integer.MAX_VALUE) {
            path.period = Math.min(path.period * 2, LONGEST_NANOS);
            path.refusedFrom = size;
        } else {
            path.refusedFrom = Math.min(path.refusedFrom, size);
        }
        path.until = now + path.period;
    }

    /** The system has taken a train of this segment size to the peer. */
    void taken(Destination to, int size) {
        if (!paths.isEmpty()) {
            Path path = paths.get(to.address());
            if (path != null && size >= path.refusedFrom) {
                paths.remove(to.address());
            }
        }
    }
}
