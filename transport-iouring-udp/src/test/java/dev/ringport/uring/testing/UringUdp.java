// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.uring.testing;

import dev.ringport.testkit.Udp;
import dev.ringport.uring.UringCounters.Counter;
import dev.ringport.uring.UringDatagramChannel;
import dev.ringport.uring.UringIoHandler;
import dev.ringport.uring.UringIoHandlerConfig;
import dev.ringport.uring.UringTransport;
import java.util.Objects;

/** One loop of the transport with its channels. */
public final class UringUdp extends Udp<UringDatagramChannel> {
    public UringUdp() {
        this(new UringIoHandlerConfig());
    }

    public UringUdp(UringIoHandlerConfig config) {
        super(UringTransport.INSTANCE, UringIoHandler.newFactory(config));
    }

    public static long count(UringDatagramChannel channel, Counter counter) {
        return Objects.requireNonNull(channel.counters()).get(counter);
    }
}
