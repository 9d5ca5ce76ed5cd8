// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.uring;

import dev.ringport.datagram.MulticastOverloads.Memberships;
import dev.ringport.datagram.SocketOptions;
import dev.ringport.uring.abi.GroupReq;
import dev.ringport.uring.abi.GroupSourceReq;
import dev.ringport.uring.abi.IpMreqn;
import dev.ringport.uring.abi.SocketConstants;
import java.io.IOException;
import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.nio.channels.UnsupportedAddressTypeException;
import org.jspecify.annotations.Nullable;

import static dev.ringport.uring.abi.SocketConstants.IPPROTO_IP;
import static dev.ringport.uring.abi.SocketConstants.IPPROTO_IPV6;
import static dev.ringport.uring.abi.SocketConstants.SOL_SOCKET;

/** The options and memberships that both systems know, as Linux spells them. */
final class UringSocketOptions implements SocketOptions, Memberships {
    private static final long GROUP = GroupReq.LAYOUT.byteOffset(PathElement.groupElement("gr_group"));
    private static final long SOURCE_GROUP = GroupSourceReq.LAYOUT.byteOffset(PathElement.groupElement("gsr_group"));
    private static final long SOURCE = GroupSourceReq.LAYOUT.byteOffset(PathElement.groupElement("gsr_source"));

    private final UringSocket socket;
    private volatile @Nullable NetworkInterface chosen;

    UringSocketOptions(UringSocket socket) {
        this.socket = socket;
    }

    @Override
    public int get(Option option) throws IOException {
        return switch (option) {
            case BROADCAST -> socket.getInt(SOL_SOCKET, SocketConstants.SO_BROADCAST);
            // The kernel doubles what is set, for its own bookkeeping, and answers that; the JDK halves it too.
            case RECEIVE_BUFFER -> socket.getInt(SOL_SOCKET, SocketConstants.SO_RCVBUF) / 2;
            case SEND_BUFFER -> socket.getInt(SOL_SOCKET, SocketConstants.SO_SNDBUF) / 2;
            case REUSE_ADDRESS -> socket.getInt(SOL_SOCKET, SocketConstants.SO_REUSEADDR);
            case TRAFFIC_CLASS -> getByFamily(SocketConstants.IP_TOS, SocketConstants.IPV6_TCLASS);
            case MULTICAST_TTL -> getByFamily(SocketConstants.IP_MULTICAST_TTL, SocketConstants.IPV6_MULTICAST_HOPS);
            case MULTICAST_LOOP -> getByFamily(SocketConstants.IP_MULTICAST_LOOP, SocketConstants.IPV6_MULTICAST_LOOP);
        };
    }

    @Override
    public void set(Option option, int value) throws IOException {
        switch (option) {
            case BROADCAST -> socket.setInt(SOL_SOCKET, SocketConstants.SO_BROADCAST, value);
            case RECEIVE_BUFFER -> socket.setInt(SOL_SOCKET, SocketConstants.SO_RCVBUF, value);
            case SEND_BUFFER -> socket.setInt(SOL_SOCKET, SocketConstants.SO_SNDBUF, value);
            case REUSE_ADDRESS -> socket.setInt(SOL_SOCKET, SocketConstants.SO_REUSEADDR, value);
            case TRAFFIC_CLASS -> setByFamily(SocketConstants.IP_TOS, SocketConstants.IPV6_TCLASS, value);
            case MULTICAST_TTL ->
                setByFamily(SocketConstants.IP_MULTICAST_TTL, SocketConstants.IPV6_MULTICAST_HOPS, value);
            case MULTICAST_LOOP ->
                setByFamily(SocketConstants.IP_MULTICAST_LOOP, SocketConstants.IPV6_MULTICAST_LOOP, value);
        }
    }

    /** An IPv6 socket also sends IPv4, so it has both options; they are set together. */
    int getByFamily(int inetName, int inet6Name) throws IOException {
        return socket.isInet6() ? socket.getInt(IPPROTO_IPV6, inet6Name) : socket.getInt(IPPROTO_IP, inetName);
    }

    void setByFamily(int inetName, int inet6Name, int value) throws IOException {
        if (socket.isInet6()) {
            socket.setInt(IPPROTO_IPV6, inet6Name, value);
        }
        socket.setInt(IPPROTO_IP, inetName, value);
    }

    @Override
    public void setMulticastInterface(NetworkInterface through) throws IOException {
        if (socket.isInet6()) {
            socket.setInt(IPPROTO_IPV6, SocketConstants.IPV6_MULTICAST_IF, through.getIndex());
        }
        socket.setStruct(
                "setsockopt(IP_MULTICAST_IF, " + through.getName() + ")",
                IPPROTO_IP,
                SocketConstants.IP_MULTICAST_IF,
                IpMreqn.BYTES,
                struct -> IpMreqn.imrIfindex(struct, 0, through.getIndex()));
        chosen = through;
    }

    @Override
    public void join(InetAddress group, NetworkInterface through, @Nullable InetAddress source) throws IOException {
        if (source == null) {
            group("MCAST_JOIN_GROUP", SocketConstants.MCAST_JOIN_GROUP, group, through);
        } else {
            source("MCAST_JOIN_SOURCE_GROUP", SocketConstants.MCAST_JOIN_SOURCE_GROUP, group, through, source);
        }
    }

    @Override
    public void leave(InetAddress group, NetworkInterface through, @Nullable InetAddress source) throws IOException {
        if (source == null) {
            group("MCAST_LEAVE_GROUP", SocketConstants.MCAST_LEAVE_GROUP, group, through);
        } else {
            source("MCAST_LEAVE_SOURCE_GROUP", SocketConstants.MCAST_LEAVE_SOURCE_GROUP, group, through, source);
        }
    }

    @Override
    public void block(InetAddress group, NetworkInterface through, InetAddress source) throws IOException {
        source("MCAST_BLOCK_SOURCE", SocketConstants.MCAST_BLOCK_SOURCE, group, through, source);
    }

    /** The interface that was set, else that of the bound address, else the first that can multicast. */
    @Override
    public NetworkInterface defaultInterface(InetAddress group) throws IOException {
        NetworkInterface set = chosen;
        if (set != null) {
            return set;
        }
        var local = socket.localAddress();
        if (local != null && !local.getAddress().isAnyLocalAddress()) {
            NetworkInterface bound = NetworkInterface.getByInetAddress(local.getAddress());
            if (bound != null) {
                return bound;
            }
        }
        for (NetworkInterface candidate : NetworkInterface.networkInterfaces().toList()) {
            if (candidate.isUp() && candidate.supportsMulticast() && hasFamily(candidate, group)) {
                return candidate;
            }
        }
        throw new SocketException("no network interface is up and supports multicast for " + group);
    }

    private static boolean hasFamily(NetworkInterface candidate, InetAddress group) {
        return candidate.inetAddresses().anyMatch(a -> a instanceof Inet6Address == group instanceof Inet6Address);
    }

    private void group(String call, int option, InetAddress group, NetworkInterface through) throws IOException {
        boolean inet6 = checkFamily(group);
        socket.setStruct(call, inet6 ? IPPROTO_IPV6 : IPPROTO_IP, option, GroupReq.BYTES, struct -> {
            GroupReq.grInterface(struct, 0, through.getIndex());
            write(struct, GROUP, group, inet6);
        });
    }

    private void source(String call, int option, InetAddress group, NetworkInterface through, InetAddress source)
            throws IOException {
        boolean inet6 = checkFamily(group);
        if (checkFamily(source) != inet6) {
            throw new IllegalArgumentException("source " + source + " is of another family than group " + group);
        }
        socket.setStruct(call, inet6 ? IPPROTO_IPV6 : IPPROTO_IP, option, GroupSourceReq.BYTES, struct -> {
            GroupSourceReq.gsrInterface(struct, 0, through.getIndex());
            write(struct, SOURCE_GROUP, group, inet6);
            write(struct, SOURCE, source, inet6);
        });
    }

    private boolean checkFamily(InetAddress address) {
        if (address instanceof Inet6Address && !socket.isInet6()) {
            throw new UnsupportedAddressTypeException();
        }
        return !(address instanceof Inet4Address);
    }

    /** In the address's own family: the options of IPv4 take no mapped addresses. */
    private static void write(MemorySegment struct, long offset, InetAddress address, boolean inet6) {
        UringSocket.CODEC.write(struct, offset, address, 0, inet6);
        if (inet6) {
            struct.set(ValueLayout.JAVA_INT_UNALIGNED, offset + 24, ((Inet6Address) address).getScopeId());
        }
    }
}
