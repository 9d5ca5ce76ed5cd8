// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.iocp.udp;

import dev.ringport.datagram.SystemSocketOptions;
import dev.ringport.iocp.abi.IpMreq;
import dev.ringport.iocp.abi.IpMreqSource;
import dev.ringport.iocp.abi.Ipv6Mreq;
import dev.ringport.iocp.abi.WinsockConstants;
import dev.ringport.iocp.loop.OverlappedSocket;
import dev.ringport.iocp.udp.JoinedGroups.Membership;
import dev.ringport.net.GroupSourceReq;
import java.io.IOException;
import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.ClosedChannelException;
import java.util.Map;
import org.jspecify.annotations.Nullable;

import static dev.ringport.iocp.abi.WinsockConstants.SOL_SOCKET;

/**
 * The options and memberships that both systems know, as Windows spells them: IPv4 names an interface by one of its
 * addresses, or by its index as {@code 0.x.x.x}; IPv6 by its index.
 *
 * <p>The traffic class goes two ways. Windows takes {@code IP_TOS} from {@code setsockopt} and ignores it, unless a key
 * of the registry says otherwise; so what a connected socket sends is marked through qWAVE as well, where the user has
 * the right.
 *
 * <p>{@code SO_REUSEADDR} on Windows lets anybody bind the same port. It is set on the socket only where exclusive use
 * was given up; otherwise it is kept and answered, as by the JDK's server sockets.
 */
public final class DatagramSocketOptions extends SystemSocketOptions {
    private static final int NOT_SET = -1;
    private static final long SOURCE_GROUP = GroupSourceReq.LAYOUT.byteOffset(PathElement.groupElement("gsr_group"));
    private static final long SOURCE = GroupSourceReq.LAYOUT.byteOffset(PathElement.groupElement("gsr_source"));
    private static final Map<Option, Place> PLACES = Map.of(
            Option.BROADCAST, Place.ofSocket(SOL_SOCKET, WinsockConstants.SO_BROADCAST),
            Option.RECEIVE_BUFFER, Place.ofSocket(SOL_SOCKET, WinsockConstants.SO_RCVBUF),
            Option.SEND_BUFFER, Place.ofSocket(SOL_SOCKET, WinsockConstants.SO_SNDBUF),
            Option.MULTICAST_TTL,
            Place.byFamily(WinsockConstants.IP_MULTICAST_TTL, WinsockConstants.IPV6_MULTICAST_HOPS),
            Option.MULTICAST_LOOP,
            Place.byFamily(WinsockConstants.IP_MULTICAST_LOOP, WinsockConstants.IPV6_MULTICAST_LOOP));

    private final OverlappedSocket socket;
    private final JoinedGroups groups = new JoinedGroups();
    private @Nullable QosFlow flow;
    private int trafficClass = NOT_SET;
    private boolean exclusive = true;
    private boolean reuse;
    private boolean connected;
    private boolean closed;

    DatagramSocketOptions(OverlappedSocket socket) {
        super(socket, PLACES);
        this.socket = socket;
        // The JDK sets it too, and goes on if a provider does not know it.
        socket.trySetInt(SOL_SOCKET, WinsockConstants.SO_EXCLUSIVEADDRUSE, 1);
    }

    @Override
    public int get(Option option) throws IOException {
        return switch (option) {
            case TRAFFIC_CLASS -> trafficClass();
            case REUSE_ADDRESS -> reusesAddress() ? 1 : 0;
            default -> super.get(option);
        };
    }

    @Override
    public void set(Option option, int value) throws IOException {
        switch (option) {
            case TRAFFIC_CLASS -> setTrafficClass(value);
            case REUSE_ADDRESS -> setReuseAddress(value);
            default -> super.set(option, value);
        }
    }

    private synchronized int trafficClass() throws ClosedChannelException {
        checkOpen();
        return trafficClass == NOT_SET ? 0 : trafficClass;
    }

    private synchronized boolean reusesAddress() throws ClosedChannelException {
        checkOpen();
        return reuse;
    }

    private synchronized void setReuseAddress(int value) throws IOException {
        checkOpen();
        if (!exclusive) {
            socket.setInt(SOL_SOCKET, WinsockConstants.SO_REUSEADDR, value);
        }
        reuse = value != 0;
    }

    /** Whether nobody else may bind the address. */
    public synchronized boolean isExclusive() throws ClosedChannelException {
        checkOpen();
        return exclusive;
    }

    /** Whether the address may be shared by what was asked for, but is not because its use is exclusive. */
    synchronized boolean keepsReuseBack() {
        return exclusive && reuse;
    }

    /** Before the bind. Windows takes the two options only one after the other. */
    public synchronized void setExclusive(boolean on) throws IOException {
        checkOpen();
        if (on && reuse) {
            socket.setInt(SOL_SOCKET, WinsockConstants.SO_REUSEADDR, 0);
        }
        socket.setInt(SOL_SOCKET, WinsockConstants.SO_EXCLUSIVEADDRUSE, on ? 1 : 0);
        if (!on && reuse) {
            socket.setInt(SOL_SOCKET, WinsockConstants.SO_REUSEADDR, 1);
        }
        exclusive = on;
    }

    /**
     * Before the bind: of the sockets that share its port, this one gets what the processor takes in. The others could not
     * be bound beside an exclusive one.
     */
    public synchronized void receiveOf(int processor) throws IOException {
        checkOpen();
        if (exclusive) {
            socket.trySetInt(SOL_SOCKET, WinsockConstants.SO_EXCLUSIVEADDRUSE, 0);
        }
        try {
            socket.receiveOf(processor);
        } catch (IOException refused) {
            if (exclusive) {
                socket.trySetInt(SOL_SOCKET, WinsockConstants.SO_EXCLUSIVEADDRUSE, 1);
            }
            throw refused;
        }
        exclusive = false;
    }

    /** Windows refuses the options of IPv6 on a socket that is bound to an IPv4 address, though it be dual stack. */
    @Override
    protected boolean takesInet6Options() {
        if (!socket.isInet6()) {
            return false;
        }
        InetSocketAddress local = socket.localAddress();
        return local == null || !(local.getAddress() instanceof Inet4Address);
    }

    /** Whether received datagrams carry the address that they were sent to. */
    void tellDestinations(boolean on) throws IOException {
        int value = on ? 1 : 0;
        if (takesInet6Options()) {
            socket.setInt(IPPROTO_IPV6, WinsockConstants.IPV6_PKTINFO, value);
            // What comes over IPv4 may be told by either.
            socket.trySetInt(IPPROTO_IP, WinsockConstants.IP_PKTINFO, value);
        } else {
            socket.setInt(IPPROTO_IP, WinsockConstants.IP_PKTINFO, value);
        }
    }

    private void checkOpen() throws ClosedChannelException {
        if (closed) {
            throw new ClosedChannelException();
        }
    }

    private synchronized void setTrafficClass(int value) throws IOException {
        checkOpen();
        trafficClass = value;
        // Windows ignores what it takes here, so it makes no difference if it doesn't.
        if (takesInet6Options()) {
            socket.trySetInt(IPPROTO_IPV6, WinsockConstants.IPV6_TCLASS, value);
        }
        socket.trySetInt(IPPROTO_IP, WinsockConstants.IP_TOS, value);
        mark();
    }

    /** The socket was connected, or is no more: only a connected one has a flow. */
    synchronized void connected(boolean yes) {
        connected = yes;
        mark();
    }

    private void mark() {
        endFlow();
        if (connected && trafficClass != NOT_SET && !closed) {
            flow = QosFlow.mark(socket.calls().qwave(), socket.handle(), trafficClass);
        }
    }

    private void endFlow() {
        QosFlow old = flow;
        flow = null;
        if (old != null) {
            old.close();
        }
    }

    /** The socket is about to be closed. From any thread. */
    synchronized void close() {
        closed = true;
        endFlow();
    }

    @Override
    protected void setInetOnInet6(int name, int value) {
        // Not all are taken there, and what IPv6 sends has been set.
        socket.trySetInt(IPPROTO_IP, name, value);
    }

    @Override
    protected void choose(NetworkInterface through) throws IOException {
        if (takesInet6Options()) {
            socket.setInt(IPPROTO_IPV6, WinsockConstants.IPV6_MULTICAST_IF, through.getIndex());
            socket.trySetInt(IPPROTO_IP, WinsockConstants.IP_MULTICAST_IF, inNetworkOrder(interfaceAddress(through)));
        } else {
            socket.setInt(IPPROTO_IP, WinsockConstants.IP_MULTICAST_IF, inNetworkOrder(interfaceAddress(through)));
        }
    }

    private static int inNetworkOrder(byte[] address) {
        return ByteBuffer.wrap(address).order(ByteOrder.nativeOrder()).getInt();
    }

    /** An IPv4 address of the interface; its index as {@code 0.x.x.x} if it has none. */
    private static byte[] interfaceAddress(NetworkInterface through) {
        return through.inetAddresses()
                .filter(Inet4Address.class::isInstance)
                .findFirst()
                .map(InetAddress::getAddress)
                .orElseGet(() -> ByteBuffer.allocate(Integer.BYTES).putInt(through.getIndex()).array());
    }

    @Override
    public void join(InetAddress group, NetworkInterface through, @Nullable InetAddress source) throws IOException {
        checkSocket();
        groups.join(new Membership(group, through.getIndex(), source), () -> add(group, through, source));
    }

    @Override
    public void leave(InetAddress group, NetworkInterface through, @Nullable InetAddress source) throws IOException {
        checkSocket();
        groups.leave(new Membership(group, through.getIndex(), source), () -> drop(group, through, source));
    }

    @Override
    public void block(InetAddress group, NetworkInterface through, InetAddress source) throws IOException {
        checkSocket();
        groups.block(
                new Membership(group, through.getIndex(), null), source,
                () -> source(
                        "block", WinsockConstants.IP_BLOCK_SOURCE, WinsockConstants.MCAST_BLOCK_SOURCE, group, through,
                        source));
    }

    private void checkSocket() throws ClosedChannelException {
        if (!socket.isOpen()) {
            throw new ClosedChannelException();
        }
    }

    private void add(InetAddress group, NetworkInterface through, @Nullable InetAddress source) throws IOException {
        if (source != null) {
            source(
                    "join", WinsockConstants.IP_ADD_SOURCE_MEMBERSHIP, WinsockConstants.MCAST_JOIN_SOURCE_GROUP, group,
                    through, source);
        } else {
            group("join", WinsockConstants.IP_ADD_MEMBERSHIP, WinsockConstants.IPV6_ADD_MEMBERSHIP, group, through);
        }
    }

    private void drop(InetAddress group, NetworkInterface through, @Nullable InetAddress source) throws IOException {
        if (source != null) {
            source(
                    "leave", WinsockConstants.IP_DROP_SOURCE_MEMBERSHIP, WinsockConstants.MCAST_LEAVE_SOURCE_GROUP,
                    group, through, source);
        } else {
            group("leave", WinsockConstants.IP_DROP_MEMBERSHIP, WinsockConstants.IPV6_DROP_MEMBERSHIP, group, through);
        }
    }

    private void group(String what, int inetName, int inet6Name, InetAddress group, NetworkInterface through)
            throws IOException {
        if (isInet6Group(group)) {
            socket.setStruct(call(what, group), IPPROTO_IPV6, inet6Name, Ipv6Mreq.BYTES, struct -> {
                Ipv6Mreq.ipv6mrMultiaddr(struct, 0, group.getAddress());
                Ipv6Mreq.ipv6mrInterface(struct, 0, through.getIndex());
            });
        } else {
            socket.setStruct(call(what, group), IPPROTO_IP, inetName, IpMreq.BYTES, struct -> {
                IpMreq.imrMultiaddr(struct, 0, group.getAddress());
                IpMreq.imrInterface(struct, 0, interfaceAddress(through));
            });
        }
    }

    private void source(
            String what, int inetName, int inet6Name, InetAddress group, NetworkInterface through,
            InetAddress source) throws IOException {
        if (isInet6Group(group, source)) {
            socket.setStruct(call(what, group), IPPROTO_IPV6, inet6Name, GroupSourceReq.BYTES, struct -> {
                GroupSourceReq.gsrInterface(struct, 0, through.getIndex());
                write(struct, SOURCE_GROUP, group);
                write(struct, SOURCE, source);
            });
        } else {
            socket.setStruct(call(what, group), IPPROTO_IP, inetName, IpMreqSource.BYTES, struct -> {
                IpMreqSource.imrMultiaddr(struct, 0, group.getAddress());
                IpMreqSource.imrSourceaddr(struct, 0, source.getAddress());
                IpMreqSource.imrInterface(struct, 0, interfaceAddress(through));
            });
        }
    }

    private static String call(String what, InetAddress group) {
        return "setsockopt(" + what + " " + group.getHostAddress() + ")";
    }

    private static void write(MemorySegment struct, long offset, InetAddress address) {
        OverlappedSocket.CODEC.write(struct, offset, address, 0, true);
        struct.set(ValueLayout.JAVA_INT_UNALIGNED, offset + 24, ((Inet6Address) address).getScopeId());
    }
}
