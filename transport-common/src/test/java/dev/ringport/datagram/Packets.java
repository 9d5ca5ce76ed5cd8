// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.datagram;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.socket.DatagramPacket;
import io.netty.channel.unix.SegmentedDatagramPacket;
import io.netty.util.NetUtil;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Messages for tests: each payload begins with its name, so that the wire tells which one it is. */
public final class Packets {
    public static final InetSocketAddress LOCAL = new InetSocketAddress(NetUtil.LOCALHOST4, 1000);
    public static final InetSocketAddress A = new InetSocketAddress(NetUtil.LOCALHOST4, 1001);
    public static final InetSocketAddress B = new InetSocketAddress(NetUtil.LOCALHOST4, 1002);

    private Packets() {}

    public static String text(String name, int size) {
        return name + ".".repeat(size - name.length());
    }

    public static ByteBuf payload(String name, int size) {
        return Unpooled.directBuffer(Math.max(1, size))
                .writeBytes(text(name, size).getBytes(StandardCharsets.ISO_8859_1));
    }

    public static DatagramPacket to(InetSocketAddress recipient, String name, int size) {
        return new DatagramPacket(payload(name, size), recipient);
    }

    public static DatagramPacket to(InetSocketAddress recipient, String name) {
        return to(recipient, name, name.length());
    }

    /** A packet of numbered datagrams, the last of which may be shorter. */
    public static SegmentedDatagramPacket segmented(InetSocketAddress recipient, int segmentSize, int length) {
        ByteBuf all = Unpooled.directBuffer(Math.max(1, length));
        for (int i = 0; all.readableBytes() < length; i++) {
            int size = Math.min(segmentSize, length - all.readableBytes());
            String name = i + "_";
            all.writeBytes((name + ".".repeat(segmentSize)).substring(0, size).getBytes(StandardCharsets.ISO_8859_1));
        }
        return new SegmentedDatagramPacket(all, segmentSize, recipient);
    }

    public static void assertPending(ChannelFuture... futures) {
        for (ChannelFuture future : futures) {
            assertFalse(future.isDone(), () -> "completed too early: " + future);
        }
    }

    public static void assertSucceeded(ChannelFuture... futures) {
        for (ChannelFuture future : futures) {
            assertTrue(future.isSuccess(), () -> "not successful: " + future);
        }
    }
}
