// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.datagram.receive;

import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * What one completed receive says: a datagram, or several of one sender that the system hands over as a train. An engine
 * fills it in anew for each completion.
 */
public final class Arrival {
    private @Nullable InetSocketAddress sender;
    private @Nullable InetSocketAddress recipient;
    private int length;
    private int segmentSize;
    private boolean truncated;
    private boolean unmarked;

    /** For an engine, which keeps it. */
    public Arrival() {}

    /**
     * Starts anew: one whole datagram.
     *
     * @param bytes how many bytes of payload are there
     */
    public void reset(int bytes) {
        length = bytes;
        sender = null;
        recipient = null;
        segmentSize = 0;
        truncated = false;
        unmarked = false;
    }

    /** Who sent it; null for the peer that the channel is connected to. */
    public void sender(@Nullable InetSocketAddress address) {
        sender = address;
    }

    /** Where it was sent to, if the pipeline is to know; null for the channel's own address. */
    public void recipient(@Nullable InetSocketAddress address) {
        recipient = address;
    }

    /** It is a train of datagrams of so many bytes each, of which the last may be shorter. */
    public void segmentSize(int bytes) {
        segmentSize = bytes;
    }

    /** The system had no room for all of it. */
    public void truncated() {
        truncated = true;
    }

    /** Several datagrams may lie here, and what would say where to cut is lost. */
    public void unmarked() {
        unmarked = true;
    }

    @Nullable
    InetSocketAddress sender() {
        return sender;
    }

    @Nullable
    InetSocketAddress recipient() {
        return recipient;
    }

    int length() {
        return length;
    }

    /** The size to cut by; 0 if it is one datagram. */
    int segmentSize() {
        return segmentSize > 0 && segmentSize < length ? segmentSize : 0;
    }

    boolean isTruncated() {
        return truncated;
    }

    public boolean isUnmarked() {
        return unmarked;
    }
}
