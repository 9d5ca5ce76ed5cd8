// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.iocp;

import dev.ringport.testkit.Udp;
import dev.ringport.testkit.Udp.Recorder;
import io.netty.handler.codec.quic.SegmentedDatagramPacketAllocator;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class SegmentedPacketAllocatorTest {
    @Test
    void takesAsManySegmentsAsASendCarries() {
        assertThat(new IocpSegmentedDatagramPacketAllocator().maxNumSegments()).isEqualTo(10);
        assertThat(new IocpSegmentedDatagramPacketAllocator(512).maxNumSegments()).isEqualTo(512);
        for (int none : new int[]{0, 513}) {
            assertThatThrownBy(() -> new IocpSegmentedDatagramPacketAllocator(none))
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    @EnabledOnOs(OS.WINDOWS)
    void itsPacketsLeaveAsDatagramsOfTheSegmentSize() {
        SegmentedDatagramPacketAllocator allocator = new IocpSegmentedDatagramPacketAllocator();
        try (Udp<IocpDatagramChannel> udp = new Udp<>(IocpTransport.INSTANCE)) {
            IocpDatagramChannel channel = udp.bind(new Recorder());
            Udp.Peer peer = udp.peer();
            byte[] content = Udp.numbered(3, 250);
            Udp.await(channel.writeAndFlush(allocator.newPacket(Udp.direct(content), 100, peer.address())));
            for (int at = 0; at < 250; at += 100) {
                assertThat(peer.receive().content())
                        .isEqualTo(Arrays.copyOfRange(content, at, Math.min(250, at + 100)));
            }
        }
    }
}
