// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.iocp.abi;

/** Constants of the headers of Winsock, files, name lookup and quality of service, under the headers' names. */
public final class WinsockConstants {
    /** No family: any, or with connect none. */
    public static final int AF_UNSPEC = 0;
    /** IPv4. */
    public static final int AF_INET = 2;
    /** IPv6. */
    public static final int AF_INET6 = 23;
    /** A stream. */
    public static final int SOCK_STREAM = 1;
    /** Datagrams. */
    public static final int SOCK_DGRAM = 2;
    /** Level of IPv4's options. */
    public static final int IPPROTO_IP = 0;
    /** TCP, and the level of its options. */
    public static final int IPPROTO_TCP = 6;
    /** UDP, and the level of its options. */
    public static final int IPPROTO_UDP = 17;
    /** IPv6, and the level of its options. */
    public static final int IPPROTO_IPV6 = 41;

    /** The socket takes overlapped operations. */
    public static final int WSA_FLAG_OVERLAPPED = 0x01;
    /** Child processes do not inherit the socket. Windows 7 SP1. */
    public static final int WSA_FLAG_NO_HANDLE_INHERIT = 0x80;
    /** The provider's sockets are handles of the system, so that no packet is promised twice. */
    public static final int XP1_IFS_HANDLES = 0x20000;
    /** An operation that ends at once posts no packet. */
    public static final int FILE_SKIP_COMPLETION_PORT_ON_SUCCESS = 1;
    /** The handle's own event is left alone. */
    public static final int FILE_SKIP_SET_EVENT_ON_HANDLE = 2;
    /** Moves a handle to another port. Windows 8.1. */
    public static final int FileReplaceCompletionInformation = 61;

    /** Level of options of any socket. */
    public static final int SOL_SOCKET = 0xffff;
    /** Another socket may take the same address, also one of another program. */
    public static final int SO_REUSEADDR = 0x0004;
    /** No other socket may take the address, whatever its options say. */
    public static final int SO_EXCLUSIVEADDRUSE = -5;
    /** Idle connections are probed. */
    public static final int SO_KEEPALIVE = 0x0008;
    /** Broadcasts may be sent. */
    public static final int SO_BROADCAST = 0x0020;
    /** What a close does with data not sent. */
    public static final int SO_LINGER = 0x0080;
    /** Send buffer in bytes. */
    public static final int SO_SNDBUF = 0x1001;
    /** Receive buffer in bytes. */
    public static final int SO_RCVBUF = 0x1002;
    /** The socket's pending error. */
    public static final int SO_ERROR = 0x1007;
    /** The socket's type. */
    public static final int SO_TYPE = 0x1008;
    /** What the provider is and can do. */
    public static final int SO_PROTOCOL_INFOW = 0x2005;
    /** Makes a socket of AcceptEx a full one; takes the listener. */
    public static final int SO_UPDATE_ACCEPT_CONTEXT = 0x700b;
    /** Connections out may share a local port; the port is chosen when connecting. Windows 10. */
    public static final int SO_REUSE_UNICASTPORT = 0x3007;
    /** Makes a socket of ConnectEx a full one; takes nothing. */
    public static final int SO_UPDATE_CONNECT_CONTEXT = 0x7010;
    /** The provider's longest backlog. */
    public static final int SOMAXCONN = 0x7fffffff;

    /** Small segments are sent at once. */
    public static final int TCP_NODELAY = 1;
    /** Seconds before the first probe. Windows 10 1709. */
    public static final int TCP_KEEPIDLE = 3;
    /** Seconds after which a connection that is not acknowledged ends. */
    public static final int TCP_MAXRT = 5;
    /** Data with the first segment. Windows 10 1607. */
    public static final int TCP_FASTOPEN = 15;
    /** How many probes. Windows 10 1703. */
    public static final int TCP_KEEPCNT = 16;
    /** Seconds between probes. Windows 10 1709. */
    public static final int TCP_KEEPINTVL = 17;

    /** Type of service of what is sent; Windows takes it and ignores it. */
    public static final int IP_TOS = 3;
    /** The interface for multicast: an address, or an index as 0.x.x.x, in network order. */
    public static final int IP_MULTICAST_IF = 9;
    /** How many hops multicast goes. */
    public static final int IP_MULTICAST_TTL = 10;
    /** Whether multicast of this machine is received; the receiving socket decides, unlike elsewhere. */
    public static final int IP_MULTICAST_LOOP = 11;
    /** Joins a group. */
    public static final int IP_ADD_MEMBERSHIP = 12;
    /** Leaves a group. */
    public static final int IP_DROP_MEMBERSHIP = 13;
    /** Joins a source of a group. */
    public static final int IP_ADD_SOURCE_MEMBERSHIP = 15;
    /** Leaves a source of a group. */
    public static final int IP_DROP_SOURCE_MEMBERSHIP = 16;
    /** Blocks a source. */
    public static final int IP_BLOCK_SOURCE = 17;
    /** Received datagrams carry their destination; also the type of that control message. */
    public static final int IP_PKTINFO = 19;
    /** Received datagrams carry their congestion mark; also the type of that control message. */
    public static final int IP_ECN = 50;

    /** The interface for multicast, by index. */
    public static final int IPV6_MULTICAST_IF = 9;
    /** How many hops multicast goes. */
    public static final int IPV6_MULTICAST_HOPS = 10;
    /** As IP_MULTICAST_LOOP. */
    public static final int IPV6_MULTICAST_LOOP = 11;
    /** Joins a group. */
    public static final int IPV6_ADD_MEMBERSHIP = 12;
    /** Leaves a group. */
    public static final int IPV6_DROP_MEMBERSHIP = 13;
    /** Received datagrams carry their destination; also the type of that control message. */
    public static final int IPV6_PKTINFO = 19;
    /** Received datagrams carry their congestion mark; also the type of that control message. */
    public static final int IPV6_ECN = 50;
    /** IPv6 alone, no mapped IPv4; on by default. */
    public static final int IPV6_V6ONLY = 27;
    /** Traffic class, as a control message. */
    public static final int IPV6_TCLASS = 39;
    /** Blocks a source. */
    public static final int MCAST_BLOCK_SOURCE = 43;
    /** Joins a source of a group. */
    public static final int MCAST_JOIN_SOURCE_GROUP = 45;
    /** Leaves a source of a group. */
    public static final int MCAST_LEAVE_SOURCE_GROUP = 46;

    /** Cuts a send into datagrams of this size (DWORD); also a control message. Windows 10 2004. */
    public static final int UDP_SEND_MSG_SIZE = 2;
    /** Takes trains of datagrams of up to this many bytes whole (DWORD). Windows 10 2004. */
    public static final int UDP_RECV_MAX_COALESCED_SIZE = 3;
    /** The control message with the size of the datagrams in a train (DWORD). */
    public static final int UDP_COALESCED_INFO = 3;

    /** The address of a function, by its GUID. */
    public static final int SIO_GET_EXTENSION_FUNCTION_POINTER = 0xc8000006;
    /** Keep-alive times. */
    public static final int SIO_KEEPALIVE_VALS = 0x98000004;
    /** Whether an unreachable port fails a later receive (BOOL). */
    public static final int SIO_UDP_CONNRESET = 0x9800000c;
    /** Whether an exceeded hop limit fails a later receive (BOOL). */
    public static final int SIO_UDP_NETRESET = 0x9800000f;
    /** {@code SIO_CPU_AFFINITY}, Windows 10 2004 and later. */
    public static final int SIO_CPU_AFFINITY = 0x98000015;
    /** How a connect is tried again. Windows 8. */
    public static final int SIO_TCP_INITIAL_RTO = 0x98000011;
    /** The system's own time before a connect is tried again. */
    public static final int TCP_INITIAL_RTO_UNSPECIFIED_RTT = 0xffff;
    /** A connect is not tried again. Windows 10 1709: what is older takes it for a number. */
    public static final int TCP_INITIAL_RTO_NO_SYN_RETRANSMISSIONS = 0xfe;
    /** Reserves ports; takes an {@code INET_PORT_RANGE}, answers one and a token. */
    public static final int SIO_ACQUIRE_PORT_RESERVATION = 0x98000064;
    /** How many bytes can be read. */
    public static final int FIONREAD = 0x4004667f;
    /** Whether calls do not block. */
    public static final int FIONBIO = 0x8004667e;

    /** What is received stays. */
    public static final int MSG_PEEK = 0x2;
    /** The datagram was longer than the buffer. */
    public static final int MSG_PARTIAL = 0x8000;
    /** The datagram was longer than the buffer. */
    public static final int MSG_TRUNC = 0x0100;
    /** Nothing more is received. */
    public static final int SD_RECEIVE = 0;
    /** Nothing more is sent. */
    public static final int SD_SEND = 1;

    /** There is something to read, or a connection to accept. */
    public static final int POLLRDNORM = 0x0100;
    /** The socket takes data. */
    public static final int POLLWRNORM = 0x0010;
    /** An error; answered, not asked for. */
    public static final int POLLERR = 0x0001;
    /** The peer has closed; answered, not asked for. */
    public static final int POLLHUP = 0x0002;

    /** An edition for clients. */
    public static final int VER_NT_WORKSTATION = 1;

    /** The file is opened for reading. */
    public static final int GENERIC_READ = 0x80000000;
    /** Others may read it. */
    public static final int FILE_SHARE_READ = 1;
    /** Others may write it. */
    public static final int FILE_SHARE_WRITE = 2;
    /** Others may delete or rename it. */
    public static final int FILE_SHARE_DELETE = 4;
    /** The file must be there. */
    public static final int OPEN_EXISTING = 3;
    /** It is read from start to end. */
    public static final int FILE_FLAG_SEQUENTIAL_SCAN = 0x08000000;
    /** Operations on it are overlapped, and say where they read. */
    public static final int FILE_FLAG_OVERLAPPED = 0x40000000;
    /** The system's choice of thread. */
    public static final int TF_USE_DEFAULT_WORKER = 0x00;

    /** All name spaces. */
    public static final int NS_ALL = 0;
    /** With the canonical name. */
    public static final int AI_CANONNAME = 0x00000002;
    /** The name is an address; nobody is asked. */
    public static final int AI_NUMERICHOST = 0x00000004;
    /** The address as a number; nobody is asked. */
    public static final int NI_NUMERICHOST = 0x02;
    /** The port as a number. */
    public static final int NI_NUMERICSERV = 0x08;
    /** The longest name. */
    public static final int NI_MAXHOST = 1025;
    /** The longest service. */
    public static final int NI_MAXSERV = 32;

    /** Default, DSCP 0. */
    public static final int QOSTrafficTypeBestEffort = 0;
    /** The flow is not measured. */
    public static final int QOS_NON_ADAPTIVE_FLOW = 2;
    /** Sets the DSCP of a flow (DWORD); needs an administrator's or network operator's right. */
    public static final int QOSSetOutgoingDSCPValue = 2;

    private WinsockConstants() {}
}
