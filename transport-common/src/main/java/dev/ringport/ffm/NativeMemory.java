// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.ffm;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Native memory that the system handed out by address. */
public final class NativeMemory {
    /**
     * All memory, by its native address: for memory whose address and size are known and whose owner keeps it alive.
     * Nothing checks the bounds.
     */
    @SuppressWarnings("restricted")
    public static final MemorySegment ALL = MemorySegment.NULL.reinterpret(Long.MAX_VALUE);

    private NativeMemory() {}

    /**
     * A segment over memory that somebody else owns, such as a mapping of the kernel's. It carries no lifetime: the
     * caller keeps it from being used after the memory is gone.
     *
     * @param address where it starts
     * @param bytes its size; never more than was handed out
     */
    @SuppressWarnings("restricted")
    public static MemorySegment at(long address, long bytes) {
        return MemorySegment.ofAddress(address).reinterpret(bytes);
    }

    /**
     * The text in memory that somebody else owns: 16-bit characters in the machine's order up to a zero.
     *
     * @param address where it starts; 0 for an empty text
     * @param limit how many characters are read at most, if no zero comes before
     */
    public static String wideString(long address, int limit) {
        StringBuilder text = new StringBuilder();
        for (long at = address; at != 0 && text.length() < limit; at += Character.BYTES) {
            char next = at(at, Character.BYTES).get(ValueLayout.JAVA_CHAR_UNALIGNED, 0);
            if (next == 0) {
                break;
            }
            text.append(next);
        }
        return text.toString();
    }
}
