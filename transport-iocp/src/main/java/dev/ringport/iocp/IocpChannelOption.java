// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.iocp;

import io.netty.channel.ChannelOption;

/** The options that Windows adds to Netty's. */
public final class IocpChannelOption {
    /** How long a close lets what was flushed leave, in milliseconds. See {@link IocpSocketChannelConfig}. */
    public static final ChannelOption<Integer> CLOSE_TIMEOUT_MILLIS = ChannelOption.valueOf(IocpChannelOption.class,
            "CLOSE_TIMEOUT_MILLIS");
    /** How many accepts a server keeps posted, 1 to 4096. Default 16. Before the server is registered, or later. */
    public static final ChannelOption<Integer> ACCEPTS_POSTED = ChannelOption.valueOf(IocpChannelOption.class,
            "ACCEPTS_POSTED");
    /**
     * {@code SO_EXCLUSIVEADDRUSE}: nobody else, of whatever right, binds to the address. On by default, because
     * {@code SO_REUSEADDR} on Windows lets another process take the port over: that option is kept and answered, and opens
     * nothing unless this one is false. Before the bind. Datagram channels that are to share a port, such as listeners of
     * multicast groups, set this to false and {@code SO_REUSEADDR} to true, each of them.
     */
    public static final ChannelOption<Boolean> SO_EXCLUSIVEADDRUSE = ChannelOption.valueOf(IocpChannelOption.class,
            "SO_EXCLUSIVEADDRUSE");
    /** How many receives a datagram channel with auto-read keeps posted, 1 to 1024. Default 16. */
    public static final ChannelOption<Integer> RECEIVES_POSTED = ChannelOption.valueOf(IocpChannelOption.class,
            "RECEIVES_POSTED");
    /**
     * {@code SIO_CPU_AFFINITY} of a datagram channel, Windows 10 2004 and later: channels with it share a port, and each gets
     * what comes in on its processor, 0 to 65,535. Before the bind, and not together with SO_REUSEADDR or
     * {@link #SO_EXCLUSIVEADDRUSE}. Default -1, a port of one's own. {@link IocpSharedPort} sets it for a whole group.
     */
    public static final ChannelOption<Integer> SIO_CPU_AFFINITY = ChannelOption.valueOf(IocpChannelOption.class,
            "SIO_CPU_AFFINITY");
    /**
     * The recipient of a received packet is the address it was sent to ({@code IP_PKTINFO}), not the channel's local
     * address. Default false. The same object as the option of Netty's Linux transports.
     */
    public static final ChannelOption<Boolean> IP_RECVORIGDSTADDR = ChannelOption.valueOf("IP_RECVORIGDSTADDR");
    /**
     * Windows hands over trains of datagrams whole ({@code UDP_RECV_MAX_COALESCED_SIZE}, Windows 10 2004), which reach
     * the pipeline as ordinary packets. Default false: some machines leave out the size to cut by. A read of two bytes or
     * more that comes without it is dropped and counted ({@code DATAGRAMS_DROPPED}), and the option is off from then on,
     * for this channel and for good, with one warning; so are up to as many reads as were posted. Microsoft does not say
     * whether the size comes with a datagram that came alone; where it does not, the first of these ends coalescing. Each
     * posted receive takes 64 KiB. The same object as the option of Netty's Linux transports.
     */
    public static final ChannelOption<Boolean> UDP_GRO = ChannelOption.valueOf("UDP_GRO");
    /**
     * The largest datagram to expect, in bytes, up to 65,535; 0, the default, leaves it to the RECVBUF_ALLOCATOR's
     * guess. What is longer is cut. The same object as the option of Netty's Linux transports.
     */
    public static final ChannelOption<Integer> MAX_DATAGRAM_PAYLOAD_SIZE = ChannelOption
            .valueOf("MAX_DATAGRAM_PAYLOAD_SIZE");
    /**
     * Whether runs of flushed datagrams with one recipient and one size leave as one segmented send of up to 512, where
     * Windows can (10 2004). On the wire, and for promises, there is no difference. Default true.
     *
     * <p>What a path refuses is sent one by one there and tried again later ({@code SEGMENTATION_REFUSED}). Some drivers,
     * such as older ones of VirtIO, drop segmented sends and say nothing: if {@code DATAGRAMS_SEGMENTED} grows and the
     * peers miss what it counts, set this to false. A channel sends one by one until the first trial of the process has
     * ended, some milliseconds after its first datagram channel was registered.
     */
    public static final ChannelOption<Boolean> UDP_AUTO_SEGMENTATION = ChannelOption
            .valueOf("dev.ringport#UDP_AUTO_SEGMENTATION");

    /**
     * Seconds that a connection is idle before it is probed, 1 to 32,767; {@code SO_KEEPALIVE} has to be on. Default 7200.
     * The same object as the option of Netty's epoll transport, so a server configured for that keeps it.
     */
    public static final ChannelOption<Integer> TCP_KEEPIDLE = ofEpoll("TCP_KEEPIDLE");
    /** Seconds between probes, 1 to 32,767. Default 1. The same object as the option of Netty's epoll transport. */
    public static final ChannelOption<Integer> TCP_KEEPINTVL = ofEpoll("TCP_KEEPINTVL");
    /**
     * How many probes stay unanswered before the connection ends, 1 to 255. Default 10. Windows 10 1703 and later. The same
     * object as the option of Netty's epoll transport.
     */
    public static final ChannelOption<Integer> TCP_KEEPCNT = ofEpoll("TCP_KEEPCNT");

    private IocpChannelOption() {}

    /** Options are pooled by name: no class of that transport is needed. */
    private static ChannelOption<Integer> ofEpoll(String name) {
        return ChannelOption.valueOf("io.netty.channel.epoll.EpollChannelOption#" + name);
    }
}
