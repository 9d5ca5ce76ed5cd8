// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.iocp;

import dev.ringport.datagram.SegmentedPackets;

/**
 * Lets Netty's QUIC codec send many of its datagrams as one message over an {@link IocpDatagramChannel}: set it as
 * {@code QuicChannelOption.SEGMENTED_DATAGRAM_PACKET_ALLOCATOR} on the QUIC channels.
 *
 * <p>Where Windows does not segment, the channel sends the datagrams one by one. Needs {@code netty-codec-classes-quic}
 * and {@code netty-transport-native-unix-common}. May be shared by channels.
 */
public final class IocpSegmentedDatagramPacketAllocator extends SegmentedPackets {
    /** What Windows makes of one send. */
    private static final int MAX_SEGMENTS = 512;

    /** As many segments a message as is Netty's default, 10. */
    public IocpSegmentedDatagramPacketAllocator() {
        this(DEFAULT_SEGMENTS);
    }

    /**
     * As many segments a message as given, 1 to 512.
     *
     * @throws IllegalArgumentException if out of range
     */
    public IocpSegmentedDatagramPacketAllocator(int maxNumSegments) {
        super(maxNumSegments, MAX_SEGMENTS);
    }
}
