// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.net;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/**
 * Reads and writes {@code struct sockaddr_in} and {@code struct sockaddr_in6}, whose layouts are the same on Linux and
 * Windows but for the number of {@code AF_INET6}.
 *
 * <pre>{@code
 *   0        2        4                8                        24        28
 *   | family | port   | sin_addr       |                                      sockaddr_in,  16 bytes
 *   | family | port   | flowinfo       | sin6_addr              | scope_id |  sockaddr_in6, 28 bytes
 * }</pre>
 *
 * Port and address are in network order, the family and the scope in the machine's.
 */
public final class SocketAddressCodec {
    /** Size of {@code struct sockaddr_in} in bytes. */
    public static final int INET_BYTES = 16;
    /** Size of {@code struct sockaddr_in6} in bytes. */
    public static final int INET6_BYTES = 28;
    /** Room for either, rounded so that what follows it is aligned to 8. */
    public static final int ROOM = 32;

    private static final ValueLayout.OfShort PORT = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
    private static final ValueLayout.OfShort FAMILY = ValueLayout.JAVA_SHORT_UNALIGNED;
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED;
    private static final int MAPPED_PREFIX_BYTES = 12;

    private final AddressFamilies families;

    public SocketAddressCodec(AddressFamilies families) {
        this.families = families;
    }

    /** The family numbers this codec writes. */
    public AddressFamilies families() {
        return families;
    }

    /**
     * Writes an address for a socket of the given family.
     *
     * @param inet6Socket whether the socket is of {@code AF_INET6}: IPv4 addresses are then written as mapped, and the
     *     IPv4 wildcard as {@code ::}
     * @return the number of bytes written, or -1 if the address cannot be expressed on that socket (IPv6 on an IPv4
     *     socket)
     */
    public int write(MemorySegment target, long offset, InetAddress address, int port, boolean inet6Socket) {
        byte[] raw = address.getAddress();
        if (!inet6Socket) {
            if (address instanceof Inet6Address) {
                return -1;
            }
            target.asSlice(offset, INET_BYTES).fill((byte) 0);
            target.set(FAMILY, offset, (short) families.inet());
            target.set(PORT, offset + 2, (short) port);
            MemorySegment.copy(raw, 0, target, ValueLayout.JAVA_BYTE, offset + 4, raw.length);
            return INET_BYTES;
        }
        target.asSlice(offset, INET6_BYTES).fill((byte) 0);
        target.set(FAMILY, offset, (short) families.inet6());
        target.set(PORT, offset + 2, (short) port);
        if (address instanceof Inet6Address v6) {
            MemorySegment.copy(raw, 0, target, ValueLayout.JAVA_BYTE, offset + 8, raw.length);
            target.set(INT, offset + 24, v6.getScopeId());
        } else if (!address.isAnyLocalAddress()) {
            target.set(ValueLayout.JAVA_SHORT_UNALIGNED, offset + 18, (short) -1);
            MemorySegment.copy(raw, 0, target, ValueLayout.JAVA_BYTE, offset + 8 + MAPPED_PREFIX_BYTES, raw.length);
        }
        return INET6_BYTES;
    }

    /**
     * Reads an address. A mapped IPv4 address comes out as IPv4.
     *
     * @param available how many bytes the system filled in
     * @return null if there is no address of a known family there
     */
    public @Nullable InetSocketAddress read(MemorySegment source, long offset, int available) {
        if (available < 2) {
            return null;
        }
        int family = Short.toUnsignedInt(source.get(FAMILY, offset));
        if (family == families.inet() && available >= 8) {
            int port = Short.toUnsignedInt(source.get(PORT, offset + 2));
            return new InetSocketAddress(address(source, offset + 4, 4, 0), port);
        }
        if (family == families.inet6() && available >= 24) {
            int port = Short.toUnsignedInt(source.get(PORT, offset + 2));
            int scope = available >= INET6_BYTES ? source.get(INT, offset + 24) : 0;
            return new InetSocketAddress(address(source, offset + 8, 16, scope), port);
        }
        return null;
    }

    private static InetAddress address(MemorySegment source, long offset, int bytes, int scope) {
        byte[] raw = new byte[bytes];
        MemorySegment.copy(source, ValueLayout.JAVA_BYTE, offset, raw, 0, bytes);
        try {
            // Inet6Address keeps a scope of 0 as "scope given"; InetAddress turns mapped addresses into IPv4.
            return bytes == 16 && scope != 0 && !isMapped(raw)
                    ? Inet6Address.getByAddress(null, raw, scope)
                    : InetAddress.getByAddress(raw);
        } catch (UnknownHostException impossible) {
            throw new AssertionError("an address of " + bytes + " bytes", impossible);
        }
    }

    private static boolean isMapped(byte[] raw) {
        for (int i = 0; i < 10; i++) {
            if (raw[i] != 0) {
                return false;
            }
        }
        return raw[10] == -1 && raw[11] == -1;
    }
}
