// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.datagram.send;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.channel.AddressedEnvelope;
import io.netty.channel.DefaultAddressedEnvelope;
import io.netty.channel.socket.DatagramPacket;
import io.netty.util.IllegalReferenceCountException;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.internal.StringUtil;
import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.SocketException;
import java.nio.channels.UnresolvedAddressException;
import java.nio.channels.UnsupportedAddressTypeException;
import org.jspecify.annotations.Nullable;

/**
 * Looks at a message before it enters the outbound buffer: what cannot be sent fails here, on its own promise, and
 * payloads that do not lie in native memory are copied. A message that is refused is not released: {@code write} does.
 */
public final class MessageFilter {
    /** The most bytes one datagram to an IPv4 or mapped address carries. */
    static final int MAX_INET_BYTES = 65_507;
    /** The most bytes one datagram to an IPv6 address carries. */
    static final int MAX_INET6_BYTES = 65_527;

    private static final String EXPECTED = " (expected: " + StringUtil.simpleClassName(DatagramPacket.class) + ", "
            + StringUtil.simpleClassName(AddressedEnvelope.class) + '<' + StringUtil.simpleClassName(ByteBuf.class)
            + ", " + StringUtil.simpleClassName(InetSocketAddress.class) + "> with or without a recipient, "
            + StringUtil.simpleClassName(ByteBuf.class) + ')';

    private MessageFilter() {}

    /**
     * The message to queue in place of the given one.
     *
     * @param inet6Socket whether the socket is of {@code AF_INET6}
     * @throws UnsupportedOperationException if it is of no type that a datagram channel takes
     * @throws UnresolvedAddressException if the recipient is not resolved
     * @throws UnsupportedAddressTypeException if the recipient is of a family that the socket cannot send to
     * @throws SocketException if the payload is longer than a datagram can be
     * @throws IllegalReferenceCountException if the payload was released before
     */
    public static Object filter(Object message, ByteBufAllocator allocator, boolean inet6Socket)
            throws SocketException {
        if (message instanceof DatagramPacket packet) {
            return packet(packet, allocator, inet6Socket);
        }
        if (message instanceof ByteBuf payload) {
            return payload(payload, allocator);
        }
        if (message instanceof AddressedEnvelope<?, ?> envelope && envelope.content() instanceof ByteBuf payload) {
            return envelope(envelope, payload, allocator, inet6Socket);
        }
        throw new UnsupportedOperationException(
                "unsupported message type: " + StringUtil.simpleClassName(message) + EXPECTED);
    }

    private static Object packet(DatagramPacket packet, ByteBufAllocator allocator, boolean inet6Socket)
            throws SocketException {
        ByteBuf content = packet.content();
        InetSocketAddress recipient = packet.recipient();
        checkUsable(content);
        if (recipient != null) {
            checkRecipient(recipient, inet6Socket);
        }
        boolean segmented = packet.getClass() != DatagramPacket.class && SegmentedMessages.segmentSize(packet) > 0;
        int longest = content.readableBytes();
        checkSize(segmented ? Math.min(longest, SegmentedMessages.segmentSize(packet)) : longest, recipient);
        if (Payloads.isSendable(content)) {
            return packet;
        }
        DatagramPacket copied = packet.replace(Payloads.copy(allocator, content));
        ReferenceCountUtil.release(packet);
        return copied;
    }

    @SuppressWarnings("ReferenceEquality") // the empty buffer stands for itself
    private static Object payload(ByteBuf payload, ByteBufAllocator allocator) throws SocketException {
        checkUsable(payload);
        checkSize(payload.readableBytes(), null);
        // Whether the connected peer allows that much is known when it is sent.
        if (payload != Unpooled.EMPTY_BUFFER && Payloads.isSendable(payload)) {
            return payload;
        }
        ByteBuf copy = Payloads.copy(allocator, payload);
        payload.release();
        return copy;
    }

    private static Object envelope(
            AddressedEnvelope<?, ?> envelope, ByteBuf payload, ByteBufAllocator allocator, boolean inet6Socket)
            throws SocketException {
        checkUsable(payload);
        SocketAddress recipient = envelope.recipient();
        if (recipient != null && !(recipient instanceof InetSocketAddress)) {
            throw new UnsupportedOperationException("unsupported recipient type: "
                    + StringUtil.simpleClassName(recipient) + EXPECTED);
        }
        InetSocketAddress to = (InetSocketAddress) recipient;
        if (to != null) {
            checkRecipient(to, inet6Socket);
        }
        checkSize(payload.readableBytes(), to);
        if (Payloads.isSendable(payload)) {
            return envelope;
        }
        ByteBuf copy = Payloads.copy(allocator, payload);
        ReferenceCountUtil.release(envelope);
        return to == null ? copy : new DefaultAddressedEnvelope<>(copy, to);
    }

    /** The address to bind or connect to. */
    public static InetSocketAddress requireResolved(SocketAddress address) {
        if (!(address instanceof InetSocketAddress inet)) {
            throw new UnsupportedAddressTypeException();
        }
        if (inet.isUnresolved()) {
            throw new UnresolvedAddressException();
        }
        return inet;
    }

    private static void checkUsable(ByteBuf payload) {
        if (payload.refCnt() == 0) {
            throw new IllegalReferenceCountException("the payload was released before it was written");
        }
    }

    private static void checkRecipient(InetSocketAddress recipient, boolean inet6Socket) {
        if (recipient.isUnresolved()) {
            throw new UnresolvedAddressException();
        }
        if (!inet6Socket && recipient.getAddress() instanceof Inet6Address) {
            throw new UnsupportedAddressTypeException();
        }
    }

    /** Fails for a payload that no datagram to this recipient can carry; null allows what IPv6 allows. */
    static void checkSize(int bytes, @Nullable InetSocketAddress recipient) throws SocketException {
        int limit = recipient == null || recipient.getAddress() instanceof Inet6Address
                ? MAX_INET6_BYTES
                : MAX_INET_BYTES;
        if (bytes > limit) {
            throw new SocketException("Message too long: a datagram carries at most " + limit + " bytes"
                    + (recipient == null ? "" : " to " + recipient) + ", not " + bytes);
        }
    }
}
