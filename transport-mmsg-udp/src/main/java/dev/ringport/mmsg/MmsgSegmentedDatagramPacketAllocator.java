// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.mmsg;

import dev.ringport.datagram.SegmentedPackets;

/**
 * Lets Netty's QUIC codec send many of its datagrams as one message over a {@link MmsgDatagramChannel}. It is set on
 * the QUIC channels:
 *
 * <pre>{@code
 * SegmentedDatagramPacketAllocator segments = new MmsgSegmentedDatagramPacketAllocator();
 * // a server
 * quicServerCodecBuilder.option(QuicChannelOption.SEGMENTED_DATAGRAM_PACKET_ALLOCATOR, segments);
 * // a client
 * QuicChannel.newBootstrap(datagramChannel)
 *         .option(QuicChannelOption.SEGMENTED_DATAGRAM_PACKET_ALLOCATOR, segments);
 * }</pre>
 *
 * <p>Where the system does not segment, the channel sends the datagrams one by one. Needs
 * {@code netty-codec-classes-quic} and {@code netty-transport-native-unix-common}. May be shared by channels.
 */
public final class MmsgSegmentedDatagramPacketAllocator extends SegmentedPackets {
    /** With 10 segments a message, Netty's default. */
    public MmsgSegmentedDatagramPacketAllocator() {
        this(DEFAULT_SEGMENTS);
    }

    /**
     * With the given number of segments a message.
     *
     * @param maxNumSegments 1 to 64
     * @throws IllegalArgumentException if out of range
     */
    public MmsgSegmentedDatagramPacketAllocator(int maxNumSegments) {
        super(maxNumSegments);
    }
}
