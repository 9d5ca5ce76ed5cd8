// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.uring;

import dev.ringport.uring.abi.IoUringConstants;
import dev.ringport.uring.testing.UringManualLoop;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** A loop that waits for datagrams is idle: it is not to show as a task that waits for a disk. */
class IdleLoopTest {
    private static final int SINCE = 6 * 1000 + 15;

    private static int kernel() {
        String[] parts = System.getProperty("os.version").split("[^0-9]+", 3);
        return Integer.parseInt(parts[0]) * 1000 + Integer.parseInt(parts[1]);
    }

    @Test
    void waitsAreNoIowaitWhereTheKernelCanTell() {
        List<Integer> waits = new CopyOnWriteArrayList<>();
        UringIoHandlerConfig config = new UringIoHandlerConfig().enterFilter((toSubmit, minComplete, flags) -> {
            if (minComplete > 0) {
                waits.add(flags & IoUringConstants.IORING_ENTER_NO_IOWAIT);
            }
            return 0;
        });
        try (UringManualLoop manual = new UringManualLoop(config)) {
            manual.bind(new ChannelInboundHandlerAdapter());
            manual.turns(5);
            manual.until("the loop has waited three times", () -> waits.size() >= 3);
            assertThat(waits).containsOnly(kernel() >= SINCE ? IoUringConstants.IORING_ENTER_NO_IOWAIT : 0);
            assertThat(manual.handler().loop().operations().refusals().any()).isFalse();
        }
        assertThat(Uring.capabilities().contains(" NO_IOWAIT ")).isEqualTo(kernel() >= SINCE);
    }
}
