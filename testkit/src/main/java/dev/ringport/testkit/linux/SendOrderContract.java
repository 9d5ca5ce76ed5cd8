// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.testkit.linux;

import dev.ringport.datagram.CompletionDatagramChannel;
import dev.ringport.testkit.FarEnd;
import dev.ringport.testkit.ManualLoop;
import dev.ringport.testkit.NetworkNamespace;
import dev.ringport.testkit.datagram.DatagramContract;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.DatagramPacket;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/**
 * A loopback device that lets datagrams through slowly, so that send buffers fill up: nothing is lost and nothing
 * overtakes. Plain loopback never shows it, as its datagrams leave the send buffer at once.
 */
@Timeout(value = 100, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
public abstract class SendOrderContract extends DatagramContract {
    private static final int SMALLEST_SEND_BUFFER = 1;

    private final LinuxTransport<?, ?> linux;

    protected SendOrderContract(LinuxTransport<?, ?> transport) {
        super(transport);
        linux = transport;
    }

    @BeforeAll
    protected static void slowDown() throws Exception {
        assumeTrue(NetworkNamespace.isEntered());
        NetworkNamespace.run("ip", "link", "set", "lo", "mtu", "9000");
        NetworkNamespace.run(
                "tc", "qdisc", "add", "dev", "lo", "root", "tbf", "rate", "8mbit", "burst", "10kb", "limit", "20mb");
    }

    @AfterAll
    protected static void restore() throws Exception {
        if (NetworkNamespace.isEntered()) {
            NetworkNamespace.run("tc", "qdisc", "del", "dev", "lo", "root");
            NetworkNamespace.run("ip", "link", "set", "lo", "mtu", "65536");
        }
    }

    private CompletionDatagramChannel sender(ManualLoop<?, ?> manual, boolean segmentation) {
        CompletionDatagramChannel channel = manual.bind(new ChannelInboundHandlerAdapter());
        LinuxOptions.set(channel, ChannelOption.SO_SNDBUF, SMALLEST_SEND_BUFFER);
        LinuxOptions.set(channel, transport.autoSegmentation(), segmentation);
        return channel;
    }

    private static ByteBuf payload(CompletionDatagramChannel channel, int number) {
        // Mostly runs of one size, which may leave as trains, and now and then another.
        int size = number % 17 == 0 ? 700 : number / 40 % 2 == 0 ? 100 : 37;
        return channel.alloc().directBuffer(size).writeInt(number).writeZero(size - Integer.BYTES);
    }

    private static int drain(FarEnd peer, int expected, int step) throws IOException {
        int next = expected;
        for (ByteBuffer datagram = peer.poll(); datagram != null; datagram = peer.poll()) {
            assertThat(datagram.getInt()).as("number of the next datagram").isEqualTo(next);
            next += step;
        }
        return next;
    }

    @ParameterizedTest
    @CsvSource({"false, 1", "true, 1", "false, 3", "true, 3"})
    protected void datagramsArriveInTheOrderWritten(boolean segmentation, int peerCount) throws Exception {
        int count = 10_000;
        List<FarEnd> peers = new ArrayList<>();
        try (ManualLoop<?, ?> manual = newLoop()) {
            int[] next = new int[peerCount];
            for (int i = 0; i < peerCount; i++) {
                peers.add(new FarEnd());
                next[i] = i;
            }
            CompletionDatagramChannel channel = sender(manual, segmentation);
            List<ChannelFuture> writes = new ArrayList<>();
            int written = 0;
            while (written < count || next[(count - 1) % peerCount] <= count - 1 || !allDone(writes)) {
                for (int i = 0; i < 500 && written < count; i++, written++) {
                    writes.add(channel.write(
                            new DatagramPacket(payload(channel, written), peers.get(written % peerCount).address())));
                }
                channel.flush();
                manual.loop().run(TimeUnit.MILLISECONDS.toNanos(2));
                for (int i = 0; i < peerCount; i++) {
                    next[i] = drain(peers.get(i), next[i], peerCount);
                }
            }
            for (int i = 0; i < peerCount; i++) {
                FarEnd peer = peers.get(i);
                while (next[i] < count) {
                    ByteBuffer last = peer.take();
                    assertThat(last).isNotNull();
                    assertThat(last.getInt()).isEqualTo(next[i]);
                    next[i] += peerCount;
                }
            }
            assertThat(writes).hasSize(count).allMatch(ChannelFuture::isSuccess);
            assertThat(linux.count(channel, LinuxCounter.SENDS_DELAYED)).as("sends delayed").isPositive();
            if (!segmentation) {
                assertThat(linux.count(channel, LinuxCounter.SEGMENTED)).isZero();
            } else if (peerCount == 1) {
                assertThat(linux.count(channel, LinuxCounter.SEGMENTED)).isPositive();
            }
            manual.succeed(channel.close());
        } finally {
            for (FarEnd peer : peers) {
                peer.close();
            }
        }
    }

    private static boolean allDone(List<ChannelFuture> writes) {
        return writes.getLast().isDone() && writes.stream().allMatch(ChannelFuture::isDone);
    }

    /** A loop whose queues have room for fewer sends than the test has channels, where there are such queues. */
    protected ManualLoop<?, ?> newSmallLoop() {
        return newLoop();
    }

    @Test
    protected void channelsWithoutRoomHoldUpNobodyElse() throws Exception {
        int channels = 40;
        int each = 100;
        try (ManualLoop<?, ?> manual = newSmallLoop(); FarEnd peer = new FarEnd()) {
            List<CompletionDatagramChannel> blocked = new ArrayList<>();
            List<ChannelFuture> writes = new ArrayList<>();
            for (int i = 0; i < channels; i++) {
                blocked.add(sender(manual, i % 2 == 0));
            }
            for (CompletionDatagramChannel channel : blocked) {
                for (int i = 0; i < each; i++) {
                    writes.add(channel.write(new DatagramPacket(payload(channel, i), peer.address())));
                }
                channel.flush();
            }
            assertThat(writes.stream().filter(ChannelFuture::isDone).count()).isLessThan((long) channels * each);

            CompletionDatagramChannel free = manual.bind(new ChannelInboundHandlerAdapter());
            ChannelFuture first = free.writeAndFlush(new DatagramPacket(payload(free, 0), peer.address()));
            assertThat(first.isSuccess()).as("sent at once").isTrue();

            int received = 0;
            long start = System.nanoTime();
            while (received < channels * each + 1) {
                assertThat(System.nanoTime() - start).isLessThan(TimeUnit.SECONDS.toNanos(50));
                manual.loop().run(TimeUnit.MILLISECONDS.toNanos(2));
                while (peer.poll() != null) {
                    received++;
                }
            }
            manual.until("all promises are done", () -> allDone(writes));
            assertThat(writes).allMatch(ChannelFuture::isSuccess);
            assertThat(linux.count(free, LinuxCounter.SENDS_DELAYED)).isPositive();
        }
    }

    @Test
    protected void aChannelWithoutRoomClosesAndCompletesItsPromises() throws Exception {
        try (ManualLoop<?, ?> manual = newLoop(); FarEnd peer = new FarEnd()) {
            CompletionDatagramChannel channel = sender(manual, false);
            List<ChannelFuture> writes = new ArrayList<>();
            for (int i = 0; i < 500; i++) {
                writes.add(channel.write(new DatagramPacket(payload(channel, i), peer.address())));
            }
            channel.flush();
            manual.succeed(channel.close());
            manual.until("all promises are done", () -> allDone(writes));
            assertThat(writes.getFirst().isSuccess()).isTrue();
            manual.until("it is deregistered", () -> !channel.isRegistered());
            assertThat(transport.operationsInFlight(manual.handler())).isEqualTo(transport.operationsAtRest());
        }
    }
}
