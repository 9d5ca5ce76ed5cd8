// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.testkit.datagram;

import dev.ringport.datagram.CompletionDatagramChannel;
import dev.ringport.testkit.FarEnd;
import dev.ringport.testkit.ManualLoop;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.socket.DatagramPacket;
import io.netty.util.ReferenceCountUtil;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/** A channel that leaves its loop takes what it still has to send with it, and is served by the next as before. */
@Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
public abstract class LoopChangeContract extends DatagramContract {
    protected LoopChangeContract(DatagramTransport<?, ?> transport) {
        super(transport);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    protected void whatWasFlushedIsSentByOneLoopOrTheOther(boolean toItsOwn) throws Exception {
        AtomicInteger received = new AtomicInteger();
        try (ManualLoop<?, ?> first = newLoop(); ManualLoop<?, ?> second = newLoop(); FarEnd peer = new FarEnd()) {
            CompletionDatagramChannel channel = first.bind(new ChannelInboundHandlerAdapter() {
                @Override
                public void channelRead(ChannelHandlerContext context, Object message) {
                    received.incrementAndGet();
                    ReferenceCountUtil.release(message);
                }
            });
            List<ChannelFuture> writes = new ArrayList<>();
            for (int i = 0; i < 3_000; i++) {
                writes.add(channel.write(new DatagramPacket(Unpooled.copyInt(i), peer.address())));
            }
            channel.flush();
            first.succeed(channel.deregister());
            assertThat(channel.isRegistered()).isFalse();
            assertThat(channel.isOpen()).isTrue();
            ManualLoop<?, ?> next = toItsOwn ? first : second;
            next.turns(1);
            EventLoopGroup to = next.loop();
            next.succeed(to.register(channel));
            next.until("all is sent", () -> writes.stream().allMatch(ChannelFuture::isDone));
            assertThat(writes).allMatch(ChannelFuture::isSuccess);
            peer.send(ByteBuffer.allocate(8), channel.localAddress());
            next.until("a datagram was received", () -> received.get() == 1);
            next.succeed(channel.close());
            assertThat(transport.operationsInFlight(first.handler()))
                    .isLessThanOrEqualTo(transport.operationsAtRest());
        }
    }
}
