// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.datagram.receive;

import io.netty.buffer.ByteBuf;
import io.netty.channel.socket.DatagramPacket;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * Makes the datagrams that were sent out of what a receive has brought. Each is cut to the limit, whether it came alone
 * or in a train.
 */
final class Splitter {
    /** Takes over each datagram. */
    interface Sink {
        void datagram(DatagramPacket packet);
    }

    private Splitter() {}

    /**
     * Hands the datagrams of an arrival to {@code sink}.
     *
     * @param limit the most bytes of one datagram
     */
    static void split(
            Arrival arrival, Payload payload, int limit, @Nullable InetSocketAddress recipient,
            @Nullable InetSocketAddress sender, ReceiveEngine engine, Sink sink) {
        int length = arrival.length();
        int size = arrival.segmentSize();
        if (size == 0) {
            ByteBuf content;
            try {
                content = payload.take(Math.min(length, limit));
            } catch (Throwable noMemory) {
                payload.discard();
                throw noMemory;
            }
            engine.count(1, arrival.isTruncated() || length > limit ? 1 : 0);
            sink.datagram(new DatagramPacket(content, recipient, sender));
            return;
        }
        ByteBuf train;
        try {
            train = payload.takeTrain(length);
        } catch (Throwable noMemory) {
            payload.discard();
            throw noMemory;
        }
        try {
            engine.count((length + size - 1) / size, longer(length, size, limit) + (arrival.isTruncated() ? 1 : 0));
            int start = train.readerIndex();
            for (int offset = 0; offset < length; offset += size) {
                // A slice neither grows nor reaches beyond its end: no write to one touches its neighbour.
                ByteBuf segment = train
                        .retainedSlice(start + offset, Math.min(Math.min(size, limit), length - offset));
                sink.datagram(new DatagramPacket(segment, recipient, sender));
            }
        } finally {
            train.release();
        }
    }

    /** How many datagrams of a train are longer than the limit. */
    private static int longer(int length, int size, int limit) {
        return size <= limit ? 0 : length / size + (length % size > limit ? 1 : 0);
    }
}
