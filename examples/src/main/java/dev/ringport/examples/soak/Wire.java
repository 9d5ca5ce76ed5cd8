// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.examples.soak;

import io.netty.buffer.ByteBuf;
import java.nio.ByteBuffer;
import java.util.SplittableRandom;
import java.util.zip.CRC32C;

/**
 * What a datagram looks like. One of {@value #HEADER_BYTES} bytes or more has a header, big endian, and pseudo-random
 * bytes behind it:
 *
 * <pre>
 *  0  CRC32C of all that follows   4  magic          6  kind             7  1: acknowledge
 *  8  flow                        12  length        16  sequence        24  charge so far
 * 32  unnumbered datagrams so far
 * </pre>
 *
 * <p>A shorter one is unnumbered: it has no header, and its bytes, if any, follow from how many were before it in its
 * flow. The next header tells how many those are.
 */
final class Wire {
    static final int HEADER_BYTES = 36;
    /** Longer ones are not sent. */
    static final int MAX_BYTES = 9000;
    /** How many segments the kernel takes in one send, at most. */
    static final int MAX_TRAIN = 128;

    private static final int MAGIC_AT = 4;
    private static final int KIND_AT = 6;
    private static final int ASK_AT = 7;
    private static final int FLOW_AT = 8;
    private static final int LENGTH_AT = 12;
    private static final int SEQUENCE_AT = 16;
    private static final int CHARGE_AT = 24;
    private static final int UNNUMBERED_AT = 32;

    private static final short MAGIC = 0x5250;
    private static final int OVERHEAD_BYTES = 1280;
    private static final int PATTERN_OFFSETS = 1 << 16;
    private static final byte[] PATTERN = new byte[PATTERN_OFFSETS + MAX_BYTES];

    static {
        new SplittableRandom(MAGIC).nextBytes(PATTERN);
    }

    /** What a datagram with a header is for. */
    enum Kind {
        /** To the receiver: one that counts. */
        DATA(1),
        /** To the receiver: none follows; sequence and unnumbered are the flow's totals. */
        END(2),
        /** To the sender: charge and sequence that have arrived. */
        ACKNOWLEDGED(3),
        /** To the sender: END has arrived. */
        ENDED(4);

        private final int code;

        Kind(int code) {
            this.code = code;
        }
    }

    private final CRC32C crc = new CRC32C();

    /** An instance holds a checksum in progress: one for each thread. */
    Wire() {}

    /** What a datagram of so many bytes costs in a receive buffer, at most. */
    static int charge(int bytes) {
        return OVERHEAD_BYTES + 2 * bytes;
    }

    /** Appends a datagram with a header. */
    void write(
            ByteBuf to, Kind kind, boolean ask, int flow, int length, long sequence, long charge, int unnumbered) {
        int start = to.writerIndex();
        to.writeInt(0)
                .writeShort(MAGIC)
                .writeByte(kind.code)
                .writeByte(ask ? 1 : 0)
                .writeInt(flow)
                .writeInt(length)
                .writeLong(sequence)
                .writeLong(charge)
                .writeInt(unnumbered);
        int offset = (int) (sequence * 7919 + flow * 104_729L) & (PATTERN_OFFSETS - 1);
        to.writeBytes(PATTERN, offset, length - HEADER_BYTES);
        to.setInt(start, checksum(to, start + MAGIC_AT, length - MAGIC_AT));
    }

    /** Appends an unnumbered datagram, the one after so many others. */
    static void writeUnnumbered(ByteBuf to, int length, int before) {
        for (int i = 0; i < length; i++) {
            to.writeByte(unnumberedByte(before, i));
        }
    }

    static byte unnumberedByte(int before, int index) {
        return (byte) (before + 7 * index);
    }

    /** Whether checksum and magic are right. The length of the content may still not be the one in the header. */
    boolean isWhole(ByteBuf content) {
        int start = content.readerIndex();
        return content.getInt(start) == checksum(content, start + MAGIC_AT, content.readableBytes() - MAGIC_AT)
                && content.getShort(start + MAGIC_AT) == MAGIC
                && content.getByte(start + KIND_AT) >= Kind.DATA.code
                && content.getByte(start + KIND_AT) <= Kind.ENDED.code;
    }

    int checksum(ByteBuf content, int index, int length) {
        crc.reset();
        if (content.nioBufferCount() == 1) {
            crc.update(content.nioBuffer(index, length));
        } else {
            for (ByteBuffer part : content.nioBuffers(index, length)) {
                crc.update(part);
            }
        }
        return (int) crc.getValue();
    }

    /** Of a datagram that {@link #isWhole}. */
    static Kind kind(ByteBuf content) {
        return switch (content.getByte(content.readerIndex() + KIND_AT)) {
            case 1 -> Kind.DATA;
            case 2 -> Kind.END;
            case 3 -> Kind.ACKNOWLEDGED;
            default -> Kind.ENDED;
        };
    }

    static boolean asks(ByteBuf content) {
        return content.getByte(content.readerIndex() + ASK_AT) == 1;
    }

    static int flow(ByteBuf content) {
        return content.getInt(content.readerIndex() + FLOW_AT);
    }

    static int length(ByteBuf content) {
        return content.getInt(content.readerIndex() + LENGTH_AT);
    }

    static long sequence(ByteBuf content) {
        return content.getLong(content.readerIndex() + SEQUENCE_AT);
    }

    static long charge(ByteBuf content) {
        return content.getLong(content.readerIndex() + CHARGE_AT);
    }

    static int unnumbered(ByteBuf content) {
        return content.getInt(content.readerIndex() + UNNUMBERED_AT);
    }
}
