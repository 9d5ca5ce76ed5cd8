// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.net;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Walks over received control messages without allocating: one reader a loop, set to a range, then moved on. See
 * {@link ControlMessageWriter} for the layout. A message whose length is out of bounds ends the walk.
 */
public final class ControlMessageReader {
    private MemorySegment source = MemorySegment.NULL;
    private long next;
    private long end;
    private long data;
    private int dataBytes;
    private int level;
    private int type;

    /** Starts at the first control message of the range. */
    public void reset(MemorySegment segment, long offset, int bytes) {
        source = segment;
        next = offset;
        end = offset + bytes;
    }

    /** Moves to the next control message; false if there is none. */
    public boolean next() {
        if (end - next < ControlMessageWriter.HEADER_BYTES) {
            return false;
        }
        long length = source.get(ValueLayout.JAVA_LONG_UNALIGNED, next);
        if (length < ControlMessageWriter.HEADER_BYTES || length > end - next) {
            next = end;
            return false;
        }
        level = source.get(ValueLayout.JAVA_INT_UNALIGNED, next + 8);
        type = source.get(ValueLayout.JAVA_INT_UNALIGNED, next + 12);
        data = next + ControlMessageWriter.HEADER_BYTES;
        dataBytes = (int) length - ControlMessageWriter.HEADER_BYTES;
        next = data + ControlMessageWriter.align(dataBytes);
        return true;
    }

    /** {@code cmsg_level} of the current message. */
    public int level() {
        return level;
    }

    /** {@code cmsg_type} of the current message. */
    public int type() {
        return type;
    }

    /** The number of data bytes of the current message, padding not counted. */
    public int dataBytes() {
        return dataBytes;
    }

    /** Where the data of the current message starts in the segment that was given to {@link #reset}. */
    public long dataOffset() {
        return data;
    }

    /** The first four data bytes in the machine's order, or 0 if there are fewer. */
    public int intData() {
        return dataBytes >= Integer.BYTES ? source.get(ValueLayout.JAVA_INT_UNALIGNED, data) : 0;
    }
}
