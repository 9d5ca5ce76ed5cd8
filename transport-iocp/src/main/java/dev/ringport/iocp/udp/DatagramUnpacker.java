// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.iocp.udp;

import dev.ringport.datagram.receive.Arrival;
import dev.ringport.iocp.abi.WindowsErrors;
import dev.ringport.iocp.abi.WinsockConstants;
import dev.ringport.iocp.loop.CompletionLoop;
import dev.ringport.net.ControlMessageReader;
import dev.ringport.net.Peer;
import dev.ringport.net.PeerTable;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Reads what a receive has brought besides payload: sender, recipient, and where to cut a train. One a channel. */
final class DatagramUnpacker {
    private static final int INET_ADDRESS_BYTES = 4;
    private static final int INET6_ADDRESS_BYTES = 16;
    /** Windows joins no empty datagrams, so what is shorter is one datagram, told of or not. */
    private static final int SHORTEST_TRAIN = 2;

    private final OverlappedDatagramChannel channel;
    private final PeerTable<? extends Peer> peers;
    private final ControlMessageReader control = new ControlMessageReader();
    private final Arrival arrival = new Arrival();
    /** The last destination and its interface, as the system told them. */
    private MemorySegment lastRaw = MemorySegment.ofArray(new byte[0]);
    private @Nullable InetSocketAddress lastDestination;
    private boolean marked;

    DatagramUnpacker(OverlappedDatagramChannel channel, CompletionLoop loop, boolean inet6) {
        this.channel = channel;
        peers = loop.trains().peers(inet6);
    }

    /**
     * Takes out of the operation's memory what is not payload.
     *
     * @return good until the next call
     */
    Arrival read(PostedReceive receive) {
        MemorySegment memory = receive.segment();
        int bytes = receive.bytes();
        arrival.reset(bytes);
        Peer peer = peers.received(memory, receive.addressAt(), receive.addressBytes());
        if (peer != null) {
            arrival.sender(peer.address());
        }
        marked = false;
        int controlBytes = receive.controlBytes();
        if (controlBytes > 0) {
            readControl(memory, receive.controlAt(), controlBytes);
        }
        boolean cut = receive.code() == WindowsErrors.WSAEMSGSIZE
                || (receive.flags() & (WinsockConstants.MSG_TRUNC | WinsockConstants.MSG_PARTIAL)) != 0;
        if (cut) {
            arrival.truncated();
        }
        if (receive.mayBeTrain() || channel.settings().isUdpGro()) {
            // Posted before the option was set, it may hold the first part of a train, or one that was not told of.
            boolean whole = !cut && receive.askedForControl();
            if (!whole || !(marked || bytes < SHORTEST_TRAIN)) {
                arrival.unmarked();
            }
        }
        return arrival;
    }

    private void readControl(MemorySegment memory, int at, int controlBytes) {
        boolean exact = channel.settings().tellsDestinations();
        control.reset(memory, at, controlBytes);
        while (control.next()) {
            int level = control.level();
            int type = control.type();
            if (level == WinsockConstants.IPPROTO_UDP && type == WinsockConstants.UDP_COALESCED_INFO) {
                arrival.segmentSize(control.intData());
                marked = control.intData() > 0;
            } else if (exact && level == WinsockConstants.IPPROTO_IP && type == WinsockConstants.IP_PKTINFO
                    && control.dataBytes() >= INET_ADDRESS_BYTES) {
                arrival.recipient(destination(memory, INET_ADDRESS_BYTES));
            } else if (exact && level == WinsockConstants.IPPROTO_IPV6 && type == WinsockConstants.IPV6_PKTINFO
                    && control.dataBytes() >= INET6_ADDRESS_BYTES) {
                arrival.recipient(destination(memory, INET6_ADDRESS_BYTES));
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
}
