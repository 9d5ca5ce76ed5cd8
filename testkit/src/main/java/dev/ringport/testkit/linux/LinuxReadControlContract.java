// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.testkit.linux;

import dev.ringport.datagram.CompletionDatagramChannel;
import dev.ringport.testkit.Posix;
import dev.ringport.testkit.Udp;
import dev.ringport.testkit.Udp.Peer;
import dev.ringport.testkit.datagram.ReadControlContract;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.DatagramPacket;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** What reads that come and go lose, held against what the kernel says it dropped. */
public abstract class LinuxReadControlContract extends ReadControlContract {
    protected LinuxReadControlContract(LinuxTransport<?, ?> transport) {
        super(transport);
    }

    @Test
    protected void autoReadSwitchedAtRandomUnderTrafficLosesOnlyWhatTheKernelDropped() throws Exception {
        CompletionDatagramChannel channel = udp.bind(
                udp.bootstrap(received).option(ChannelOption.SO_RCVBUF, 100_000), Udp.INET);
        int fd = Posix.descriptor(channel.localAddress());
        int total = 60_000;
        AtomicBoolean sending = new AtomicBoolean(true);
        Peer peer = udp.peer();
        Thread sender = Thread.ofPlatform().start(() -> {
            try {
                for (int i = 0; i < total; i++) {
                    peer.send(Udp.numbered(i, 64), channel.localAddress());
                }
            } finally {
                sending.set(false);
            }
        });
        Random random = new Random(1);
        List<Integer> numbers = new ArrayList<>();
        while (sending.get()) {
            channel.config().setAutoRead(random.nextBoolean());
            if (random.nextInt(4) == 0) {
                channel.read();
            }
            for (int i = random.nextInt(2_000); i > 0; i--) {
                Thread.onSpinWait();
            }
            drain(numbers);
        }
        sender.join();
        channel.config().setAutoRead(true);
        long dropped = Posix.drops(fd);
        while (numbers.size() < total - dropped) {
            number(received.take(), numbers);
        }
        assertThat(numbers).isSorted().doesNotHaveDuplicates().hasSize((int) (total - dropped));
        // Few on a machine as slow as an emulator.
        assertThat(numbers).hasSizeGreaterThan(100);
        Udp.await(channel.eventLoop().submit(() -> {}));
        assertThat(received.packets).isEmpty();
    }

    private void drain(List<Integer> numbers) {
        for (DatagramPacket packet = received.packets.poll(); packet != null; packet = received.packets.poll()) {
            number(packet, numbers);
        }
    }

    private static void number(DatagramPacket packet, List<Integer> numbers) {
        int number = packet.content().getInt(0);
        assertThat(ByteBufUtil.getBytes(packet.content())).isEqualTo(Udp.numbered(number, 64));
        packet.release();
        numbers.add(number);
    }
}
