// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.uring;

import dev.ringport.uring.testing.LifecycleManualLoop;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;

/** A loop that serves channel after channel stays as it is. */
@Timeout(value = 120, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ManyChannelsTest {
    private static final int WARM_UP = 2_000;
    private static final int CHANNELS = 10_000;
    private static final int AT_A_TIME = 50;
    private static final long ALLOWED_GROWTH = 16L << 20;

    private static void openAndClose(LifecycleManualLoop manual, int channels) {
        UringDatagramChannel[] open = new UringDatagramChannel[AT_A_TIME];
        for (int done = 0; done < channels; done += AT_A_TIME) {
            for (int i = 0; i < AT_A_TIME; i++) {
                open[i] = manual.bind(new ChannelInboundHandlerAdapter());
            }
            manual.turns(2);
            assertThat(manual.handler().operations().inFlight()).isEqualTo(1 + AT_A_TIME);
            for (UringDatagramChannel channel : open) {
                manual.succeed(channel.close());
            }
            manual.until("the last is deregistered", () -> !open[AT_A_TIME - 1].isRegistered());
        }
    }

    private static int descriptors() throws IOException {
        try (var entries = Files.list(Path.of("/proc/self/fd"))) {
            return (int) entries.count();
        }
    }

    /** What the process has in memory that is no Java heap, more or less: the heap is collected and does not shrink. */
    private static long residentBytes() throws IOException {
        System.gc();
        String pages = Files.readString(Path.of("/proc/self/statm")).split(" ", -1)[1];
        return Long.parseLong(pages) * 4096;
    }

    @Test
    void tenThousandChannelsLeaveNeitherMemoryNorDescriptors() throws Exception {
        try (LifecycleManualLoop manual = new LifecycleManualLoop()) {
            openAndClose(manual, WARM_UP);
            int descriptorsBefore = descriptors();
            long bytesBefore = residentBytes();
            openAndClose(manual, CHANNELS);
            long growth = residentBytes() - bytesBefore;
            assertThat(descriptors()).isLessThanOrEqualTo(descriptorsBefore + 2);
            assertThat(growth).as("growth of the resident set").isLessThan(ALLOWED_GROWTH);
            assertThat(manual.handler().operations().inFlight()).isEqualTo(1);
        }
    }
}
