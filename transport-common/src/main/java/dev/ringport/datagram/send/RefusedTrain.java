// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.datagram.send;

/**
 * A train that the system refused twice and that is sent again datagram by datagram. Only when one of these leaves is it
 * certain that cutting up was refused, and not the recipient.
 */
final class RefusedTrain {
    /** The segment size from which on sends are not cut up; 0 if none is. */
    private final int refusedFrom;
    private boolean believed;

    RefusedTrain(int refusedFrom) {
        this.refusedFrom = refusedFrom;
    }

    /** One of its datagrams has left. */
    void left(Paths paths, Destination to, long now) {
        if (!believed && refusedFrom != NEVER) {
            believed = true;
            paths.refused(to, refusedFrom, now);
        }
    }

    /** The failure says nothing about cutting up, whatever becomes of the datagrams. */
    static final int NEVER = Integer.MAX_VALUE;
}
