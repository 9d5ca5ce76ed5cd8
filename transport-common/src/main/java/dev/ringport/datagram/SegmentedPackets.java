// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.datagram;

import dev.ringport.datagram.send.SendOperation;
import io.netty.buffer.ByteBuf;
import io.netty.channel.unix.SegmentedDatagramPacket;
import io.netty.handler.codec.quic.SegmentedDatagramPacketAllocator;
import io.netty.util.internal.ObjectUtil;
import java.net.InetSocketAddress;

/**
 * Lets Netty's QUIC codec send many of its datagrams as one message; each transport has a subclass. Needs
 * {@code netty-codec-classes-quic} and {@code netty-transport-native-unix-common}.
 */
public abstract class SegmentedPackets implements SegmentedDatagramPacketAllocator {
    /** Netty's default of segments a message. */
    protected static final int DEFAULT_SEGMENTS = 10;

    private final int maxNumSegments;

    /**
     * With the given number of segments a message.
     *
     * @param maxNumSegments 1 to 64
     * @throws IllegalArgumentException if out of range
     */
    protected SegmentedPackets(int maxNumSegments) {
        this(maxNumSegments, SendOperation.MAX_SEGMENTS);
    }

    /**
     * With the given number of segments a message, for a system that takes another number of them at most.
     *
     * @throws IllegalArgumentException if out of range
     */
    protected SegmentedPackets(int maxNumSegments, int most) {
        this.maxNumSegments = ObjectUtil.checkInRange(maxNumSegments, 1, most, "maxNumSegments");
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
