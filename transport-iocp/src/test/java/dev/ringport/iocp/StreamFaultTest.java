// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.iocp;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.EventLoop;
import java.io.IOException;
import java.net.Socket;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/** Connections both of whose halves are at work, on a Windows that answers as Wine does not, or not when a test wants it. */
@EnabledOnOs(OS.WINDOWS)
@Timeout(180)
class StreamFaultTest {
    @Test
    void dataGoesUpInItsOrderWhenCompletionsComeInReverse() throws Exception {
        try (StreamFaults faults = new StreamFaults()) {
            faults.onPackets((entries, count) -> {
                DatagramFaults.reverse(entries, count);
                return count;
            });
            IocpSocketChannel client = faults.connect();
            try (Socket peer = faults.accept()) {
                byte[] all = Tcp.bytes(8, 2 << 20);
                ChannelFuture written = client.writeAndFlush(Unpooled.copiedBuffer(all));
                Thread.ofPlatform().daemon().start(() -> {
                    try {
                        peer.getOutputStream().write(all);
                    } catch (IOException unseen) {
                        faults.heard.add(unseen);
                    }
                });
                assertThat(peer.getInputStream().readNBytes(all.length)).isEqualTo(all);
                Tcp.await(written);
                assertThat(faults.received(all.length)).isEqualTo(all);
                Tcp.await(client.close());
            }
        }
    }

    /** With each status that an operation can end with after its socket was closed or cancelled. */
    @ParameterizedTest
    @ValueSource(ints = {
        0xC0000120, 0x8000000A, 0xC0000024, 0xC000020D, 0xC000013B, 0xC0000241, 0xC0000236, 0xC000023F, 0x80000005,
        0xC0000008, 0xC00000B5, StreamFaults.STATUS_INSUFFICIENT_RESOURCES})
    void whatEndsAfterAnOwnCloseIsNoNews(int status) throws Exception {
        try (StreamFaults faults = new StreamFaults()) {
            IocpSocketChannel reading = faults.connect();
            IocpSocketChannel writing = faults.connect();
            try (Socket first = faults.accept(); Socket second = faults.accept()) {
                ByteBuf large = Unpooled.directBuffer(64 << 20).writeZero(64 << 20);
                ChannelFuture written = writing.writeAndFlush(large);
                assertThat(second.getInputStream().read()).isZero();
                // In one turn of the loop: it may be about to cancel the receives of connections that have been quiet.
                AtomicReference<ChannelFuture> writingClosed = new AtomicReference<>();
                Tcp.await(StreamFaults.onLoop(reading.eventLoop(), () -> {
                    faults.onPackets((entries, count) -> {
                        StreamFaults.answering(faults.receives, status).see(entries, count);
                        return StreamFaults.answering(faults.sends, status).see(entries, count);
                    });
                    writing.config().setSoLinger(0);
                    writingClosed.set(writing.close());
                    return reading.close();
                }));
                assertThat(first.getInputStream().read()).isEqualTo(-1);
                Tcp.await(writingClosed.get());
                Tcp.awaitDone(written);
                assertThat(written.cause()).isInstanceOf(IOException.class);
                assertThat(large.refCnt()).isZero();

                ChannelFuture connecting = StreamFaults.onLoop(faults.loops.next(), () -> {
                    ChannelFuture asked = faults.bootstrap().connect(faults.address());
                    asked.channel().eventLoop().execute(() -> {
                        ChannelFuture _ = asked.channel().close();
                    });
                    return asked;
                });
                Tcp.awaitDone(connecting);
                Tcp.awaitDone(connecting.channel().closeFuture());
                assertThat(faults.heard).noneMatch(heard -> heard instanceof Throwable || heard instanceof byte[]);
            }
            faults.awaitNoOperations();
        }
    }

    @Test
    void aConnectionComesBackToItsLoopWithItsDataAndAnotherLoopTakesItOrLeavesItAsItWas() throws Exception {
        StreamFaults faults = new StreamFaults();
        try (faults; Loops others = new Loops(1)) {
            IocpSocketChannel client = faults.connect();
            try (Socket peer = faults.accept()) {
                EventLoop before = client.eventLoop();
                byte[] all = Tcp.bytes(10, 4 << 20);
                ChannelFuture written = client.writeAndFlush(Unpooled.wrappedBuffer(all));
                ChannelFuture left = client.deregister();
                peer.getOutputStream().write(new byte[]{1, 2, 3});
                // No more than one send has left.
                byte[] first = peer.getInputStream().readNBytes(256 << 10);
                Tcp.awaitDone(left);

                ChannelFuture moved = others.next().register(client).await();
                if (Iocp.canMoveSockets()) {
                    assertThat(moved.isSuccess()).isTrue();
                } else {
                    assertThat(moved.cause()).isInstanceOf(UnsupportedOperationException.class);
                    assertThat(client.isOpen()).isTrue();
                    Tcp.await(before.register(client));
                }
                assertThat(faults.received(3)).containsExactly(1, 2, 3);
                byte[] rest = peer.getInputStream().readNBytes(all.length - first.length);
                Tcp.await(written);
                assertThat(Unpooled.wrappedBuffer(first, rest)).isEqualTo(Unpooled.wrappedBuffer(all));
                Tcp.await(client.close());
            }
            faults.awaitNoOperations();
        }
    }
}
