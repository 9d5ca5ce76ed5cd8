// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.testkit.datagram;

import dev.ringport.datagram.CompletionDatagramChannel;
import dev.ringport.testkit.FarEnd;
import dev.ringport.testkit.Leaks;
import dev.ringport.testkit.ManualLoop;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.DatagramPacket;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/** Listeners of writes that write and flush the next datagram, from a task and from within a turn. */
@Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
public abstract class RecursiveWritesContract extends DatagramContract {
    protected RecursiveWritesContract(DatagramTransport<?, ?> transport) {
        super(transport);
        writes = transport.rounds(10_000);
    }

    private final int writes;

    private final class Chain implements ChannelFutureListener {
        private final CompletionDatagramChannel channel;
        private final InetSocketAddress to;
        private final boolean flushLast;
        private int written;
        private int succeeded;

        Chain(CompletionDatagramChannel channel, InetSocketAddress to, boolean flushLast) {
            this.channel = channel;
            this.to = to;
            this.flushLast = flushLast;
        }

        void next() {
            ChannelFuture write;
            DatagramPacket packet = new DatagramPacket(Unpooled.directBuffer(4).writeInt(written++), to);
            if (flushLast) {
                write = channel.write(packet).addListener(this);
                channel.flush();
            } else {
                write = channel.writeAndFlush(packet).addListener(this);
            }
            assertThat(write).isNotNull();
        }

        @Override
        public void operationComplete(ChannelFuture done) {
            succeeded += done.isSuccess() ? 1 : 0;
            if (written < writes) {
                next();
            }
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    protected void eachListenerSendsTheNextDatagram(boolean flushLast) throws Exception {
        try (Leaks leaks = Leaks.watch();
                FarEnd peer = new FarEnd();
                ManualLoop<?, ?> manual = newLoop()) {
            CompletionDatagramChannel channel = manual.bind(new ChannelInboundHandlerAdapter());
            Chain chain = new Chain(channel, peer.address(), flushLast);
            chain.next();
            int received = 0;
            while (received < writes || chain.succeeded < writes) {
                if (chain.succeeded < writes) {
                    int before = chain.succeeded;
                    manual.until("the chain goes on", () -> chain.succeeded > before);
                }
                for (ByteBuffer datagram = peer.poll(); datagram != null; datagram = peer.poll()) {
                    assertThat(datagram.getInt()).isEqualTo(received++);
                }
            }
            assertThat(chain.succeeded).isEqualTo(writes);
            leaks.assertNone();
        }
    }
}
