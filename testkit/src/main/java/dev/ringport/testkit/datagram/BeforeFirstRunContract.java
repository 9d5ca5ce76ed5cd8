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
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.socket.DatagramPacket;
import io.netty.util.ReferenceCountUtil;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;

/** A loop that its user drives may be given work before it has run at all: nothing of it may be lost. */
@Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
public abstract class BeforeFirstRunContract extends DatagramContract {
    protected BeforeFirstRunContract(DatagramTransport<?, ?> transport) {
        super(transport);
    }

    private CompletionDatagramChannel bindWithoutARun(ManualLoop<?, ?> manual, AtomicInteger received) {
        CompletionDatagramChannel channel = transport.newChannel();
        channel.config().setRecvByteBufAllocator(new FixedRecvByteBufAllocator(100));
        channel.pipeline().addLast(new ChannelInboundHandlerAdapter() {
            @Override
            public void channelRead(ChannelHandlerContext ctx, Object message) {
                received.incrementAndGet();
                ReferenceCountUtil.release(message);
            }
        });
        EventLoopGroup group = manual.loop();
        assertThat(group.register(channel).isSuccess()).isTrue();
        assertThat(channel.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0)).isSuccess()).isTrue();
        return channel;
    }

    @Test
    protected void whatIsFlushedBeforeTheFirstRunLeavesInIt() throws Exception {
        try (FarEnd peer = new FarEnd(); ManualLoop<?, ?> manual = newLoop()) {
            CompletionDatagramChannel channel = bindWithoutARun(manual, new AtomicInteger());
            ChannelFuture write = channel.writeAndFlush(new DatagramPacket(Unpooled.copyInt(7), peer.address()));
            manual.succeed(write);
            ByteBuffer datagram = peer.take();
            assertThat(datagram).isNotNull();
            assertThat(datagram.getInt()).isEqualTo(7);
        }
    }

    @Test
    protected void aReadBeforeTheFirstRunIsArmedInIt() throws Exception {
        try (FarEnd peer = new FarEnd(); ManualLoop<?, ?> manual = newLoop()) {
            AtomicInteger received = new AtomicInteger();
            CompletionDatagramChannel channel = bindWithoutARun(manual, received);
            channel.read();
            peer.send(ByteBuffer.allocate(8), channel.localAddress());
            manual.until("the datagram was received", () -> received.get() == 1);
        }
    }

    @Test
    protected void aLoopThatNeverRanEndsWithItsChannels() {
        ManualLoop<?, ?> manual = newLoop();
        CompletionDatagramChannel channel = bindWithoutARun(manual, new AtomicInteger());
        channel.read();
        manual.close();
        assertThat(channel.closeFuture().isDone()).isTrue();
        assertThat(channel.isRegistered()).isFalse();
    }
}
