// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.testkit.datagram;

import dev.ringport.datagram.CompletionDatagramChannel;
import dev.ringport.testkit.ManualLoop;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;

/** A loop that serves channel after channel stays as it is. */
@Timeout(value = 120, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
public abstract class ManyChannelsContract extends DatagramContract {
    protected ManyChannelsContract(DatagramTransport<?, ?> transport) {
        super(transport);
    }

    private static final int WARM_UP = 2_000;
    private static final int CHANNELS = 10_000;
    private static final int AT_A_TIME = 50;
    private static final long ALLOWED_GROWTH = 16L << 20;

    private void openAndClose(ManualLoop<?, ?> manual, int channels) {
        CompletionDatagramChannel[] open = new CompletionDatagramChannel[AT_A_TIME];
        for (int done = 0; done < channels; done += AT_A_TIME) {
            for (int i = 0; i < AT_A_TIME; i++) {
                open[i] = manual.bind(new ChannelInboundHandlerAdapter());
            }
            manual.turns(2);
            assertThat(transport.operationsInFlight(manual.handler()))
                    .isGreaterThanOrEqualTo(transport.operationsAtRest() + AT_A_TIME);
            for (CompletionDatagramChannel channel : open) {
                manual.succeed(channel.close());
            }
            manual.until("the last is deregistered", () -> !open[AT_A_TIME - 1].isRegistered());
        }
    }

    /** What is no Java heap, more or less: the heap is collected and does not shrink. */
    private long residentBytes() {
        System.gc();
        return transport.residentBytes();
    }

    @Test
    protected void channelAfterChannelLeavesNeitherMemoryNorDescriptors() throws Exception {
        try (ManualLoop<?, ?> manual = newLoop()) {
            openAndClose(manual, transport.rounds(WARM_UP));
            long descriptorsBefore = transport.openDescriptors();
            long bytesBefore = residentBytes();
            openAndClose(manual, transport.rounds(CHANNELS));
            long growth = residentBytes() - bytesBefore;
            assertThat(transport.openDescriptors()).isLessThanOrEqualTo(descriptorsBefore + 2);
            assertThat(growth).as("growth of the resident set").isLessThan(ALLOWED_GROWTH);
            assertThat(transport.operationsInFlight(manual.handler())).isEqualTo(transport.operationsAtRest());
        }
    }
}
