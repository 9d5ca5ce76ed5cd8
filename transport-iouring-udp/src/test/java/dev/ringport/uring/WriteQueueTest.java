// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.uring;

import dev.ringport.testkit.FarEnd;
import dev.ringport.uring.testing.UringManualLoop;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.socket.DatagramPacket;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** What a channel leaves in its loop's queue of writers when it flushes outside of a turn. */
class WriteQueueTest {
    private static UringIoHandlerConfig fewSlots() {
        return new UringIoHandlerConfig().submissionQueueEntries(8).completionQueueEntries(8);
    }

    private static List<ChannelFuture> flushMany(UringDatagramChannel channel, FarEnd peer, int count)
            throws IOException {
        List<ChannelFuture> writes = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            writes.add(channel.write(
                    new DatagramPacket(channel.alloc().directBuffer(4).writeInt(i), peer.address())));
        }
        channel.flush();
        return writes;
    }

    @Test
    void aChannelStandsInTheQueueOnceHoweverOftenItFlushes() throws Exception {
        try (UringManualLoop manual = new UringManualLoop(fewSlots());
                FarEnd peer = new FarEnd()) {
            UringDatagramChannel channel = manual.bind(new ChannelInboundHandlerAdapter());
            channel.config().setAutoSegmentation(false);
            List<ChannelFuture> writes = new ArrayList<>();
            for (int i = 0; i < 5; i++) {
                writes.addAll(flushMany(channel, peer, 500));
                assertThat(manual.handler().loop().sends().queued()).isLessThanOrEqualTo(1);
            }
            manual.until("all is sent", () -> writes.stream().allMatch(ChannelFuture::isDone));
            assertThat(writes).allMatch(ChannelFuture::isSuccess);
        }
    }

    @Test
    void aChannelThatLeavesItsLoopLeavesItsQueue() throws Exception {
        try (UringManualLoop first = new UringManualLoop(fewSlots());
                UringManualLoop second = new UringManualLoop();
                FarEnd peer = new FarEnd()) {
            UringDatagramChannel channel = first.bind(new ChannelInboundHandlerAdapter());
            channel.config().setAutoSegmentation(false);
            List<ChannelFuture> writes = flushMany(channel, peer, 3_000);
            first.succeed(channel.deregister());
            assertThat(first.handler().loop().sends().queued()).isZero();
            second.turns(1);
            EventLoopGroup to = second.loop();
            second.succeed(to.register(channel));
            second.until("all is sent", () -> writes.stream().allMatch(ChannelFuture::isDone));
            assertThat(writes).allMatch(ChannelFuture::isSuccess);
            second.succeed(channel.close());
        }
    }
}
