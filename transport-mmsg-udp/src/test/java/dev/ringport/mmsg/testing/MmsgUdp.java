// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.mmsg.testing;

import dev.ringport.mmsg.MmsgCounters.Counter;
import dev.ringport.mmsg.MmsgDatagramChannel;
import dev.ringport.mmsg.MmsgTransport;
import dev.ringport.testkit.Udp;
import java.util.Objects;

/** One loop with its channels. */
public final class MmsgUdp extends Udp<MmsgDatagramChannel> {
    public MmsgUdp() {
        super(MmsgTransport.INSTANCE);
    }

    public static long count(MmsgDatagramChannel channel, Counter counter) {
        return Objects.requireNonNull(channel.counters()).get(counter);
    }
}
