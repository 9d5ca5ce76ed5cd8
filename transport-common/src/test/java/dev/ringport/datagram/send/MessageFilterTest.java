// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.datagram.send;

import dev.ringport.datagram.Packets;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.CompositeByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.AddressedEnvelope;
import io.netty.channel.DefaultAddressedEnvelope;
import io.netty.channel.socket.DatagramPacket;
import io.netty.channel.unix.SegmentedDatagramPacket;
import io.netty.util.IllegalReferenceCountException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.channels.UnresolvedAddressException;
import java.nio.channels.UnsupportedAddressTypeException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

import static dev.ringport.datagram.Packets.A;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class MessageFilterTest {
    private static final ByteBufAllocator ALLOCATOR = UnpooledByteBufAllocator.DEFAULT;

    private static Object filter(Object message) throws SocketException {
        return MessageFilter.filter(message, ALLOCATOR, false);
    }

    private static ByteBuf heap(String text) {
        return Unpooled.buffer().writeBytes(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    private static ByteBuf direct(int bytes) {
        return Unpooled.directBuffer(Math.max(1, bytes)).writeZero(bytes);
    }

    private static InetSocketAddress inet6() {
        try {
            return new InetSocketAddress(InetAddress.getByAddress(new byte[]{
                0x20, 1, 13, (byte) 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1}), 5);
        } catch (UnknownHostException impossible) {
            throw new AssertionError(impossible);
        }
    }

    /** The message is refused and keeps its one reference, which {@code write} releases. */
    private static <T extends Throwable> T assertRefused(Class<T> type, Object message, ByteBuf content) {
        T refused = assertThrows(type, () -> filter(message));
        assertEquals(1, content.refCnt());
        content.release();
        return refused;
    }

    private static void assertCopied(ByteBuf original, ByteBuf copy, String text) {
        assertTrue(copy.isDirect());
        assertEquals(text, copy.toString(StandardCharsets.ISO_8859_1));
        assertEquals(0, original.refCnt());
        assertEquals(1, copy.refCnt());
        copy.release();
    }

    @Test
    void messagesOfOtherTypesAreRefusedWithTheExpectedOnesNamed() {
        UnsupportedOperationException refused = assertThrows(UnsupportedOperationException.class, () -> filter("text"));
        for (String type : new String[]{"String", "DatagramPacket", "AddressedEnvelope", "ByteBuf"}) {
            assertTrue(refused.getMessage().contains(type), refused.getMessage());
        }
        assertThrows(UnsupportedOperationException.class, () -> filter(new DefaultAddressedEnvelope<>("text", A)));
    }

    @Test
    void envelopeToAnotherKindOfAddressIsRefused() {
        ByteBuf content = direct(1);
        SocketAddress other = new SocketAddress() {
            private static final long serialVersionUID = 1;
        };
        UnsupportedOperationException refused = assertRefused(
                UnsupportedOperationException.class, new DefaultAddressedEnvelope<>(content, other), content);
        assertTrue(refused.getMessage().contains("recipient"));
    }

    @Test
    void unresolvedRecipientsAreRefused() {
        InetSocketAddress unresolved = InetSocketAddress.createUnresolved("nowhere.invalid", 1);
        ByteBuf one = direct(1);
        assertRefused(UnresolvedAddressException.class, new DatagramPacket(one, unresolved), one);
        ByteBuf two = direct(1);
        assertRefused(UnresolvedAddressException.class, new DefaultAddressedEnvelope<>(two, unresolved), two);
    }

    @Test
    void inet6RecipientIsRefusedOnAnInetSocketOnly() throws SocketException {
        ByteBuf content = direct(1);
        assertRefused(UnsupportedAddressTypeException.class, new DatagramPacket(content, inet6()), content);
        DatagramPacket packet = new DatagramPacket(direct(1), inet6());
        assertSame(packet, MessageFilter.filter(packet, ALLOCATOR, true));
        packet.release();
    }

    @Test
    void longestDatagramDependsOnTheRecipientsFamily() throws SocketException {
        for (int limit : new int[]{65_507, 65_527}) {
            InetSocketAddress to = limit == 65_507 ? A : inet6();
            DatagramPacket longest = new DatagramPacket(direct(limit), to);
            assertSame(longest, MessageFilter.filter(longest, ALLOCATOR, true));
            longest.release();
            DatagramPacket longer = new DatagramPacket(direct(limit + 1), to);
            assertThrows(SocketException.class, () -> MessageFilter.filter(longer, ALLOCATOR, true));
            assertEquals(1, longer.refCnt());
            longer.release();
        }
        ByteBuf tooLong = direct(65_528);
        assertRefused(SocketException.class, tooLong, tooLong);
        ByteBuf inEnvelope = direct(65_508);
        assertRefused(SocketException.class, new DefaultAddressedEnvelope<>(inEnvelope, A), inEnvelope);
    }

    @Test
    void packetThatIsCutUpMayBeLonger() throws SocketException {
        SegmentedDatagramPacket packet = new SegmentedDatagramPacket(direct(200_000), 1_000, A);
        assertSame(packet, filter(packet));
        packet.release();
    }

    @Test
    void releasedPayloadsAreRefused() {
        ByteBuf content = direct(1);
        content.release();
        assertThrows(IllegalReferenceCountException.class, () -> filter(content));
        assertThrows(IllegalReferenceCountException.class, () -> filter(new DatagramPacket(content, A)));
        assertThrows(
                IllegalReferenceCountException.class, () -> filter(new DefaultAddressedEnvelope<>(content, A)));
    }

    @Test
    void directPayloadsPassAsTheyAre() throws SocketException {
        ByteBuf content = direct(5);
        assertSame(content, filter(content));
        DatagramPacket packet = new DatagramPacket(content, A);
        assertSame(packet, filter(packet));
        AddressedEnvelope<ByteBuf, InetSocketAddress> envelope = new DefaultAddressedEnvelope<>(content, A);
        assertSame(envelope, filter(envelope));
        ByteBuf readOnly = content.asReadOnly();
        assertSame(readOnly, filter(readOnly));
        ByteBuf wrapped = Unpooled.wrappedBuffer(ByteBuffer.allocateDirect(3).asReadOnlyBuffer());
        assertSame(wrapped, filter(wrapped));
        assertEquals(1, content.refCnt());
        content.release();
        wrapped.release();
    }

    @Test
    void heapPayloadsAreCopiedFromTheirReaderIndexAndReleasedOnce() throws SocketException {
        ByteBuf plain = heap("skipped").skipBytes(4);
        assertCopied(plain, (ByteBuf) filter(plain), "ped");
        ByteBuf inPacket = heap("skipped").skipBytes(4);
        DatagramPacket packet = (DatagramPacket) filter(new DatagramPacket(inPacket, A, Packets.B));
        assertEquals(A, packet.recipient());
        assertCopied(inPacket, packet.content(), "ped");
        ByteBuf inEnvelope = heap("envelope");
        AddressedEnvelope<?, ?> envelope = assertInstanceOf(AddressedEnvelope.class,
                filter(new DefaultAddressedEnvelope<>(inEnvelope, A)));
        assertEquals(A, envelope.recipient());
        assertCopied(inEnvelope, (ByteBuf) envelope.content(), "envelope");
    }

    @Test
    void slicesAndReadOnlyViewsOfHeapAreCopied() throws SocketException {
        ByteBuf whole = heap("0123456789");
        ByteBuf slice = whole.slice(2, 6).skipBytes(1).asReadOnly();
        assertCopied(whole, (ByteBuf) filter(slice), "34567");
    }

    @Test
    void segmentedPacketStaysOneWhenCopied() throws SocketException {
        ByteBuf content = heap("abcdef");
        SegmentedDatagramPacket copied = assertInstanceOf(SegmentedDatagramPacket.class,
                filter(new SegmentedDatagramPacket(content, 2, A)));
        assertEquals(2, copied.segmentSize());
        assertCopied(content, copied.content(), "abcdef");
    }

    @Test
    void compositesAreCopiedOnlyWhenTheyCannotBeGathered() throws SocketException {
        CompositeByteBuf gatherable = Unpooled.compositeBuffer().addComponents(true, direct(1), direct(2));
        assertSame(gatherable, filter(gatherable));
        gatherable.release();
        CompositeByteBuf withHeap = Unpooled.compositeBuffer().addComponents(true, direct(0), heap("x"), heap("y"));
        assertCopied(withHeap, (ByteBuf) filter(withHeap), "xy");
        CompositeByteBuf many = Unpooled.compositeBuffer(100);
        for (int i = 0; i < 65; i++) {
            many.addComponent(true, Packets.payload("a", 1));
        }
        assertCopied(many, (ByteBuf) filter(many), "a".repeat(65));
    }

    @Test
    void sharedEmptyBufferIsReplacedByOneOfItsOwn() throws SocketException {
        ByteBuf own = (ByteBuf) filter(Unpooled.EMPTY_BUFFER);
        assertNotSame(Unpooled.EMPTY_BUFFER, own);
        assertEquals(0, own.readableBytes());
        assertEquals(1, own.refCnt());
        own.release();
    }

    @Test
    void envelopeWithoutRecipientGoesToTheConnectedPeer() throws SocketException {
        ByteBuf content = direct(1);
        AddressedEnvelope<ByteBuf, InetSocketAddress> envelope = new DefaultAddressedEnvelope<>(content, null, A);
        assertSame(envelope, filter(envelope));
        content.release();
        ByteBuf heap = heap("x");
        assertCopied(heap, (ByteBuf) filter(new DefaultAddressedEnvelope<>(heap, null, A)), "x");
    }
}
