// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.iocp;

import dev.ringport.testkit.CapturedLog;
import dev.ringport.testkit.Leaks;
import dev.ringport.testkit.Udp;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.DatagramPacket;
import io.netty.channel.socket.SocketProtocolFamily;
import java.net.InetSocketAddress;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

import static org.assertj.core.api.Assertions.assertThat;

/** What users do with a channel, at random, while datagrams go to and fro. */
@EnabledOnOs(OS.WINDOWS)
@Timeout(200)
class DatagramRandomRoundsTest {
    private static final int ROUNDS = 1_000;
    private static final int ROUNDS_TILL_QUIET = 50;

    private final long seed = Long.getLong("ringport.seed", System.nanoTime());
    private final Random random = new Random(seed);
    /** Writes whose promises are to be completed. */
    private final AtomicLong pending = new AtomicLong();
    private final AtomicLong received = new AtomicLong();
    private final AtomicLong cancelled = new AtomicLong();

    /** Sends most datagrams back. */
    @Sharable
    private final class Echo extends ChannelInboundHandlerAdapter {
        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            DatagramPacket packet = (DatagramPacket) message;
            if (received.incrementAndGet() % 4 == 0) {
                packet.release();
            } else {
                ChannelFuture _ = track(context.write(new DatagramPacket(packet.content(), packet.sender())));
            }
        }

        @Override
        public void channelReadComplete(ChannelHandlerContext context) {
            context.flush();
        }
    }

    private ChannelFuture track(ChannelFuture write) {
        pending.incrementAndGet();
        return write.addListener(_ -> pending.decrementAndGet());
    }

    private IocpDatagramChannel bind(Loops loops) {
        ChannelFuture bound = new Bootstrap().group(loops.group())
                .channelFactory(() -> new IocpDatagramChannel(SocketProtocolFamily.INET))
                .handler(new Echo())
                .bind(Udp.INET);
        Udp.await(bound);
        return (IocpDatagramChannel) bound.channel();
    }

    private ChannelFuture write(IocpDatagramChannel from, InetSocketAddress to) {
        int size = 20 + random.nextInt(3);
        return track(from.write(new DatagramPacket(from.alloc().directBuffer(size).writeZero(size), to)));
    }

    private void play(IocpDatagramChannel from, InetSocketAddress to) {
        for (int i = random.nextInt(4); i >= 0; i--) {
            ChannelFuture _ = write(from, to);
        }
        from.flush();
    }

    /** One round; answers the channel to go on with. */
    private IocpDatagramChannel round(Loops loops, IocpDatagramChannel channel, InetSocketAddress peer) {
        switch (random.nextInt(5)) {
            case 0 -> {
                ChannelFuture close = channel.close();
                play(channel, peer);
                Udp.await(close);
                return bind(loops);
            }
            case 1 -> {
                for (int i = 0; i < 8; i++) {
                    ChannelFuture write = write(channel, peer);
                    if (random.nextBoolean() && write.cancel(false)) {
                        cancelled.incrementAndGet();
                    }
                }
                channel.flush();
            }
            case 2 -> channel.config().setAutoRead(false);
            case 3 -> {
                channel.config().setAutoRead(false);
                play(channel, peer);
                channel.config().setAutoRead(true);
            }
            default -> {
                EventLoop loop = channel.eventLoop();
                Udp.await(channel.deregister());
                assertThat(channel.isOpen()).isTrue();
                Udp.await(loop.register(channel));
            }
        }
        return channel;
    }

    @Test
    void aThousandRoundsLeaveNothingBehind() throws Exception {
        int round = 0;
        try (Leaks leaks = Leaks.watch(); CapturedLog log = CapturedLog.capture(); Loops loops = new Loops(2)) {
            IocpDatagramChannel[] channels = {bind(loops), bind(loops)};
            for (; round < ROUNDS; round++) {
                int one = random.nextInt(2);
                play(channels[1 - one], channels[one].localAddress());
                channels[one] = round(loops, channels[one], channels[1 - one].localAddress());
                if (round % ROUNDS_TILL_QUIET == 0) {
                    channels[0].config().setAutoRead(true);
                    channels[1].config().setAutoRead(true);
                    long before = received.get();
                    play(channels[0], channels[1].localAddress());
                    Udp.until(() -> received.get() > before);
                }
            }
            Udp.await(channels[0].close());
            Udp.await(channels[1].close());
            Udp.until(() -> pending.get() == 0);
            // The promise of a close is completed before the channel leaves its loop.
            for (IocpDatagramChannel channel : channels) {
                Udp.until(() -> !channel.isRegistered());
            }
            assertThat(loops.operations()).as("operations that hold memory").isZero();
            assertThat(cancelled.get()).isPositive();
            leaks.assertNone();
            assertThat(log.lines("WARN")).isEmpty();
        } catch (Exception | AssertionError failed) {
            throw new AssertionError("seed " + seed + ", round " + round, failed);
        }
    }
}
