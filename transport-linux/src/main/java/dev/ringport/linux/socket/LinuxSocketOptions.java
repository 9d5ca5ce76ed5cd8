// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.linux.socket;

import dev.ringport.datagram.SystemSocketOptions;
import dev.ringport.linux.abi.IpMreqn;
import dev.ringport.linux.abi.SocketConstants;
import dev.ringport.net.GroupReq;
import dev.ringport.net.GroupSourceReq;
import java.io.IOException;
import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.util.Map;
import org.jspecify.annotations.Nullable;

import static dev.ringport.linux.abi.SocketConstants.SOL_SOCKET;

/** The options and memberships that both systems know, as Linux spells them. */
public final class LinuxSocketOptions extends SystemSocketOptions {
    private static final long GROUP = GroupReq.LAYOUT.byteOffset(PathElement.groupElement("gr_group"));
    private static final long SOURCE_GROUP = GroupSourceReq.LAYOUT.byteOffset(PathElement.groupElement("gsr_group"));
    private static final long SOURCE = GroupSourceReq.LAYOUT.byteOffset(PathElement.groupElement("gsr_source"));
    private static final Map<Option, Place> PLACES = Map.of(
            Option.BROADCAST, Place.ofSocket(SOL_SOCKET, SocketConstants.SO_BROADCAST),
            Option.RECEIVE_BUFFER, Place.ofSocket(SOL_SOCKET, SocketConstants.SO_RCVBUF),
            Option.SEND_BUFFER, Place.ofSocket(SOL_SOCKET, SocketConstants.SO_SNDBUF),
            Option.REUSE_ADDRESS, Place.ofSocket(SOL_SOCKET, SocketConstants.SO_REUSEADDR),
            Option.TRAFFIC_CLASS, Place.byFamily(SocketConstants.IP_TOS, SocketConstants.IPV6_TCLASS),
            Option.MULTICAST_TTL,
            Place.byFamily(SocketConstants.IP_MULTICAST_TTL, SocketConstants.IPV6_MULTICAST_HOPS),
            Option.MULTICAST_LOOP,
            Place.byFamily(SocketConstants.IP_MULTICAST_LOOP, SocketConstants.IPV6_MULTICAST_LOOP));

    private final LinuxSocket socket;

    public LinuxSocketOptions(LinuxSocket socket) {
        super(socket, PLACES);
        this.socket = socket;
    }

    @Override
    public int get(Option option) throws IOException {
        // The kernel doubles what is set, for its own bookkeeping, and answers that; the JDK halves it too.
        return option == Option.RECEIVE_BUFFER || option == Option.SEND_BUFFER
                ? super.get(option) / 2
                : super.get(option);
    }

    @Override
    protected void setInetOnInet6(int name, int value) throws IOException {
        socket.setInt(IPPROTO_IP, name, value);
    }

    @Override
    protected void choose(NetworkInterface through) throws IOException {
        if (socket.isInet6()) {
            socket.setInt(IPPROTO_IPV6, SocketConstants.IPV6_MULTICAST_IF, through.getIndex());
        }
        socket.setStruct(
                "setsockopt(IP_MULTICAST_IF, " + through.getName() + ")",
                IPPROTO_IP,
                SocketConstants.IP_MULTICAST_IF,
                IpMreqn.BYTES,
                struct -> IpMreqn.imrIfindex(struct, 0, through.getIndex()));
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

    private void group(String call, int option, InetAddress group, NetworkInterface through) throws IOException {
        boolean inet6 = isInet6Group(group);
        socket.setStruct(call, inet6 ? IPPROTO_IPV6 : IPPROTO_IP, option, GroupReq.BYTES, struct -> {
            GroupReq.grInterface(struct, 0, through.getIndex());
            write(struct, GROUP, group, inet6);
        });
    }

    private void source(String call, int option, InetAddress group, NetworkInterface through, InetAddress source)
            throws IOException {
        boolean inet6 = isInet6Group(group, source);
        socket.setStruct(call, inet6 ? IPPROTO_IPV6 : IPPROTO_IP, option, GroupSourceReq.BYTES, struct -> {
            GroupSourceReq.gsrInterface(struct, 0, through.getIndex());
            write(struct, SOURCE_GROUP, group, inet6);
            write(struct, SOURCE, source, inet6);
        });
    }

    /** In the address's own family: the options of IPv4 take no mapped addresses. */
    private static void write(MemorySegment struct, long offset, InetAddress address, boolean inet6) {
        LinuxSocket.CODEC.write(struct, offset, address, 0, inet6);
        if (inet6) {
            struct.set(ValueLayout.JAVA_INT_UNALIGNED, offset + 24, ((Inet6Address) address).getScopeId());
        }
    }
}
