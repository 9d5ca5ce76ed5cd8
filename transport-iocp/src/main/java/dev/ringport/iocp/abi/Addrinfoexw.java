// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.iocp.abi;

import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;

/**
 * Hints for {@code GetAddrInfoExW}, and one of the addresses it found.
 *
 * <pre>{@code
 * typedef struct addrinfoexW {
 *     int              ai_flags;
 *     int              ai_family;
 *     int              ai_socktype;
 *     int              ai_protocol;
 *     size_t           ai_addrlen;
 *     PWSTR            ai_canonname;
 *     struct sockaddr *ai_addr;
 *     void            *ai_blob;
 *     size_t           ai_bloblen;
 *     LPGUID           ai_provider;
 *     struct addrinfoexW *ai_next;
 * } ADDRINFOEXW;
 * }</pre>
 */
public final class Addrinfoexw {
    /** {@code ADDRINFOEXW}. */
    public static final StructLayout LAYOUT = MemoryLayout.structLayout(
            ValueLayout.JAVA_INT.withName("ai_flags"),
            ValueLayout.JAVA_INT.withName("ai_family"),
            ValueLayout.JAVA_INT.withName("ai_socktype"),
            ValueLayout.JAVA_INT.withName("ai_protocol"),
            ValueLayout.JAVA_LONG.withName("ai_addrlen"),
            ValueLayout.JAVA_LONG.withName("ai_canonname"),
            ValueLayout.JAVA_LONG.withName("ai_addr"),
            ValueLayout.JAVA_LONG.withName("ai_blob"),
            ValueLayout.JAVA_LONG.withName("ai_bloblen"),
            ValueLayout.JAVA_LONG.withName("ai_provider"),
            ValueLayout.JAVA_LONG.withName("ai_next"))
            .withName("ADDRINFOEXW");
    /** Size in bytes. */
    public static final long BYTES = LAYOUT.byteSize();

    private static final VarHandle AI_FLAGS = field("ai_flags");
    private static final VarHandle AI_FAMILY = field("ai_family");
    private static final VarHandle AI_SOCKTYPE = field("ai_socktype");
    private static final VarHandle AI_PROTOCOL = field("ai_protocol");
    private static final VarHandle AI_ADDRLEN = field("ai_addrlen");
    private static final VarHandle AI_CANONNAME = field("ai_canonname");
    private static final VarHandle AI_ADDR = field("ai_addr");
    private static final VarHandle AI_NEXT = field("ai_next");

    private Addrinfoexw() {}

    private static VarHandle field(String name) {
        return LAYOUT.varHandle(MemoryLayout.PathElement.groupElement(name));
    }

    /** Reads {@code ai_flags}. */
    public static int aiFlags(MemorySegment struct, long base) {
        return (int) AI_FLAGS.get(struct, base);
    }

    /** Sets {@code ai_flags}. */
    public static void aiFlags(MemorySegment struct, long base, int value) {
        AI_FLAGS.set(struct, base, value);
    }

    /** Reads {@code ai_family}. */
    public static int aiFamily(MemorySegment struct, long base) {
        return (int) AI_FAMILY.get(struct, base);
    }

    /** Sets {@code ai_family}. */
    public static void aiFamily(MemorySegment struct, long base, int value) {
        AI_FAMILY.set(struct, base, value);
    }

    /** Reads {@code ai_socktype}. */
    public static int aiSocktype(MemorySegment struct, long base) {
        return (int) AI_SOCKTYPE.get(struct, base);
    }

    /** Sets {@code ai_socktype}. */
    public static void aiSocktype(MemorySegment struct, long base, int value) {
        AI_SOCKTYPE.set(struct, base, value);
    }

    /** Reads {@code ai_protocol}. */
    public static int aiProtocol(MemorySegment struct, long base) {
        return (int) AI_PROTOCOL.get(struct, base);
    }

    /** Sets {@code ai_protocol}. */
    public static void aiProtocol(MemorySegment struct, long base, int value) {
        AI_PROTOCOL.set(struct, base, value);
    }

    /** Reads {@code ai_addrlen}. */
    public static long aiAddrlen(MemorySegment struct, long base) {
        return (long) AI_ADDRLEN.get(struct, base);
    }

    /** Reads {@code ai_canonname}. */
    public static long aiCanonname(MemorySegment struct, long base) {
        return (long) AI_CANONNAME.get(struct, base);
    }

    /** Reads {@code ai_addr}. */
    public static long aiAddr(MemorySegment struct, long base) {
        return (long) AI_ADDR.get(struct, base);
    }

    /** Reads {@code ai_next}. */
    public static long aiNext(MemorySegment struct, long base) {
        return (long) AI_NEXT.get(struct, base);
    }
}
