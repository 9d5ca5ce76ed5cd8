// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.iocp.abi;

import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;

/**
 * Which Windows this is.
 *
 * <pre>{@code
 * typedef struct _OSVERSIONINFOEXW {
 *     ULONG dwOSVersionInfoSize;  // set before the call
 *     ULONG dwMajorVersion;
 *     ULONG dwMinorVersion;
 *     ULONG dwBuildNumber;
 *     ULONG dwPlatformId;
 *     WCHAR szCSDVersion[128];
 *     WORD  wServicePackMajor;
 *     WORD  wServicePackMinor;
 *     WORD  wSuiteMask;
 *     BYTE  wProductType;         // client, domain controller or server
 *     BYTE  wReserved;
 * } OSVERSIONINFOEXW;
 * }</pre>
 */
public final class Osversioninfoexw {
    private static final int CSD_CHARACTERS = 128;

    /** {@code OSVERSIONINFOEXW}. */
    public static final StructLayout LAYOUT = MemoryLayout.structLayout(
            ValueLayout.JAVA_INT.withName("dwOSVersionInfoSize"),
            ValueLayout.JAVA_INT.withName("dwMajorVersion"),
            ValueLayout.JAVA_INT.withName("dwMinorVersion"),
            ValueLayout.JAVA_INT.withName("dwBuildNumber"),
            ValueLayout.JAVA_INT.withName("dwPlatformId"),
            MemoryLayout.sequenceLayout(CSD_CHARACTERS, ValueLayout.JAVA_CHAR).withName("szCSDVersion"),
            ValueLayout.JAVA_SHORT.withName("wServicePackMajor"),
            ValueLayout.JAVA_SHORT.withName("wServicePackMinor"),
            ValueLayout.JAVA_SHORT.withName("wSuiteMask"),
            ValueLayout.JAVA_BYTE.withName("wProductType"),
            ValueLayout.JAVA_BYTE.withName("wReserved"))
            .withName("OSVERSIONINFOEXW");
    /** Size in bytes. */
    public static final long BYTES = LAYOUT.byteSize();

    private static final VarHandle DW_OS_VERSION_INFO_SIZE = field("dwOSVersionInfoSize");
    private static final VarHandle DW_MAJOR_VERSION = field("dwMajorVersion");
    private static final VarHandle DW_MINOR_VERSION = field("dwMinorVersion");
    private static final VarHandle DW_BUILD_NUMBER = field("dwBuildNumber");
    private static final VarHandle W_PRODUCT_TYPE = field("wProductType");

    private Osversioninfoexw() {}

    private static VarHandle field(String name) {
        return LAYOUT.varHandle(MemoryLayout.PathElement.groupElement(name));
    }

    /** Sets {@code dwOSVersionInfoSize}. */
    public static void dwOSVersionInfoSize(MemorySegment struct, long base, int value) {
        DW_OS_VERSION_INFO_SIZE.set(struct, base, value);
    }

    /** Reads {@code dwMajorVersion}. */
    public static int dwMajorVersion(MemorySegment struct, long base) {
        return (int) DW_MAJOR_VERSION.get(struct, base);
    }

    /** Reads {@code dwMinorVersion}. */
    public static int dwMinorVersion(MemorySegment struct, long base) {
        return (int) DW_MINOR_VERSION.get(struct, base);
    }

    /** Reads {@code dwBuildNumber}. */
    public static int dwBuildNumber(MemorySegment struct, long base) {
        return (int) DW_BUILD_NUMBER.get(struct, base);
    }

    /** Reads {@code wProductType}. */
    public static int wProductType(MemorySegment struct, long base) {
        return (byte) W_PRODUCT_TYPE.get(struct, base);
    }

    /** Sets {@code wProductType}. */
    public static void wProductType(MemorySegment struct, long base, int value) {
        W_PRODUCT_TYPE.set(struct, base, (byte) value);
    }
}
