// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.iocp;

import dev.ringport.ffm.NativeMemory;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.ChannelInputShutdownReadComplete;
import io.netty.channel.socket.ChannelOutputShutdownException;
import io.netty.channel.socket.SocketChannel;
import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/** What was flushed before an end is asked for leaves, wherever it is asked for; what cannot leave is never passed over. */
@EnabledOnOs(OS.WINDOWS)
@Timeout(180)
class TcpFinishTest {
    private static ChannelFutureListener end(boolean close) {
        return close ? ChannelFutureListener.CLOSE : future -> {
            ChannelFuture _ = ((SocketChannel) future.channel()).shutdownOutput();
        };
    }

    private static IocpSocketChannel connect(StreamFaults faults) throws Exception {
        IocpSocketChannel client = faults.connect();
        client.config().setCloseTimeoutMillis(Tcp.NEVER_MILLIS);
        return client;
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void anEndInAListenerLetsWhatIsFlushedBehindItLeave(boolean close) throws Exception {
        try (StreamFaults faults = new StreamFaults()) {
            IocpSocketChannel client = connect(faults);
            try (Socket peer = faults.accept()) {
                byte[] all = Tcp.bytes(3, 150 * 1_000);
                List<ChannelFuture> written = new ArrayList<>();
                client.eventLoop().submit(() -> {
                    for (int i = 0; i < 150; i++) {
                        ChannelFuture future = client.write(Unpooled.wrappedBuffer(all, i * 1_000, 1_000));
                        if (i == 10) {
                            ChannelFuture _ = future.addListener(end(close));
                        }
                        written.add(future);
                    }
                    client.flush();
                }).sync();

                assertThat(peer.getInputStream().readAllBytes()).isEqualTo(all);
                for (ChannelFuture future : written) {
                    Tcp.await(future);
                }
                assertThat(faults.ends).doesNotContain(StreamEnds.RESET);
                if (close) {
                    Tcp.awaitDone(client.closeFuture());
                } else {
                    assertThat(client.isOutputShutdown()).isTrue();
                    assertThat(client.isOpen()).isTrue();
                    Tcp.awaitDone(client.close());
                }
            }
            faults.awaitNoOperations();
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void anEndInTheListenerOfAnEmptyMessageIsNotForgotten(boolean close) throws Exception {
        try (StreamFaults faults = new StreamFaults()) {
            IocpSocketChannel client = connect(faults);
            try (Socket peer = faults.accept()) {
                ChannelFuture _ = client.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(end(close));

                assertThat(peer.getInputStream().read()).isEqualTo(-1);
                if (!close) {
                    assertThat(client.isOpen()).isTrue();
                    ChannelFuture _ = client.close();
                }
                Tcp.awaitDone(client.closeFuture());
                assertThat(faults.ends).doesNotContain(StreamEnds.RESET);
            }
        }
    }

    @Test
    void aWriteAfterTheOutputIsToEndFailsAndTheLoopGoesOn() throws Exception {
        try (StreamFaults faults = new StreamFaults()) {
            IocpSocketChannel client = connect(faults);
            try (Socket peer = faults.accept()) {
                int bytes = 8 << 20;
                ChannelFuture first = client.writeAndFlush(Unpooled.directBuffer(bytes).writeZero(bytes));
                ChannelFuture ended = client.shutdownOutput();
                ChannelFuture late = client.writeAndFlush(Unpooled.wrappedBuffer(new byte[]{1}));

                assertThat(peer.getInputStream().readAllBytes()).hasSize(bytes).containsOnly(0);
                Tcp.await(first);
                Tcp.await(ended);
                Tcp.awaitDone(late);
                assertThat(late.cause()).isInstanceOf(ChannelOutputShutdownException.class);
                assertThat(client.eventLoop().submit(() -> 7).get(Tcp.SECONDS, TimeUnit.SECONDS)).isEqualTo(7);
                Tcp.awaitDone(client.close());
            }
        }
    }

    @Test
    void aChannelThatIsClosedWithoutALoopBeforeAllHasLeftIsReset() throws Exception {
        try (StreamFaults faults = new StreamFaults()) {
            IocpSocketChannel client = connect(faults);
            try (Socket peer = faults.accept()) {
                ChannelFuture written = client.writeAndFlush(Unpooled.directBuffer(32 << 20).writeZero(32 << 20));
                ChannelFuture left = client.deregister();
                byte[] some = new byte[64 << 10];
                while (!left.isDone()) {
                    // The send under way may wait for room.
                    if (peer.getInputStream().available() == 0 || peer.getInputStream().read(some) < 0) {
                        Thread.sleep(1);
                    }
                }
                faults.ends.clear();
                Tcp.awaitDone(client.close());

                assertThat(faults.ends).containsExactly(StreamEnds.RESET, StreamEnds.CLOSE);
                Tcp.awaitDone(written);
                assertThat(written.isSuccess()).isFalse();
            }
        }
    }

    @Test
    void aMessageReleasedOnceTooOftenFailsItsConnectionAlone() throws Exception {
        try (StreamFaults faults = new StreamFaults()) {
            IocpSocketChannel client = connect(faults);
            IocpSocketChannel other = faults.connect();
            try (Socket peer = faults.accept(); Socket otherPeer = faults.accept()) {
                ByteBuf good = Unpooled.directBuffer(100).writeZero(100);
                ByteBuf bad = Unpooled.directBuffer(100).writeZero(100);
                List<ChannelFuture> written = client.eventLoop().submit(() -> {
                    ChannelFuture before = client.writeAndFlush(Unpooled.directBuffer(10).writeZero(10));
                    ChannelFuture first = client.write(good);
                    ChannelFuture second = client.writeAndFlush(bad);
                    bad.release();
                    return List.of(before, first, second);
                }).get();
                for (ChannelFuture future : written) {
                    Tcp.awaitDone(future);
                }
                assertThat(written.get(2).cause()).isInstanceOf(IOException.class);
                Tcp.awaitDone(client.closeFuture());
                assertThat(good.refCnt()).isZero();

                Tcp.await(other.writeAndFlush(Unpooled.wrappedBuffer(new byte[]{5})));
                Tcp.await(other.close());
                assertThat(peer.isConnected() && otherPeer.isConnected()).isTrue();
            }
            faults.awaitNoOperations();
        }
    }

    @Test
    void theOutputOutlivesAnInputThatTheUserEnds() throws Exception {
        try (StreamFaults faults = new StreamFaults()) {
            IocpSocketChannel client = connect(faults);
            try (Socket peer = faults.accept()) {
                Tcp.await(client.shutdownInput());
                faults.next(ChannelInputShutdownReadComplete.class);
                assertThat(client.isInputShutdown()).isTrue();
                assertThat(client.isOpen()).isTrue();
                Tcp.await(client.writeAndFlush(Unpooled.wrappedBuffer(new byte[]{1, 2, 3})));
                assertThat(peer.getInputStream().readNBytes(3)).containsExactly(1, 2, 3);
                Tcp.await(client.close());
                assertThat(faults.heard).noneMatch(heard -> heard instanceof byte[] || heard instanceof Throwable);
            }
        }
    }

    @Test
    void theEndOfAStreamThatNobodyReadsIsSeenUnlessDataStandsBeforeIt() throws Exception {
        try (StreamFaults faults = new StreamFaults()) {
            IocpSocketChannel client = connect(faults, true);
            try (Socket peer = faults.accept()) {
                peer.getOutputStream().write(new byte[]{1, 2});
                peer.shutdownOutput();
                IocpSocketChannel quiet = connect(faults, true);
                try (Socket silent = faults.accept()) {
                    silent.shutdownOutput();
                    faults.next(ChannelInputShutdownEvent.class);
                    assertThat(quiet.isInputShutdown()).isTrue();
                    assertThat(client.isInputShutdown()).isFalse();
                    client.read();
                    assertThat(faults.next(byte[].class)).containsExactly(1, 2);
                    faults.next(ChannelInputShutdownEvent.class);
                    assertThat(client.isInputShutdown()).isTrue();
                    Tcp.await(quiet.close());
                }
                Tcp.await(client.close());
            }
            faults.awaitNoOperations();
        }
    }

    private static IocpSocketChannel connect(StreamFaults faults, boolean halfClosure) throws Exception {
        return faults.connect(faults.bootstrap()
                .option(ChannelOption.AUTO_READ, false)
                .option(ChannelOption.ALLOW_HALF_CLOSURE, halfClosure));
    }

    @Test
    void aConnectionThatNobodyReadsClosesWhenItsPeerIsGone() throws Exception {
        try (StreamFaults faults = new StreamFaults()) {
            IocpSocketChannel client = connect(faults, false);
            faults.accept().close();
            Tcp.awaitDone(client.closeFuture());
        }
    }

    @Test
    void theWildcardIsTheLoopbackToAConnect() throws Exception {
        try (StreamFaults faults = new StreamFaults()) {
            List<byte[]> names = new ArrayList<>();
            faults.calls.on("connectEx", (real, arguments) -> {
                names.add(NativeMemory.at((long) arguments[2], (int) arguments[3])
                        .toArray(ValueLayout.JAVA_BYTE));
                return real.call();
            });
            ChannelFuture connected = faults.bootstrap()
                    .connect(new InetSocketAddress("0.0.0.0", faults.plain.getLocalPort()));
            Tcp.await(connected);
            assertThat(connected.channel().remoteAddress()).isEqualTo(faults.address());
            // The end of a mapped address, or the address itself.
            assertThat(Arrays.toString(names.getFirst())).contains("127, 0, 0, 1");
            Tcp.await(connected.channel().close());
        }
    }
}
