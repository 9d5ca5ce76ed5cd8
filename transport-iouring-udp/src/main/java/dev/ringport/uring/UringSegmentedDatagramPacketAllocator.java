// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.uring;

import io.netty.buffer.ByteBuf;
import io.netty.channel.unix.SegmentedDatagramPacket;
import io.netty.handler.codec.quic.SegmentedDatagramPacketAllocator;
import io.netty.util.internal.ObjectUtil;
import java.net.InetSocketAddress;

/**
 * Lets Netty's QUIC codec send many of its datagrams as one message over a {@link UringDatagramChannel}. It is set on
 * the QUIC channels:
 *
 * <pre>{@code
 * SegmentedDatagramPacketAllocator segments = new UringSegmentedDatagramPacketAllocator();
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
public final class UringSegmentedDatagramPacketAllocator implements SegmentedDatagramPacketAllocator {
    private static final int DEFAULT_SEGMENTS = 10;
    private static final int MAX_SEGMENTS = 64;

    private final int maxNumSegments;

    /** With 10 segments a message, Netty's default. */
    public UringSegmentedDatagramPacketAllocator() {
        this(DEFAULT_SEGMENTS);
    }

    /**
     * With the given number of segments a message.
     *
     * @param maxNumSegments 1 to 64
     * @throws IllegalArgumentException if out of range
     */
    public UringSegmentedDatagramPacketAllocator(int maxNumSegments) {
        this.maxNumSegments = ObjectUtil.checkInRange(maxNumSegments, 1, MAX_SEGMENTS, "maxNumSegments");
    }

    /** How many datagrams one message holds at most. */
    @Override
    public int maxNumSegments() {
        return maxNumSegments;
    }

    /**
     * A message whose content leaves as datagrams of the given size; the last may be shorter.
     *
     * @param buffer the content, which the packet takes over
     * @param segmentSize the size of a datagram in bytes
     * @param remoteAddress the recipient
     */
    @Override
    public SegmentedDatagramPacket newPacket(ByteBuf buffer, int segmentSize, InetSocketAddress remoteAddress) {
        return new SegmentedDatagramPacket(buffer, segmentSize, remoteAddress);
    }
}
