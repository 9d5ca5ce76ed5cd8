// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.uring;

import dev.ringport.testkit.Posix;
import dev.ringport.testkit.Udp;
import dev.ringport.testkit.Udp.Peer;
import dev.ringport.testkit.Udp.Recorder;
import dev.ringport.uring.UringCounters.Counter;
import dev.ringport.uring.testing.UringUdp;
import io.netty.channel.ChannelOption;
import io.netty.channel.FixedRecvByteBufAllocator;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

/** Fewer receive slots than datagrams: what finds none waits in the socket. */
class SlotExhaustionTest {
    private final Recorder received = new Recorder();

    @ParameterizedTest
    @CsvSource({"1, 2048", "2, 2048", "8, 2048", "1, 60000", "2, 60000"})
    void burstsBeyondTheSlotsArriveWholeAndInOrder(int slots, int guess) {
        UringIoHandlerConfig config = new UringIoHandlerConfig().receiveSlots(slots);
        try (UringUdp udp = new UringUdp(config)) {
            UringDatagramChannel channel = udp.bind(
                    udp.bootstrap(received)
                            .option(ChannelOption.RECVBUF_ALLOCATOR, new FixedRecvByteBufAllocator(guess)),
                    Udp.INET);
            int fd = Posix.descriptor(channel.localAddress());
            Posix.forceReceiveBuffer(fd, Udp.RECEIVE_BUFFER);
            Peer peer = udp.peer();
            int total = 3_000;
            Udp.await(channel.eventLoop().submit(() -> {
                for (int i = 0; i < total; i++) {
                    peer.send(Udp.numbered(i, 500), channel.localAddress());
                }
            }));
            for (int i = 0; i < total; i++) {
                assertThat(received.takeBytes()).isEqualTo(Udp.numbered(i, 500));
            }
            assertThat(Posix.drops(fd)).isZero();
            assertThat(UringUdp.count(channel, Counter.SLOTS_EXHAUSTED)).isPositive();
            assertThat(UringUdp.count(channel, Counter.DROPPED)).isZero();
            assertThat(received.errors).isEmpty();
        }
    }

    @Test
    void channelsThatShareOneSlotAllGetTheirDatagrams() {
        try (UringUdp udp = new UringUdp(new UringIoHandlerConfig().receiveSlots(1))) {
            Recorder[] recorders = new Recorder[8];
            UringDatagramChannel[] channels = new UringDatagramChannel[8];
            for (int i = 0; i < channels.length; i++) {
                recorders[i] = new Recorder();
                channels[i] = udp.bind(recorders[i]);
                Posix.forceReceiveBuffer(Posix.descriptor(channels[i].localAddress()), Udp.RECEIVE_BUFFER);
            }
            Peer peer = udp.peer();
            for (int n = 0; n < 200; n++) {
                for (UringDatagramChannel channel : channels) {
                    peer.send(Udp.numbered(n, 100), channel.localAddress());
                }
            }
            for (Recorder recorder : recorders) {
                for (int n = 0; n < 200; n++) {
                    assertThat(recorder.takeBytes()).isEqualTo(Udp.numbered(n, 100));
                }
            }
        }
    }

    @Test
    void theLoopRestsWhileDatagramsWaitForAPipelineThatDoesNotRead() {
        try (UringUdp udp = new UringUdp(new UringIoHandlerConfig().receiveSlots(1))) {
            UringDatagramChannel channel = udp.bind(received);
            Peer peer = udp.peer();
            channel.config().setAutoRead(false);
            Udp.await(channel.eventLoop().submit(() -> {}));
            for (int n = 0; n < 50; n++) {
                peer.send(Udp.numbered(n, 100), channel.localAddress());
            }
            Udp.await(channel.eventLoop().submit(() -> {}));
            long enters = UringUdp.count(channel, Counter.ENTERS);
            Udp.await(channel.eventLoop().schedule(() -> {}, 300, TimeUnit.MILLISECONDS));
            assertThat(UringUdp.count(channel, Counter.ENTERS) - enters).isLessThan(50);
            channel.config().setAutoRead(true);
            for (int n = 0; n < 50; n++) {
                assertThat(received.takeBytes()).isEqualTo(Udp.numbered(n, 100));
            }
        }
    }
}
