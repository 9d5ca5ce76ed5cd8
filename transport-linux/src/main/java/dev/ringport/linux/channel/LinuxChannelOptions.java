// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.linux.channel;

import io.netty.channel.ChannelOption;

/** The options of the channels of either transport; each transport's own class says what they mean. */
public final class LinuxChannelOptions {
    public static final ChannelOption<Boolean> SO_REUSEPORT = ChannelOption
            .valueOf("io.netty.channel.unix.UnixChannelOption#SO_REUSEPORT");
    public static final ChannelOption<Boolean> IP_FREEBIND = ChannelOption.valueOf("IP_FREEBIND");
    public static final ChannelOption<Boolean> IP_TRANSPARENT = ChannelOption.valueOf("IP_TRANSPARENT");
    public static final ChannelOption<Boolean> IP_RECVORIGDSTADDR = ChannelOption.valueOf("IP_RECVORIGDSTADDR");
    public static final ChannelOption<Boolean> IP_MULTICAST_ALL = ChannelOption.valueOf("IP_MULTICAST_ALL");
    public static final ChannelOption<Boolean> UDP_GRO = ChannelOption.valueOf("UDP_GRO");
    public static final ChannelOption<Integer> MAX_DATAGRAM_PAYLOAD_SIZE = ChannelOption
            .valueOf("MAX_DATAGRAM_PAYLOAD_SIZE");
    public static final ChannelOption<Boolean> UDP_AUTO_SEGMENTATION = ChannelOption
            .valueOf("dev.ringport#UDP_AUTO_SEGMENTATION");

    private LinuxChannelOptions() {}
}
