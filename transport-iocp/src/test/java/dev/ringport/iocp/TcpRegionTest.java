// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.iocp;

import dev.ringport.ffm.NativeMemory;
import dev.ringport.iocp.abi.Wsabuf;
import dev.ringport.iocp.file.UserRegion;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelProgressiveFuture;
import io.netty.channel.ChannelProgressiveFutureListener;
import io.netty.channel.ChannelProgressivePromise;
import io.netty.channel.FileRegion;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/** Regions of others, by the contract that NIO holds them to; and what a connection has with the system at a time. */
@EnabledOnOs(OS.WINDOWS)
@Timeout(180)
class TcpRegionTest {
    private static final byte[] END = {'E', 'N', 'D'};

    /** Counts its source, and writes so many bytes for it, whatever that is. */
    private static class Converting extends UserRegion {
        final int source;
        final int output;
        final AtomicInteger written = new AtomicInteger();
        volatile long done;

        Converting(int source, int output) {
            this.source = source;
            this.output = output;
        }

        @Override
        public long transferred() {
            return done;
        }

        @Override
        public long count() {
            return source;
        }

        @Override
        public long transferTo(WritableByteChannel target, long position) throws IOException {
            assertThat(position).isEqualTo(done);
            int bytes = target.write(ByteBuffer.allocate(Math.min(65_536, output - written.get())));
            written.addAndGet(bytes);
            done = written.get() == output ? source : Math.min((long) written.get() * source / output, source - 1);
            return bytes;
        }
    }

    /** More, fewer and no bytes for what the region counts; then bytes behind it, and an end. */
    @ParameterizedTest
    @CsvSource({
        "300000, 900000, true", "300000, 900000, false", "900000, 300000, true", "900000, 300000, false",
        "5, 0, true", "5, 0, false"})
    void allThatARegionWritesLeavesBeforeTheEnd(int source, int output, boolean close) throws Exception {
        try (FileSending sending = new FileSending()) {
            sending.channel.config().setCloseTimeoutMillis(Tcp.NEVER_MILLIS);
            sending.channel.config().setAllowHalfClosure(true);
            FileRegion region = new Converting(source, output);
            List<ChannelFuture> done = sending.channel.eventLoop().submit(() -> List.of(
                    sending.channel.write(region), sending.channel.writeAndFlush(Unpooled.wrappedBuffer(END)),
                    close ? sending.channel.close() : sending.channel.shutdownOutput())).get();
            assertThat(sending.drain()).isEqualTo(output + END.length);
            for (ChannelFuture each : done) {
                FileSending.succeeded(each);
            }
            sending.end(region);
            assertThat(sending.ending).doesNotContain(StreamEnds.RESET);
        }
    }

    @Test
    void whatIsFlushedAfterTheEndWasAskedForDoesNotLeave() throws Exception {
        try (FileSending sending = new FileSending()) {
            sending.channel.config().setCloseTimeoutMillis(Tcp.NEVER_MILLIS);
            FileRegion region = new Converting(10, 2_000_000);
            FileRegion late = new Converting(1_000, 1_000);
            List<ChannelFuture> done = sending.channel.eventLoop().submit(() -> List.of(
                    sending.channel.writeAndFlush(region), sending.channel.close(),
                    sending.channel.write(Unpooled.EMPTY_BUFFER), sending.channel.writeAndFlush(late))).get();
            assertThat(sending.drain()).isEqualTo(2_000_000);
            FileSending.succeeded(done.get(0));
            FileSending.succeeded(done.get(1));
            assertThat(FileSending.done(done.get(2)).isSuccess()).isFalse();
            assertThat(FileSending.done(done.get(3)).isSuccess()).isFalse();
            sending.end(region, late);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, -1})
    void aRegionThatHasNothingToGiveYetIsAskedAgain(int answer) throws Exception {
        try (FileSending sending = new FileSending()) {
            FileRegion region = new Converting(1_000_000, 1_000_000) {
                private int calls;

                @Override
                public long transferTo(WritableByteChannel target, long position) throws IOException {
                    return calls++ % 5 == 0 ? answer : super.transferTo(target, position);
                }
            };
            ChannelFuture written = sending.channel.writeAndFlush(region);
            assertThat(sending.read(1_000_000)).hasSize(1_000_000);
            FileSending.succeeded(written);
            sending.end(region);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, -1, 5})
    void aRegionWithNothingLeftIsNotAsked(int count) throws Exception {
        try (FileSending sending = new FileSending()) {
            Converting region = new Converting(count, 1) {
                @Override
                public long transferTo(WritableByteChannel target, long position) {
                    throw new AssertionError("asked");
                }
            };
            region.done = 7;
            FileSending.succeeded(sending.channel.writeAndFlush(region));
            assertThat(region.refCnt()).isZero();
            sending.end(region);
        }
    }

    @Test
    void aRegionThatThrowsMidwayLeavesNoCleanEnd() throws Exception {
        try (FileSending sending = new FileSending()) {
            FileRegion region = new Converting(1_000_000, 1_000_000) {
                @Override
                public long transferTo(WritableByteChannel target, long position) throws IOException {
                    if (written.get() > 500_000) {
                        throw new IllegalStateException("as asked");
                    }
                    return super.transferTo(target, position);
                }
            };
            ChannelFuture written = sending.channel.writeAndFlush(region);
            assertThat(FileSending.done(written).cause()).isInstanceOf(IOException.class)
                    .hasRootCauseInstanceOf(IllegalStateException.class);
            assertThat(sending.drain()).isLessThan(1_000_000);
            sending.end(region);
            assertThat(sending.ending).containsExactly(StreamEnds.RESET, StreamEnds.CLOSE);
        }
    }

    /** A source that says nothing until it is let go. */
    private static final class Hanging extends Converting {
        private final CountDownLatch begun;
        private final CountDownLatch mayGoOn;

        Hanging(CountDownLatch begun, CountDownLatch mayGoOn) {
            super(1_000, 1_000);
            this.begun = begun;
            this.mayGoOn = mayGoOn;
        }

        @Override
        public long transferTo(WritableByteChannel target, long position) throws IOException {
            begun.countDown();
            try {
                assertThat(mayGoOn.await(Tcp.SECONDS, TimeUnit.SECONDS)).isTrue();
            } catch (InterruptedException interrupted) {
                throw new AssertionError(interrupted);
            }
            return super.transferTo(target, position);
        }
    }

    @Test
    void sourcesThatHangHoldUpNoOther() throws Exception {
        int hanging = 40;
        CountDownLatch begun = new CountDownLatch(hanging);
        CountDownLatch mayGoOn = new CountDownLatch(1);
        List<FileSending> slow = new ArrayList<>();
        List<FileRegion> regions = new ArrayList<>();
        try (FileSending quick = new FileSending()) {
            for (int i = 0; i < hanging; i++) {
                slow.add(new FileSending());
                regions.add(new Hanging(begun, mayGoOn));
                var _ = slow.getLast().channel.writeAndFlush(regions.getLast());
            }
            assertThat(begun.await(Tcp.SECONDS, TimeUnit.SECONDS)).as("each has a thread").isTrue();
            FileRegion small = new Converting(1_000, 1_000);
            FileSending.succeeded(quick.channel.writeAndFlush(small));
            assertThat(quick.read(1_000)).hasSize(1_000);
            mayGoOn.countDown();
            for (int i = 0; i < hanging; i++) {
                assertThat(slow.get(i).read(1_000)).hasSize(1_000);
                slow.get(i).end(regions.get(i));
            }
        } finally {
            for (FileSending each : slow) {
                each.close();
            }
        }
    }

    @Test
    void aCloseDoesNotWaitForASourceThatHangsLongerThanItsBound() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch mayGoOn = new CountDownLatch(1);
        try (FileSending sending = new FileSending()) {
            sending.channel.config().setCloseTimeoutMillis(50);
            FileRegion region = new Hanging(begun, mayGoOn);
            ChannelFuture written = sending.channel.writeAndFlush(region);
            begun.await();
            var _ = FileSending.done(sending.channel.close());
            assertThat(FileSending.done(written).isSuccess()).isFalse();
            assertThat(sending.ending).containsExactly(StreamEnds.RESET, StreamEnds.CLOSE);
            assertThat(region.refCnt()).as("the worker's reference").isEqualTo(1);
            mayGoOn.countDown();
            sending.end(region);
        }
    }

    @Test
    void aRegionThatLoopsForAPeerThatDoesNotReadEndsWithItsConnection() throws Exception {
        CountDownLatch over = new CountDownLatch(1);
        try (FileSending sending = new FileSending()) {
            sending.channel.config().setCloseTimeoutMillis(50);
            FileRegion region = new Converting(1, 1 << 30) {
                @Override
                public long transferTo(WritableByteChannel target, long position) throws IOException {
                    try {
                        while (true) {
                            target.write(ByteBuffer.allocate(100_000));
                        }
                    } finally {
                        over.countDown();
                    }
                }
            };
            ChannelFuture written = sending.channel.writeAndFlush(region);
            assertThat(sending.read(100_000)).hasSize(100_000);
            var _ = FileSending.done(sending.channel.close());
            assertThat(FileSending.done(written).isSuccess()).isFalse();
            assertThat(over.await(Tcp.SECONDS, TimeUnit.SECONDS)).isTrue();
            sending.end(region);
            assertThat(sending.ending).containsExactly(StreamEnds.RESET, StreamEnds.CLOSE);
        }
    }

    /** A byte now and then, until the peer has one. */
    @Test
    void whatASlowSourceHasWrittenLeavesBeforeItsEnd() throws Exception {
        int all = 100_000;
        CountDownLatch arrived = new CountDownLatch(1);
        try (FileSending sending = new FileSending()) {
            Converting region = new Converting(all, all) {
                @Override
                public long transferTo(WritableByteChannel target, long position) throws IOException {
                    try {
                        boolean isSlow = !arrived.await(1, TimeUnit.MILLISECONDS);
                        int bytes = target.write(ByteBuffer.allocate(isSlow ? 1 : all - written.get()));
                        done = written.addAndGet(bytes);
                        return bytes;
                    } catch (InterruptedException interrupted) {
                        throw new AssertionError(interrupted);
                    }
                }
            };
            ChannelFuture sent = sending.channel.writeAndFlush(region);
            assertThat(sending.read(1)).hasSize(1);
            assertThat(region.written).hasValueLessThan(all);
            arrived.countDown();
            assertThat(sending.read(all - 1)).hasSize(all - 1);
            FileSending.succeeded(sent);
            sending.end(region);
        }
    }

    @Test
    void progressIsToldAsItGoes() throws Exception {
        try (FileSending sending = new FileSending()) {
            List<Long> told = new CopyOnWriteArrayList<>();
            FileRegion region = new Converting(2_000_000, 2_000_000);
            ChannelProgressivePromise promise = sending.channel.newProgressivePromise();
            var _ = promise.addListener(new ChannelProgressiveFutureListener() {
                @Override
                public void operationProgressed(ChannelProgressiveFuture future, long progress, long total) {
                    told.add(progress);
                }

                @Override
                public void operationComplete(ChannelProgressiveFuture future) {
                    // Seen by the test.
                }
            });
            ChannelFuture written = sending.channel.writeAndFlush(region, promise);
            assertThat(sending.read(2_000_000)).hasSize(2_000_000);
            FileSending.succeeded(written);
            assertThat(told).hasSizeGreaterThan(5).isSorted().endsWith(2_000_000L);
            sending.end(region);
        }
    }

    /** Windows takes a send whole, however slow the peer is: what waits has to wait where Netty's writability sees it. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void noSendCarriesMoreThanAQuarterOfAMebibyte(boolean ofARegion) throws Exception {
        try (FileSending sending = new FileSending()) {
            List<Long> sends = new CopyOnWriteArrayList<>();
            sending.calls.on("wsaSend", (real, arguments) -> {
                int buffers = (int) arguments[3];
                MemorySegment each = NativeMemory.at((long) arguments[2], buffers * Wsabuf.BYTES);
                long bytes = 0;
                for (int i = 0; i < buffers; i++) {
                    bytes += each.get(ValueLayout.JAVA_INT, i * Wsabuf.BYTES);
                }
                sends.add(bytes);
                return real.call();
            });
            int length = 2_000_000;
            ByteBuf buffer = Unpooled.directBuffer(length).writeZero(length);
            FileRegion region = new Converting(length, length);
            ChannelFuture written = sending.channel.writeAndFlush(ofARegion ? region : buffer.retain());
            assertThat(sending.read(length)).hasSize(length);
            FileSending.succeeded(written);
            assertThat(sends).allSatisfy(bytes -> assertThat(bytes).isBetween(1L, 256L * 1024));
            assertThat(sends.stream().mapToLong(Long::longValue).sum()).isEqualTo(length);
            buffer.release();
            if (!ofARegion) {
                region.release();
            }
            sending.end(region);
        }
    }
}
