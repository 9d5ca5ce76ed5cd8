// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.iocp.abi;

import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;

/**
 * The port that a socket is to move to.
 *
 * <pre>{@code
 * typedef struct _FILE_COMPLETION_INFORMATION {
 *     HANDLE Port;
 *     PVOID  Key;
 * } FILE_COMPLETION_INFORMATION;
 * }</pre>
 */
public final class FileCompletionInformation {
    /** {@code FILE_COMPLETION_INFORMATION}. */
    public static final StructLayout LAYOUT = MemoryLayout.structLayout(
            ValueLayout.JAVA_LONG.withName("Port"),
            ValueLayout.JAVA_LONG.withName("Key"))
            .withName("FILE_COMPLETION_INFORMATION");
    /** Size in bytes. */
    public static final long BYTES = LAYOUT.byteSize();

    private static final VarHandle PORT = field("Port");
    private static final VarHandle KEY = field("Key");

    private FileCompletionInformation() {}

    private static VarHandle field(String name) {
        return LAYOUT.varHandle(MemoryLayout.PathElement.groupElement(name));
    }

    /** Sets {@code Port}. */
    public static void port(MemorySegment struct, long base, long value) {
        PORT.set(struct, base, value);
    }

    /** Sets {@code Key}. */
    public static void key(MemorySegment struct, long base, long value) {
        KEY.set(struct, base, value);
    }
}
