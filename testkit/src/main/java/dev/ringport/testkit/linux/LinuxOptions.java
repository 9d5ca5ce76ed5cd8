// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.testkit.linux;

import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;

import static org.assertj.core.api.Assertions.assertThat;

/** Options by their names, as a user writes them who knows neither transport. */
final class LinuxOptions {
    static final ChannelOption<Boolean> IP_FREEBIND = ChannelOption.valueOf("IP_FREEBIND");
    static final ChannelOption<Boolean> IP_TRANSPARENT = ChannelOption.valueOf("IP_TRANSPARENT");
    static final ChannelOption<Boolean> IP_RECVORIGDSTADDR = ChannelOption.valueOf("IP_RECVORIGDSTADDR");
    static final ChannelOption<Boolean> IP_MULTICAST_ALL = ChannelOption.valueOf("IP_MULTICAST_ALL");
    static final ChannelOption<Boolean> UDP_GRO = ChannelOption.valueOf("UDP_GRO");

    private LinuxOptions() {}

    /** Sets an option that the channel must know. */
    static <T> void set(Channel channel, ChannelOption<T> option, T value) {
        assertThat(channel.config().setOption(option, value)).as(option.name()).isTrue();
    }
}
