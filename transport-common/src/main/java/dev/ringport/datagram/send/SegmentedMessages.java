// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.datagram.send;

import io.netty.channel.unix.SegmentedDatagramPacket;

/**
 * Netty's {@code SegmentedDatagramPacket}, whose artifact need not be there: the class is touched only where it is.
 */
final class SegmentedMessages {
    private static final boolean PRESENT = isPresent();

    private SegmentedMessages() {}

    private static boolean isPresent() {
        try {
            Class.forName(
                    "io.netty.channel.unix.SegmentedDatagramPacket", false, SegmentedMessages.class.getClassLoader());
            return true;
        } catch (ClassNotFoundException | LinkageError absent) {
            return false;
        }
    }

    /** The segment size of a segmented packet in bytes, or 0 for any other message. */
    static int segmentSize(Object message) {
        return PRESENT ? Present.segmentSize(message) : 0;
    }

    private static final class Present {
        static int segmentSize(Object message) {
            return message instanceof SegmentedDatagramPacket packet ? packet.segmentSize() : 0;
        }
    }
}
