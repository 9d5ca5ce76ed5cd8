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

        private final byte code;

        Kind(int code) {
            this.code = (byte) code;
        }
    }

    private final CRC32C crc = new CRC32C();
    /** Of the datagram that is written or was read last. */
    private final ByteBuffer header = ByteBuffer.allocate(HEADER_BYTES);

    /** For one thread. */
    Wire() {}

    /** What a datagram of so many bytes costs in a receive buffer, at most. */
    static int charge(int bytes) {
        return OVERHEAD_BYTES + 2 * bytes;
    }

    /** Appends a datagram with a header. */
    void write(
            ByteBuf to, Kind kind, boolean ask, int flow, int length, long sequence, long charge, int unnumbered) {
        header.putShort(MAGIC_AT, MAGIC)
                .put(KIND_AT, kind.code)
                .put(ASK_AT, (byte) (ask ? 1 : 0))
                .putInt(FLOW_AT, flow)
                .putInt(LENGTH_AT, length)
                .putLong(SEQUENCE_AT, sequence)
                .putLong(CHARGE_AT, charge)
                .putInt(UNNUMBERED_AT, unnumbered);
        int offset = (int) (sequence * 7919 + flow * 104_729L) & (PATTERN_OFFSETS - 1);
        int rest = length - HEADER_BYTES;
        crc.reset();
        crc.update(header.array(), MAGIC_AT, HEADER_BYTES - MAGIC_AT);
        crc.update(PATTERN, offset, rest);
        header.putInt(0, (int) crc.getValue());
        to.writeBytes(header.array()).writeBytes(PATTERN, offset, rest);
    }

    /** Appends an unnumbered datagram, the one after so many others. */
    static void writeUnnumbered(ByteBuf to, int length, int before) {
        to.writeBytes(unnumberedBytes(length, before));
    }

    static byte[] unnumberedBytes(int length, int before) {
        byte[] bytes = new byte[length];
        for (int i = 0; i < length; i++) {
            bytes[i] = (byte) (before + 7 * i);
        }
        return bytes;
    }

    /**
     * Reads a header and tells whether checksum and magic are right; if so, the methods below tell what it says. The
     * length of the content may still not be the one in the header.
     */
    boolean read(ByteBuf content) {
        int start = content.readerIndex();
        content.getBytes(start, header.array());
        return header.getInt(0) == checksum(content, start + MAGIC_AT, content.readableBytes() - MAGIC_AT)
                && header.getShort(MAGIC_AT) == MAGIC
                && header.get(KIND_AT) >= Kind.DATA.code
                && header.get(KIND_AT) <= Kind.ENDED.code;
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

    Kind kind() {
        return switch (header.get(KIND_AT)) {
            case 1 -> Kind.DATA;
            case 2 -> Kind.END;
            case 3 -> Kind.ACKNOWLEDGED;
            default -> Kind.ENDED;
        };
    }

    /** Whether an acknowledgement is asked for. */
    boolean asks() {
        return header.get(ASK_AT) == 1;
    }

    int flow() {
        return header.getInt(FLOW_AT);
    }

    int length() {
        return header.getInt(LENGTH_AT);
    }

    long sequence() {
        return header.getLong(SEQUENCE_AT);
    }

    long charge() {
        return header.getLong(CHARGE_AT);
    }

    int unnumbered() {
        return header.getInt(UNNUMBERED_AT);
    }
}
