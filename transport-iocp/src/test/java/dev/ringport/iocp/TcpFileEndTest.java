// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.iocp;

import dev.ringport.iocp.FileSending.Way;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.FileRegion;
import java.io.IOException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;

/** Files among other messages, files that are too short, and connections that end in the middle of one. */
@EnabledOnOs(OS.WINDOWS)
@Timeout(180)
class TcpFileEndTest {
    private static final int SIZE = 20 * 1024 * 1024 + 7;
    private static final byte[] CONTENT = Tcp.bytes(50, SIZE);

    private static Path file = Path.of("none");

    @BeforeAll
    static void makeTheFile() throws IOException {
        file = Files.createTempFile("file", null);
        Files.write(file, CONTENT);
    }

    @AfterAll
    static void deleteTheFile() throws IOException {
        Files.delete(file);
    }

    @ParameterizedTest
    @EnumSource
    void buffersAndRegionsArriveInTheOrderOfTheirWrites(Way way) throws Exception {
        int rounds = 20;
        int length = 1_500_001;
        try (FileSending sending = new FileSending()) {
            List<FileRegion> regions = new ArrayList<>();
            List<ChannelFuture> written = new ArrayList<>();
            for (int i = 0; i < rounds; i++) {
                regions.add(way.region(sending, file, i * 1_000L, length));
                written.add(sending.channel.write(Unpooled.wrappedBuffer(Tcp.bytes(i, 1_000))));
                written.add(sending.channel.write(regions.getLast()));
                written.add(sending.channel.write(Unpooled.wrappedBuffer(Tcp.bytes(i + 500, 10))));
                written.add(sending.channel.write(Unpooled.EMPTY_BUFFER));
            }
            sending.channel.flush();
            for (int i = 0; i < rounds; i++) {
                assertThat(sending.read(1_000)).isEqualTo(Tcp.bytes(i, 1_000));
                assertThat(Arrays.equals(
                        sending.read(length), Arrays.copyOfRange(CONTENT, i * 1_000, i * 1_000 + length)))
                        .as("region %d", i).isTrue();
                assertThat(sending.read(10)).isEqualTo(Tcp.bytes(i + 500, 10));
            }
            for (ChannelFuture each : written) {
                FileSending.succeeded(each);
            }
            sending.end(regions.toArray(new FileRegion[0]));
            assertThat(sending.drain()).isZero();
            assertThat(sending.opened()).isEqualTo(way.transmits() ? rounds : 0);
            assertThat(sending.transmits).hasSize(way.transmits() ? rounds : 0);
        }
    }

    @ParameterizedTest
    @EnumSource
    void emptyRegionIsDoneAtOnceAndSendsNothing(Way way) throws Exception {
        try (FileSending sending = new FileSending()) {
            FileRegion region = way.region(sending, file, SIZE, 0);
            FileSending.succeeded(sending.channel.writeAndFlush(region));
            assertThat(region.transferred()).isZero();
            FileSending.succeeded(sending.channel.writeAndFlush(Unpooled.copyInt(42)));
            assertThat(sending.read(4)).isEqualTo(new byte[]{0, 0, 0, 42});
            sending.end(region);
            assertThat(sending.transmits).isEmpty();
        }
    }

    @ParameterizedTest
    @EnumSource
    void closeAfterTheWriteSendsAllOfIt(Way way) throws Exception {
        try (FileSending sending = new FileSending()) {
            // However long the peer takes.
            sending.channel.config().setCloseTimeoutMillis(Tcp.NEVER_MILLIS);
            FileRegion region = way.region(sending, file, 0, SIZE);
            ChannelFuture written = sending.channel.writeAndFlush(region);
            ChannelFuture closed = sending.channel.close();
            assertThat(Arrays.equals(sending.read(SIZE), CONTENT)).isTrue();
            assertThat(sending.drain()).isZero();
            FileSending.succeeded(written);
            FileSending.succeeded(closed);
            sending.end(region);
            assertThat(sending.ending).containsExactly(StreamEnds.SHUTDOWN, StreamEnds.CLOSE);
        }
    }

    /** The reset is seen in the calls: under Wine it may look like an end to the peer. */
    @ParameterizedTest
    @EnumSource
    void fileShorterThanItsRegionFailsTheWriteAndThePeerSeesNoCleanEnd(Way way) throws Exception {
        try (FileSending sending = new FileSending()) {
            FileRegion region = way.region(sending, file, 1_000, SIZE);
            ChannelFuture written = sending.channel.writeAndFlush(region);
            ChannelFuture following = sending.channel.writeAndFlush(Unpooled.copyInt(42));
            assertThat(sending.drain()).isLessThanOrEqualTo(SIZE - 1_000);
            assertThat(FileSending.done(written).cause()).isInstanceOf(IOException.class);
            assertThat(FileSending.done(following).cause()).isInstanceOf(IOException.class);
            assertThat(region.transferred()).isLessThan(SIZE);
            sending.end(region);
            assertThat(sending.ending).containsExactly(StreamEnds.RESET, StreamEnds.CLOSE);
        }
    }

    @ParameterizedTest
    @EnumSource
    void peerThatResetsInTheMiddleFailsTheWrite(Way way) throws Exception {
        try (FileSending sending = new FileSending()) {
            FileRegion region = way.region(sending, file, 0, SIZE);
            ChannelFuture written = sending.channel.writeAndFlush(region);
            assertThat(sending.read(1_000)).hasSize(1_000);
            sending.peer.setOption(StandardSocketOptions.SO_LINGER, 0);
            sending.peer.close();
            assertThat(FileSending.done(written).cause()).isInstanceOf(IOException.class);
            assertThat(sending.channel.closeFuture().await(Tcp.SECONDS, TimeUnit.SECONDS)).isTrue();
            sending.end(region);
        }
    }

    @ParameterizedTest
    @EnumSource
    void closeInTheMiddleEndsInItsBoundAndResetsThePeer(Way way) throws Exception {
        try (FileSending sending = new FileSending()) {
            sending.channel.config().setCloseTimeoutMillis(300);
            FileRegion region = way.region(sending, file, 0, SIZE);
            ChannelFuture written = sending.channel.writeAndFlush(region);
            assertThat(sending.peer.read(ByteBuffer.allocate(1))).isEqualTo(1);
            sending.end(region);
            assertThat(FileSending.done(written).cause()).isInstanceOf(IOException.class);
            assertThat(sending.ending).containsExactly(StreamEnds.RESET, StreamEnds.CLOSE);
            assertThat(sending.drain()).isLessThan(SIZE - 1);
        }
    }
}
