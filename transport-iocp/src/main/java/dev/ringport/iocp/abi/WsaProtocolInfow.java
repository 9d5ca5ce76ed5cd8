// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.iocp.abi;

import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;

/**
 * What a socket's provider is and can do.
 *
 * <pre>{@code
 * typedef struct _WSAPROTOCOL_INFOW {
 *     DWORD            dwServiceFlags1;
 *     DWORD            dwServiceFlags2;
 *     DWORD            dwServiceFlags3;
 *     DWORD            dwServiceFlags4;
 *     DWORD            dwProviderFlags;
 *     GUID             ProviderId;
 *     DWORD            dwCatalogEntryId;
 *     WSAPROTOCOLCHAIN ProtocolChain;
 *     int              iVersion;
 *     int              iAddressFamily;
 *     int              iMaxSockAddr;
 *     int              iMinSockAddr;
 *     int              iSocketType;
 *     int              iProtocol;
 *     int              iProtocolMaxOffset;
 *     int              iNetworkByteOrder;
 *     int              iSecurityScheme;
 *     DWORD            dwMessageSize;
 *     DWORD            dwProviderReserved;
 *     WCHAR            szProtocol[256];
 * } WSAPROTOCOL_INFOW;
 * }</pre>
 */
public final class WsaProtocolInfow {
    /** {@code WSAPROTOCOL_INFOW}. */
    public static final StructLayout LAYOUT = MemoryLayout.structLayout(
            ValueLayout.JAVA_INT.withName("dwServiceFlags1"),
            ValueLayout.JAVA_INT.withName("dwServiceFlags2"),
            ValueLayout.JAVA_INT.withName("dwServiceFlags3"),
            ValueLayout.JAVA_INT.withName("dwServiceFlags4"),
            ValueLayout.JAVA_INT.withName("dwProviderFlags"),
            Guid.LAYOUT.withName("ProviderId"),
            ValueLayout.JAVA_INT.withName("dwCatalogEntryId"),
            WsaProtocolChain.LAYOUT.withName("ProtocolChain"),
            ValueLayout.JAVA_INT.withName("iVersion"),
            ValueLayout.JAVA_INT.withName("iAddressFamily"),
            ValueLayout.JAVA_INT.withName("iMaxSockAddr"),
            ValueLayout.JAVA_INT.withName("iMinSockAddr"),
            ValueLayout.JAVA_INT.withName("iSocketType"),
            ValueLayout.JAVA_INT.withName("iProtocol"),
            ValueLayout.JAVA_INT.withName("iProtocolMaxOffset"),
            ValueLayout.JAVA_INT.withName("iNetworkByteOrder"),
            ValueLayout.JAVA_INT.withName("iSecurityScheme"),
            ValueLayout.JAVA_INT.withName("dwMessageSize"),
            ValueLayout.JAVA_INT.withName("dwProviderReserved"),
            MemoryLayout.sequenceLayout(512, ValueLayout.JAVA_BYTE).withName("szProtocol"))
            .withName("WSAPROTOCOL_INFOW");
    /** Size in bytes. */
    public static final long BYTES = LAYOUT.byteSize();

    private static final VarHandle DW_SERVICE_FLAGS1 = field("dwServiceFlags1");
    /** Where {@code ProtocolChain} starts, a {@link WsaProtocolChain}. */
    public static final long PROTOCOL_CHAIN = LAYOUT
            .byteOffset(MemoryLayout.PathElement.groupElement("ProtocolChain"));
    private static final VarHandle I_ADDRESS_FAMILY = field("iAddressFamily");
    private static final VarHandle I_SOCKET_TYPE = field("iSocketType");
    private static final VarHandle I_PROTOCOL = field("iProtocol");

    private WsaProtocolInfow() {}

    private static VarHandle field(String name) {
        return LAYOUT.varHandle(MemoryLayout.PathElement.groupElement(name));
    }

    /** Reads {@code dwServiceFlags1}. */
    public static int dwServiceFlags1(MemorySegment struct, long base) {
        return (int) DW_SERVICE_FLAGS1.get(struct, base);
    }

    /** Reads {@code iAddressFamily}. */
    public static int iAddressFamily(MemorySegment struct, long base) {
        return (int) I_ADDRESS_FAMILY.get(struct, base);
    }

    /** Reads {@code iSocketType}. */
    public static int iSocketType(MemorySegment struct, long base) {
        return (int) I_SOCKET_TYPE.get(struct, base);
    }

    /** Reads {@code iProtocol}. */
    public static int iProtocol(MemorySegment struct, long base) {
        return (int) I_PROTOCOL.get(struct, base);
    }
}
