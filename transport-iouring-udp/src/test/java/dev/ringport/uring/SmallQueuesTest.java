// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.uring;

import dev.ringport.testkit.FarEnd;
import dev.ringport.uring.testing.UringManualLoop;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.DatagramPacket;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

/** Queues far smaller than what is under way cost system calls, and nothing else. */
@Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class SmallQueuesTest {
    private static final int DATAGRAMS = 10_000;
    /** As many as any socket's receive buffer holds. */
    private static final int BATCH = 200;

    private static final class Numbers extends ChannelInboundHandlerAdapter {
        private final List<Integer> received = new ArrayList<>();

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object message) {
            received.add(((DatagramPacket) message).content().readInt());
            ReferenceCountUtil.release(message);
        }
    }

    @ParameterizedTest
    @CsvSource({"8, 16, true", "8, 16, false", "8, 8, true", "8, 4096, true", "256, 256, false"})
    void nothingIsLostEitherWay(int submissions, int completions, boolean segmentation) throws Exception {
        UringIoHandlerConfig config = new UringIoHandlerConfig().submissionQueueEntries(submissions)
                .completionQueueEntries(completions);
        try (UringManualLoop manual = new UringManualLoop(config); FarEnd peer = new FarEnd()) {
            assertThat(manual.handler().loop().operations().ring().completions().entries()).isEqualTo(completions);
            Numbers numbers = new Numbers();
            UringDatagramChannel channel = manual.bind(numbers);
            channel.config().setAutoSegmentation(segmentation);
            InetSocketAddress at = channel.localAddress();
            manual.turns(3);
            int sentBack = 0;
            for (int sent = 0; sent < DATAGRAMS;) {
                List<ChannelFuture> writes = new ArrayList<>();
                for (int i = 0; i < BATCH; i++, sent++) {
                    peer.send(ByteBuffer.allocate(Integer.BYTES).putInt(0, sent), at);
                    ByteBuf payload = channel.alloc().directBuffer(Integer.BYTES).writeInt(sent);
                    writes.add(channel.write(new DatagramPacket(payload, peer.address())));
                }
                channel.flush();
                int expected = sent;
                manual.until("all were received", () -> numbers.received.size() >= expected);
                manual.until("all were sent", () -> writes.stream().allMatch(ChannelFuture::isSuccess));
                while (sentBack < sent) {
                    ByteBuffer datagram = peer.take();
                    assertThat(datagram).isNotNull();
                    assertThat(datagram.getInt()).isEqualTo(sentBack++);
                }
            }
            assertThat(numbers.received).isEqualTo(IntStream.range(0, DATAGRAMS).boxed().toList());
            assertThat(peer.poll()).isNull();
            manual.succeed(channel.close());
        }
    }

    @ParameterizedTest
    @CsvSource({"8, 16", "8, 8"})
    void manyChannelsShareAFewSlots(int submissions, int completions) throws Exception {
        UringIoHandlerConfig config = new UringIoHandlerConfig().submissionQueueEntries(submissions)
                .completionQueueEntries(completions);
        try (UringManualLoop manual = new UringManualLoop(config); FarEnd peer = new FarEnd()) {
            List<UringDatagramChannel> channels = new ArrayList<>();
            for (int i = 0; i < 60; i++) {
                channels.add(manual.bind(new ChannelInboundHandlerAdapter()));
            }
            List<ChannelFuture> writes = new ArrayList<>();
            // In one task and thus in one turn, all at once.
            manual.loop().execute(() -> {
                for (UringDatagramChannel channel : channels) {
                    for (int i = 0; i < 3; i++) {
                        ByteBuf payload = channel.alloc().directBuffer(8).writeLong(i);
                        writes.add(channel.write(new DatagramPacket(payload, address(peer))));
                    }
                    channel.flush();
                }
            });
            manual.until("all were sent",
                    () -> writes.size() == 180 && writes.stream().allMatch(ChannelFuture::isSuccess));
            for (int i = 0; i < 180; i++) {
                assertThat(peer.take()).isNotNull();
            }
        }
    }

    private static InetSocketAddress address(FarEnd peer) {
        try {
            return peer.address();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }
}
