// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.testkit.datagram;

import dev.ringport.datagram.CompletionDatagramChannel;
import dev.ringport.testkit.FarEnd;
import dev.ringport.testkit.ManualLoop;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.DatagramPacket;
import io.netty.util.ReferenceCountUtil;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;

/** With auto-read off each read yields one datagram, whole and with its sender. */
@Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
public abstract class SingleReadContract extends DatagramContract {
    protected SingleReadContract(DatagramTransport<?, ?> transport) {
        super(transport);
    }

    @Test
    protected void eachReadYieldsTheNextDatagram() throws Exception {
        try (FarEnd peer = new FarEnd(); ManualLoop<?, ?> manual = newLoop()) {
            List<Integer> received = new ArrayList<>();
            List<InetSocketAddress> senders = new ArrayList<>();
            CompletionDatagramChannel channel = manual.register(new ChannelInboundHandlerAdapter() {
                @Override
                public void channelRead(ChannelHandlerContext ctx, Object message) {
                    DatagramPacket packet = (DatagramPacket) message;
                    assertThat(packet.content().readableBytes()).isEqualTo(Integer.BYTES);
                    received.add(packet.content().readInt());
                    senders.add(packet.sender());
                    ReferenceCountUtil.release(message);
                }
            });
            channel.config().setAutoRead(false);
            manual.succeed(channel.bind(new InetSocketAddress(peer.address().getAddress(), 0)));
            for (int i = 0; i < 50; i++) {
                peer.send(ByteBuffer.allocate(Integer.BYTES).putInt(0, 1000 + i), channel.localAddress());
            }
            for (int i = 0; i < 50; i++) {
                int count = i + 1;
                channel.read();
                manual.until("a datagram was received", () -> received.size() >= count);
                manual.turns(3);
                assertThat(received).hasSize(count);
                assertThat(received.getLast()).isEqualTo(1000 + i);
            }
            assertThat(senders).containsOnly(peer.address());
        }
    }
}
