// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.mmsg;

import dev.ringport.linux.channel.LinuxChannelOptions;
import io.netty.channel.ChannelOption;

/**
 * Options of {@link MmsgDatagramChannel} beyond {@link ChannelOption}'s. Those that Netty's Linux transports have too
 * are the same objects, since options are pooled by name: a server configured for them moves over unchanged.
 *
 * <p>Netty's {@code IntegerUnixChannelOption} and {@code RawUnixChannelOption} are taken as well.
 */
public final class MmsgChannelOption {
    /** {@code SO_REUSEPORT}: several sockets share a port and the kernel spreads the datagrams. Default false. */
    public static final ChannelOption<Boolean> SO_REUSEPORT = LinuxChannelOptions.SO_REUSEPORT;
    /** {@code IP_FREEBIND}: addresses that are not this machine's may be bound. Default false. */
    public static final ChannelOption<Boolean> IP_FREEBIND = LinuxChannelOptions.IP_FREEBIND;
    /** {@code IP_TRANSPARENT}: as a transparent proxy; needs CAP_NET_ADMIN. Default false. */
    public static final ChannelOption<Boolean> IP_TRANSPARENT = LinuxChannelOptions.IP_TRANSPARENT;
    /**
     * {@code IP_RECVORIGDSTADDR}: the recipient of a received packet is the address it was sent to, not the channel's
     * local address. Default false.
     */
    public static final ChannelOption<Boolean> IP_RECVORIGDSTADDR = LinuxChannelOptions.IP_RECVORIGDSTADDR;
    /** {@code IP_MULTICAST_ALL}: also what other sockets joined. Default false, unlike the kernel's. */
    public static final ChannelOption<Boolean> IP_MULTICAST_ALL = LinuxChannelOptions.IP_MULTICAST_ALL;
    /**
     * {@code UDP_GRO}: the kernel hands over trains of datagrams whole, which reach the pipeline as ordinary packets, so
     * that there is nothing to see but the speed. Default true where the kernel has it. Off before the channel has a
     * port it is off; later the kernel goes on with trains, since those that wait would come without the size to cut
     * them by.
     */
    public static final ChannelOption<Boolean> UDP_GRO = LinuxChannelOptions.UDP_GRO;
    /**
     * The largest datagram to expect, in bytes, up to 65,535; 0, the default, leaves it to the RECVBUF_ALLOCATOR's
     * guess. What is longer is cut.
     */
    public static final ChannelOption<Integer> MAX_DATAGRAM_PAYLOAD_SIZE = LinuxChannelOptions.MAX_DATAGRAM_PAYLOAD_SIZE;
    /**
     * Whether runs of flushed datagrams with one recipient and one size leave as one segmented send. On the wire, and
     * for promises, there is no difference. Default true.
     */
    public static final ChannelOption<Boolean> UDP_AUTO_SEGMENTATION = LinuxChannelOptions.UDP_AUTO_SEGMENTATION;

    private MmsgChannelOption() {}
}
