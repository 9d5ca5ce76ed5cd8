// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.examples;

import dev.ringport.mmsg.MmsgDatagramChannel;
import dev.ringport.uring.UringDatagramChannel;
import io.netty.channel.Channel;
import org.jspecify.annotations.Nullable;

/** Ringport's channels for Linux, which have the same options. The artifact of recvmmsg and sendmmsg need not be there. */
public final class LinuxChannels {
    private static final String MMSG = "dev.ringport.mmsg.MmsgDatagramChannel";

    private LinuxChannels() {}

    /** Whether channels of the class have the options of {@code UringChannelOption}. */
    public static boolean are(Class<?> type) {
        return type == UringDatagramChannel.class || type.getName().equals(MMSG);
    }

    /** What the channel's loop has counted, as a line; null if it is not such a channel, or at no loop. */
    public static @Nullable String counters(Channel channel) {
        Object counters = null;
        if (channel instanceof UringDatagramChannel uring) {
            counters = uring.counters();
        } else if (channel.getClass().getName().equals(MMSG)) {
            counters = Mmsg.counters(channel);
        }
        return counters == null ? null : counters.toString();
    }

    /** Touched only where the artifact is there. */
    private static final class Mmsg {
        static @Nullable Object counters(Channel channel) {
            return ((MmsgDatagramChannel) channel).counters();
        }
    }
}
