// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.net;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.List;
import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Socket addresses and control messages as the system lays them out. */
class NativeFormatTest {
    private static final SocketAddressCodec CODEC = new SocketAddressCodec(new AddressFamilies(2, 23));

    private final MemorySegment memory = MemorySegment.ofArray(new long[16]);
    private final PeerTable<Peer> peers = new PeerTable<>(CODEC, true, Peer::new);

    private static InetAddress inet(int a, int b, int c, int d) throws UnknownHostException {
        return InetAddress.getByAddress(new byte[]{(byte) a, (byte) b, (byte) c, (byte) d});
    }

    private static Inet6Address inet6(int last, int scope) throws UnknownHostException {
        byte[] raw = new byte[16];
        raw[0] = (byte) 0xfe;
        raw[1] = (byte) 0x80;
        raw[15] = (byte) last;
        return Inet6Address.getByAddress(null, raw, scope);
    }

    private int octet(int offset) {
        return Byte.toUnsignedInt(memory.get(ValueLayout.JAVA_BYTE, offset));
    }

    @Test
    void inetAddressIsWrittenInNetworkOrderAndReadBack() throws UnknownHostException {
        memory.fill((byte) -1);
        assertEquals(16, CODEC.write(memory, 8, inet(10, 1, 2, 250), 0xABCD, false));
        assertEquals(2, memory.get(ValueLayout.JAVA_SHORT_UNALIGNED, 8));
        assertEquals(0xAB, octet(10));
        assertEquals(0xCD, octet(11));
        assertEquals(10, octet(12));
        assertEquals(250, octet(15));
        assertEquals(0, octet(16));
        assertEquals(0, octet(23));
        assertEquals(0xFF, octet(24));
        assertEquals(new InetSocketAddress(inet(10, 1, 2, 250), 0xABCD), CODEC.read(memory, 8, 16));
    }

    @Test
    void inetAddressIsMappedOnAnInet6SocketAndReadBackAsInet() throws UnknownHostException {
        assertEquals(28, CODEC.write(memory, 0, inet(10, 0, 0, 1), 65_535, true));
        assertEquals(23, memory.get(ValueLayout.JAVA_SHORT_UNALIGNED, 0));
        assertEquals(0xFF, octet(18));
        assertEquals(0xFF, octet(19));
        InetSocketAddress read = CODEC.read(memory, 0, 28);
        assertEquals(new InetSocketAddress(inet(10, 0, 0, 1), 65_535), read);
        assertInstanceOf(Inet4Address.class, read.getAddress());
        memory.set(ValueLayout.JAVA_INT_UNALIGNED, 24, 3);
        assertInstanceOf(Inet4Address.class, CODEC.read(memory, 0, 28).getAddress());
    }

    @Test
    void inetWildcardIsTheInet6WildcardOnAnInet6Socket() throws UnknownHostException {
        memory.fill((byte) -1);
        CODEC.write(memory, 0, inet(0, 0, 0, 0), 7, true);
        for (int i = 4; i < 28; i++) {
            assertEquals(0, octet(i));
        }
    }

    @Test
    void inet6AddressKeepsItsScopeAndCannotBeWrittenForAnInetSocket() throws UnknownHostException {
        assertEquals(-1, CODEC.write(memory, 0, inet6(1, 0), 1, false));
        assertEquals(28, CODEC.write(memory, 0, inet6(1, 5), 0, true));
        InetSocketAddress read = CODEC.read(memory, 0, 28);
        assertEquals(5, ((Inet6Address) read.getAddress()).getScopeId());
        assertEquals(0, read.getPort());
        assertEquals(inet6(1, 5), read.getAddress());
        assertEquals(0, ((Inet6Address) CODEC.read(memory, 0, 24).getAddress()).getScopeId());
    }

    @Test
    void unknownFamiliesAndShortLengthsAreNoAddress() throws UnknownHostException {
        CODEC.write(memory, 0, inet(1, 2, 3, 4), 1, false);
        for (int available : new int[]{0, 1, 2, 7}) {
            assertNull(CODEC.read(memory, 0, available));
        }
        CODEC.write(memory, 0, inet6(1, 0), 1, true);
        assertNull(CODEC.read(memory, 0, 23));
        memory.set(ValueLayout.JAVA_SHORT_UNALIGNED, 0, (short) 10);
        assertNull(CODEC.read(memory, 0, 28));
        assertNull(peers.received(memory, 0, 28));
    }

    @Test
    void peerSeenAgainIsTheSameObject() throws UnknownHostException {
        for (InetAddress address : new InetAddress[]{inet(10, 0, 0, 1), inet6(1, 2)}) {
            int length = CODEC.write(memory, 0, address, 99, true);
            Peer first = peers.received(memory, 0, length);
            assertSame(first, peers.received(memory, 0, length));
            assertSame(first, peers.recipient(new InetSocketAddress(address, 99)));
            MemorySegment copy = MemorySegment.ofArray(new long[4]);
            first.copyTo(copy, 0);
            assertEquals(-1, copy.asSlice(0, length).mismatch(memory.asSlice(0, length)));
            assertEquals(length, first.length());
        }
        PeerTable<Peer> inet = new PeerTable<>(CODEC, false, Peer::new);
        int length = CODEC.write(memory, 0, inet(10, 0, 0, 1), 99, false);
        assertSame(inet.received(memory, 0, length), inet.received(memory, 0, length));
        memory.set(ValueLayout.JAVA_BYTE, 7, (byte) 2);
        assertEquals(inet(10, 0, 0, 2), inet.received(memory, 0, length).address().getAddress());
        assertNull(inet.recipient(new InetSocketAddress(inet6(1, 0), 1)));
    }

    @Test
    void scopesMakeDifferentPeers() throws UnknownHostException {
        Peer two = peers.recipient(new InetSocketAddress(inet6(1, 2), 9));
        Peer three = peers.recipient(new InetSocketAddress(inet6(1, 3), 9));
        assertNotSame(two, three);
        CODEC.write(memory, 0, inet6(1, 2), 9, true);
        Peer received = peers.received(memory, 0, 28);
        memory.set(ValueLayout.JAVA_INT_UNALIGNED, 24, 3);
        assertNotSame(received, peers.received(memory, 0, 28));
    }

    private static InetSocketAddress address(int number) throws UnknownHostException {
        return new InetSocketAddress(inet(10, number >> 16, number >> 8 & 255, number & 255), 1 + number % 60_000);
    }

    @Test
    @SuppressWarnings("ReferenceEquality") // the very object is what is asked for
    void tableGrowsWithItsPeers() throws UnknownHostException {
        int count = 16_000;
        Peer[] named = new Peer[count];
        Peer[] heard = new Peer[count];
        for (int i = 0; i < count; i++) {
            named[i] = peers.recipient(address(i));
            CODEC.write(memory, 0, address(i + count).getAddress(), address(i + count).getPort(), true);
            heard[i] = peers.received(memory, 0, 28);
        }
        int known = 0;
        for (int i = 0; i < count; i++) {
            CODEC.write(memory, 0, address(i + count).getAddress(), address(i + count).getPort(), true);
            known += peers.recipient(address(i)) == named[i] ? 1 : 0;
            known += peers.received(memory, 0, 28) == heard[i] ? 1 : 0;
        }
        // A look-up is bounded, so a few are not found again.
        assertTrue(known > 2 * count * 98 / 100, "found again: " + known);
    }

    @Test
    void tableIsBounded() throws UnknownHostException {
        Peer first = peers.recipient(address(0));
        int known = 0;
        for (int i = 1; i < 20 * PeerTable.MAX_ENTRIES; i++) {
            peers.recipient(address(i));
        }
        for (int i = 0; i < 20 * PeerTable.MAX_ENTRIES; i++) {
            // Looking makes no entry of those that are known.
            known += peers.knows(address(i)) ? 1 : 0;
        }
        assertTrue(known <= PeerTable.MAX_ENTRIES, "kept: " + known);
        assertEquals(first.address(), peers.recipient(first.address()).address());
    }

    @Test
    void writtenControlMessageIsReadBack() {
        memory.fill((byte) -1);
        int bytes = ControlMessageWriter.putShort(memory, 0, 17, 103, 1_200);
        assertEquals(24, bytes);
        assertEquals(0, octet(18));
        assertEquals(0, octet(23));
        ControlMessageReader reader = new ControlMessageReader();
        reader.reset(memory, 0, bytes);
        assertTrue(reader.next());
        assertEquals(17, reader.level());
        assertEquals(103, reader.type());
        assertEquals(2, reader.dataBytes());
        assertEquals(16, reader.dataOffset());
        assertEquals(0, reader.intData());
        assertEquals(1_200, memory.get(ValueLayout.JAVA_SHORT_UNALIGNED, reader.dataOffset()));
        assertFalse(reader.next());
    }

    private void header(long offset, long length, int type) {
        memory.set(ValueLayout.JAVA_LONG_UNALIGNED, offset, length);
        memory.set(ValueLayout.JAVA_INT_UNALIGNED, offset + 12, type);
    }

    @Test
    void nextControlMessageStartsAtAMultipleOfEight() {
        header(8, 20, 1);
        memory.set(ValueLayout.JAVA_INT_UNALIGNED, 24, 77);
        header(32, 17, 2);
        header(56, 16, 3);
        ControlMessageReader reader = new ControlMessageReader();
        reader.reset(memory, 8, 64);
        int[] types = new int[3];
        for (int i = 0; i < 3; i++) {
            assertTrue(reader.next());
            types[i] = reader.type();
            assertEquals(i == 0 ? 77 : 0, reader.intData());
        }
        assertEquals(List.of(1, 2, 3), List.of(types[0], types[1], types[2]));
        assertFalse(reader.next());
    }

    @Test
    void lengthOutOfBoundsEndsTheWalk() {
        ControlMessageReader reader = new ControlMessageReader();
        for (long length : new long[]{0, 15, -1, 65, 1L << 32, Long.MAX_VALUE, Long.MIN_VALUE}) {
            header(0, length, 1);
            header(24, 16, 2);
            reader.reset(memory, 0, 64);
            assertFalse(reader.next());
            assertFalse(reader.next());
        }
        reader.reset(memory, 0, 15);
        assertFalse(reader.next());
        header(0, 17, 1);
        reader.reset(memory, 0, 17);
        assertTrue(reader.next());
        assertFalse(reader.next());
    }
}
