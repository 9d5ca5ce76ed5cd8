// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.iocp;

import dev.ringport.iocp.IocpCounters.Counter;
import dev.ringport.iocp.abi.WindowsErrors;
import dev.ringport.iocp.abi.WinsockConstants;
import dev.ringport.net.ControlMessageReader;
import dev.ringport.net.Peer;
import dev.ringport.net.PeerTable;
import io.netty.buffer.ByteBuf;
import io.netty.channel.socket.DatagramPacket;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Makes packets of what a receive has brought: sender, recipient, and where to cut a train. One a channel. */
final class DatagramUnpacker {
    /** A receive with room for a train is copied out of if it brought no more: its 64 KiB receive again. */
    private static final int COPIED_BYTES = 8 * 1024;
    private static final int MIN_CONTENT_BYTES = 64;
    private static final int INET_ADDRESS_BYTES = 4;
    private static final int INET6_ADDRESS_BYTES = 16;

    private final IocpDatagramChannel channel;
    private final IocpIoHandler handler;
    private final PeerTable<? extends Peer> peers;
    private final ControlMessageReader control = new ControlMessageReader();
    private @Nullable InetSocketAddress sender;
    private @Nullable InetSocketAddress destination;
    /** The last destination and its interface, as the system told them. */
    private MemorySegment lastRaw = MemorySegment.ofArray(new byte[0]);
    private @Nullable InetSocketAddress lastDestination;
    private int segmentSize;
    private int bytes;

    DatagramUnpacker(IocpDatagramChannel channel, IocpIoHandler handler, boolean inet6) {
        this.channel = channel;
        this.handler = handler;
        peers = handler.trains().peers(inet6);
    }

    /** Takes out of the operation's memory what is not payload; false if what came cannot be used. */
    boolean read(IocpReceive receive) {
        MemorySegment memory = receive.segment();
        Peer peer = peers.received(memory, receive.addressAt(), receive.addressBytes());
        sender = peer != null ? peer.address() : channel.remoteAddress();
        segmentSize = 0;
        destination = null;
        int controlBytes = receive.controlBytes();
        if (controlBytes > 0) {
            readControl(memory, receive.controlAt(), controlBytes);
        }
        bytes = receive.bytes();
        boolean cut = receive.code() == WindowsErrors.WSAEMSGSIZE
                || (receive.flags() & (WinsockConstants.MSG_TRUNC | WinsockConstants.MSG_PARTIAL)) != 0;
        if (channel.config().isUdpGro()) {
            if (cut || !receive.askedForControl()) {
                // Posted before the option was set: it may hold the first part of a train, or one that was not told of.
                return false;
            }
            if (segmentSize == 0
                    && ((receive.flags() & WinsockConstants.MSG_CTRUNC) != 0 || bytes > channel.receiveLimit())) {
                // Several datagrams may be glued together here and nothing says where to cut.
                return false;
            }
        }
        if (cut) {
            handler.counters().increment(Counter.DATAGRAMS_TRUNCATED);
        }
        return true;
    }

    private void readControl(MemorySegment memory, int at, int controlBytes) {
        boolean exact = channel.config().isIpRecvOrigDestAddr();
        control.reset(memory, at, controlBytes);
        while (control.next()) {
            int level = control.level();
            int type = control.type();
            if (level == WinsockConstants.IPPROTO_UDP && type == WinsockConstants.UDP_COALESCED_INFO) {
                segmentSize = control.intData();
            } else if (exact && level == WinsockConstants.IPPROTO_IP && type == WinsockConstants.IP_PKTINFO
                    && control.dataBytes() >= INET_ADDRESS_BYTES) {
                destination = destination(memory, INET_ADDRESS_BYTES);
            } else if (exact && level == WinsockConstants.IPPROTO_IPV6 && type == WinsockConstants.IPV6_PKTINFO
                    && control.dataBytes() >= INET6_ADDRESS_BYTES) {
                destination = destination(memory, INET6_ADDRESS_BYTES);
            }
        }
    }

    private @Nullable InetSocketAddress destination(MemorySegment memory, int length) {
        InetSocketAddress local = channel.localAddress();
        if (local == null) {
            return null;
        }
        long at = control.dataOffset();
        int told = Math.min(control.dataBytes(), length + Integer.BYTES);
        InetSocketAddress last = lastDestination;
        if (last != null && last.getPort() == local.getPort() && told == lastRaw.byteSize()
                && MemorySegment.mismatch(memory, at, at + told, lastRaw, 0, told) < 0) {
            return last;
        }
        byte[] raw = new byte[told];
        MemorySegment.copy(memory, ValueLayout.JAVA_BYTE, at, raw, 0, told);
        InetSocketAddress made = new InetSocketAddress(address(raw, length), local.getPort());
        lastRaw = MemorySegment.ofArray(raw);
        lastDestination = made;
        return made;
    }

    /** An address and, behind it, the index of the interface. */
    private static InetAddress address(byte[] raw, int length) {
        try {
            InetAddress address = InetAddress.getByAddress(Arrays.copyOf(raw, length));
            return address instanceof Inet6Address && raw.length > length
                    && (address.isLinkLocalAddress() || address.isMCLinkLocal())
                            ? Inet6Address.getByAddress(null, address.getAddress(), index(raw, length))
                            : address;
        } catch (UnknownHostException impossible) {
            throw new AssertionError("an address of " + length + " bytes", impossible);
        }
    }

    private static int index(byte[] raw, int at) {
        return MemorySegment.ofArray(raw).get(ValueLayout.JAVA_INT_UNALIGNED, at);
    }

    /** Whether the datagram is to be copied rather than handed up in the buffer that received it. */
    boolean mayPinTooMuch(int room) {
        return channel.config().isUdpGro() && bytes <= COPIED_BYTES && room > COPIED_BYTES;
    }

    /** A buffer of the datagram's size with what came. */
    ByteBuf copy(ByteBuf received) {
        ByteBuf content = channel.alloc().directBuffer(Math.max(bytes, MIN_CONTENT_BYTES));
        try {
            received.setIndex(0, bytes);
            return content.writeBytes(received);
        } catch (RuntimeException | Error failed) {
            content.release();
            throw failed;
        }
    }

    /** The buffer that received, readable. */
    ByteBuf fill(ByteBuf received) {
        return received.setIndex(0, bytes);
    }

    /** Hands up what was read last. Takes the content over. */
    void deliver(ByteBuf content) {
        InetSocketAddress from = sender;
        InetSocketAddress to = destination != null ? destination : channel.localAddress();
        int size = segmentSize;
        int length = bytes;
        if (size <= 0 || size >= length) {
            handler.counters().increment(Counter.DATAGRAMS_RECEIVED);
            channel.deliver(new DatagramPacket(content, to, from));
            return;
        }
        try {
            for (int offset = 0; offset < length; offset += size) {
                ByteBuf segment = content.retainedSlice(offset, Math.min(size, length - offset));
                handler.counters().increment(Counter.DATAGRAMS_RECEIVED);
                channel.deliver(new DatagramPacket(segment, to, from));
            }
        } finally {
            content.release();
        }
    }
}
