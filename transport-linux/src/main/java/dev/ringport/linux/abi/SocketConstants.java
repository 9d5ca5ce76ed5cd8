// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.linux.abi;

/**
 * Constants of Linux's socket headers, under the headers' names. The numbers are those of every architecture that a
 * JDK 25 runs on; MIPS, SPARC, PA-RISC and Alpha have others.
 */
public final class SocketConstants {
    /** IPv4. */
    public static final int AF_INET = 2;
    /** IPv6. */
    public static final int AF_INET6 = 10;
    /** No family: dissolves the connection of a datagram socket. */
    public static final int AF_UNSPEC = 0;
    /** Sockets of this machine only. */
    public static final int AF_UNIX = 1;
    /** Datagrams. */
    public static final int SOCK_DGRAM = 2;
    /** Reads and writes of the descriptor do not block. */
    public static final int SOCK_NONBLOCK = 0x800;
    /** Child processes do not inherit the descriptor. */
    public static final int SOCK_CLOEXEC = 0x80000;

    /** Level of options of any socket. */
    public static final int SOL_SOCKET = 1;
    /** Level of IPv4's options. */
    public static final int IPPROTO_IP = 0;
    /** Level of IPv6's options. */
    public static final int IPPROTO_IPV6 = 41;
    /** Level of UDP's options. */
    public static final int SOL_UDP = 17;

    /** Another socket may bind the same address. */
    public static final int SO_REUSEADDR = 2;
    /** The socket's type. */
    public static final int SO_TYPE = 3;
    /** Broadcasts may be sent. */
    public static final int SO_BROADCAST = 6;
    /** Send buffer; reads back twice what was set. */
    public static final int SO_SNDBUF = 7;
    /** Receive buffer; reads back twice what was set. */
    public static final int SO_RCVBUF = 8;
    /** Several sockets share a port, the kernel spreads what arrives. */
    public static final int SO_REUSEPORT = 15;
    /** The socket's protocol. */
    public static final int SO_PROTOCOL = 38;
    /** The socket's family. */
    public static final int SO_DOMAIN = 39;
    /** Sends without a checksum; segmented sends are refused then. */
    public static final int SO_NO_CHECK = 11;

    /** Type of service of datagrams sent. */
    public static final int IP_TOS = 1;
    /** Addresses that are not (yet) this machine's may be bound. */
    public static final int IP_FREEBIND = 15;
    /** Addresses of others may be bound and received; needs CAP_NET_ADMIN. */
    public static final int IP_TRANSPARENT = 19;
    /** Received datagrams carry their original destination. */
    public static final int IP_RECVORIGDSTADDR = 20;
    /** The interface for multicast. */
    public static final int IP_MULTICAST_IF = 32;
    /** How many hops multicast goes. */
    public static final int IP_MULTICAST_TTL = 33;
    /** Whether multicast comes back to this machine. */
    public static final int IP_MULTICAST_LOOP = 34;
    /** Whether a socket gets what any socket of the machine joined; the kernel's default is 1. */
    public static final int IP_MULTICAST_ALL = 49;
    /** Joins a group. */
    public static final int MCAST_JOIN_GROUP = 42;
    /** Blocks a source. */
    public static final int MCAST_BLOCK_SOURCE = 43;
    /** Leaves a group. */
    public static final int MCAST_LEAVE_GROUP = 45;
    /** Joins a source of a group. */
    public static final int MCAST_JOIN_SOURCE_GROUP = 46;
    /** Leaves a source of a group. */
    public static final int MCAST_LEAVE_SOURCE_GROUP = 47;

    /** The interface for multicast. */
    public static final int IPV6_MULTICAST_IF = 17;
    /** How many hops multicast goes. */
    public static final int IPV6_MULTICAST_HOPS = 18;
    /** Whether multicast comes back to this machine. */
    public static final int IPV6_MULTICAST_LOOP = 19;
    /** IPv6 alone, no mapped IPv4. */
    public static final int IPV6_V6ONLY = 26;
    /** As {@link #IP_MULTICAST_ALL}. Linux 4.20. */
    public static final int IPV6_MULTICAST_ALL = 29;
    /** Traffic class of datagrams sent. */
    public static final int IPV6_TCLASS = 67;
    /** As {@link #IP_RECVORIGDSTADDR}. */
    public static final int IPV6_RECVORIGDSTADDR = 74;
    /** As {@link #IP_TRANSPARENT}. */
    public static final int IPV6_TRANSPARENT = 75;
    /** As {@link #IP_FREEBIND}. */
    public static final int IPV6_FREEBIND = 78;

    /** Cuts a send into datagrams of this size (u16). Linux 4.18. */
    public static final int UDP_SEGMENT = 103;
    /** Takes trains of datagrams whole (int). Linux 5.0. */
    public static final int UDP_GRO = 104;

    /** Fail with EAGAIN rather than wait. */
    public static final int MSG_DONTWAIT = 0x40;
    /** The datagram was longer than the buffer. */
    public static final int MSG_TRUNC = 0x20;
    /** Receives from the queue of errors. */
    public static final int MSG_ERRQUEUE = 0x2000;
    /** Control data was longer than its room. */
    public static final int MSG_CTRUNC = 0x08;

    /** Bytes in the send buffer, as the kernel charges them. */
    public static final int SIOCOUTQ = 0x5411;

    /** The socket takes data. */
    public static final int POLLOUT = 0x4;
    /** An error is pending, or stands in the queue of errors; told whether it was asked for or not. */
    public static final int POLLERR = 0x8;
    /** There is something to read. */
    public static final int POLLIN = 0x1;

    /** Pages may be read. */
    public static final int PROT_READ = 1;
    /** Pages may be written. */
    public static final int PROT_WRITE = 2;
    /** Writes reach the other side. */
    public static final int MAP_SHARED = 1;
    /** Writes are the process's own. */
    public static final int MAP_PRIVATE = 2;
    /** Of no file: pages of zeros, each there when it is first touched. */
    public static final int MAP_ANONYMOUS = 0x20;
    /** The pages are there at once. */
    public static final int MAP_POPULATE = 0x8000;

    /** Reads and writes do not block. */
    public static final int EFD_NONBLOCK = 0x800;
    /** Child processes do not inherit the descriptor. */
    public static final int EFD_CLOEXEC = 0x80000;

    private SocketConstants() {}
}
