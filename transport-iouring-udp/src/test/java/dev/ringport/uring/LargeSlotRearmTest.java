// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.uring;

import dev.ringport.uring.abi.IoUringConstants;
import dev.ringport.uring.abi.IoUringSqe;
import dev.ringport.uring.testing.UringManualLoop;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.socket.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** A receive in the largest slots stays armed, whatever the channel expects. */
class LargeSlotRearmTest {
    @Test
    void receiveOffloadLeavesTheMultishotArmedFromBatchToBatch() throws Exception {
        AtomicInteger cancels = new AtomicInteger();
        AtomicInteger received = new AtomicInteger();
        UringIoHandlerConfig config = new UringIoHandlerConfig().submissionFilter((sqes, base) -> {
            if (IoUringSqe.opcode(sqes, base) == IoUringConstants.IORING_OP_ASYNC_CANCEL) {
                cancels.incrementAndGet();
            }
        });
        try (UringManualLoop manual = new UringManualLoop(config);
                DatagramSocket peer = new DatagramSocket()) {
            UringDatagramChannel channel = manual.bind(new SimpleChannelInboundHandler<DatagramPacket>() {
                @Override
                protected void channelRead0(ChannelHandlerContext context, DatagramPacket packet) {
                    received.incrementAndGet();
                }
            });
            channel.config().setUdpGro(true);
            send(manual, peer, channel.localAddress(), received, 1);
            int before = cancels.get();
            for (int i = 2; i <= 20; i++) {
                send(manual, peer, channel.localAddress(), received, i);
            }
            assertThat(cancels).hasValue(before);
        }
    }

    private static void send(
            UringManualLoop manual, DatagramSocket peer, InetSocketAddress to, AtomicInteger received, int count)
            throws Exception {
        peer.send(new java.net.DatagramPacket(new byte[100], 100, to));
        manual.until("datagram " + count + " has come", () -> received.get() == count);
    }
}
