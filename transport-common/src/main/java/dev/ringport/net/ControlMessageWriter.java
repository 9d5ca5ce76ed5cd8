// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.net;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Writes control messages. The header is the same on 64-bit Linux and Windows:
 *
 * <pre>{@code
 *   0          8           12         16
 *   | cmsg_len | cmsg_level| cmsg_type| data, padded to 8 bytes
 * }</pre>
 */
public final class ControlMessageWriter {
    /** Size of {@code struct cmsghdr} in bytes. */
    public static final int HEADER_BYTES = 16;

    private ControlMessageWriter() {}

    /** The room one control message takes with its padding, {@code CMSG_SPACE}. */
    public static int space(int dataBytes) {
        return HEADER_BYTES + align(dataBytes);
    }

    /**
     * Writes a control message whose data is a {@code u16}, such as {@code UDP_SEGMENT}.
     *
     * @return the number of bytes to give as the control length
     */
    public static int putShort(MemorySegment target, long offset, int level, int type, int value) {
        header(target, offset, Short.BYTES, level, type);
        target.set(ValueLayout.JAVA_SHORT_UNALIGNED, offset + HEADER_BYTES, (short) value);
        return space(Short.BYTES);
    }

    /**
     * Writes a control message whose data is a {@code DWORD}, such as Windows' {@code UDP_SEND_MSG_SIZE}.
     *
     * @return the number of bytes to give as the control length
     */
    public static int putInt(MemorySegment target, long offset, int level, int type, int value) {
        header(target, offset, Integer.BYTES, level, type);
        target.set(ValueLayout.JAVA_INT_UNALIGNED, offset + HEADER_BYTES, value);
        return space(Integer.BYTES);
    }

    private static void header(MemorySegment target, long offset, int dataBytes, int level, int type) {
        target.set(ValueLayout.JAVA_LONG_UNALIGNED, offset, (long) HEADER_BYTES + dataBytes);
        target.set(ValueLayout.JAVA_INT_UNALIGNED, offset + 8, level);
        target.set(ValueLayout.JAVA_INT_UNALIGNED, offset + 12, type);
        target.set(ValueLayout.JAVA_LONG_UNALIGNED, offset + HEADER_BYTES, 0L);
    }

    static int align(int bytes) {
        return bytes + 7 & ~7;
    }
}
