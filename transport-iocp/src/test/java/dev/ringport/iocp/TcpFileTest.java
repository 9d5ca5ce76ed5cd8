// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.iocp;

import dev.ringport.iocp.FileSending.Way;
import io.netty.channel.ChannelFuture;
import io.netty.channel.FileRegion;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;

/** Large files, by each path: lengths and offsets that need more than 32 bits. */
@EnabledOnOs(OS.WINDOWS)
@Timeout(180)
class TcpFileTest {
    private static final long GIB = 1L << 30;
    /** What one {@code TransmitFile} carries. */
    private static final int PIECE = 4 << 20;
    private static final long START = 1_000_003;
    private static final long COUNT = 3 * GIB + 17;
    private static final long FAR_START = 4 * GIB + 4_099;
    private static final int FAR_COUNT = 3 * 1024 * 1024 + 5;
    private static final int ISLAND = 3_001;

    /** Where there is data; all else is a hole. */
    private static final Map<Long, byte[]> ISLANDS = new TreeMap<>();

    private static final Map<Long, Long> SUMS = new HashMap<>();

    private static Path file = Path.of("none");

    private static void island(long position) {
        ISLANDS.put(position, Tcp.bytes(ISLANDS.size() + 100, ISLAND));
    }

    @BeforeAll
    static void makeTheFile() throws IOException {
        // Across both ends, the cut, what 31 and 32 bits can tell, and ends of pieces.
        island(START - 1_000);
        island(START + (1 << 20) - 1_500);
        island((1L << 31) - 1_700);
        island(START + PIECE - 1_600);
        island(START + COUNT - 1_400);
        island(4 * GIB - 1_000);
        island(FAR_START - 10);
        island(FAR_START + (1 << 20) - 1_500);
        island(FAR_START + FAR_COUNT - 2_000);
        file = Files.createTempFile("large", null);
        Files.delete(file);
        try (FileChannel channel = FileChannel.open(
                file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE, StandardOpenOption.SPARSE)) {
            for (Map.Entry<Long, byte[]> island : ISLANDS.entrySet()) {
                channel.write(ByteBuffer.wrap(island.getValue()), island.getKey());
            }
        }
    }

    @AfterAll
    static void deleteTheFile() throws IOException {
        Files.delete(file);
    }

    /** What the file holds there. */
    private static byte[] content(long from, int length) {
        byte[] content = new byte[length];
        ISLANDS.forEach((at, bytes) -> {
            long first = Math.max(at, from);
            long end = Math.min(at + bytes.length, from + length);
            if (first < end) {
                System.arraycopy(bytes, (int) (first - at), content, (int) (first - from), (int) (end - first));
            }
        });
        return content;
    }

    private static long expected(long from, long count) {
        CRC32C sum = new CRC32C();
        int step = 16 << 20;
        byte[] hole = new byte[step];
        for (long done = 0; done < count; done += step) {
            long at = from + done;
            int length = (int) Math.min(step, count - done);
            boolean isHole = ISLANDS.keySet().stream().noneMatch(i -> i < at + length && at < i + ISLAND);
            sum.update(isHole ? hole : content(at, length), 0, length);
        }
        return sum.getValue();
    }

    private static long received(FileSending sending, long count) throws IOException {
        CRC32C sum = new CRC32C();
        ByteBuffer buffer = ByteBuffer.allocateDirect(4 << 20);
        long total = 0;
        while (total < count) {
            int got = sending.peer.read(buffer.clear());
            assertThat(got).as("after %d", total).isPositive();
            total += got;
            sum.update(buffer.flip());
        }
        assertThat(total).isEqualTo(count);
        return sum.getValue();
    }

    private static void sends(Way way, long from, long count) throws Exception {
        try (FileSending sending = new FileSending()) {
            FileRegion region = way.region(sending, file, from, count);
            region.retain();
            ChannelFuture written = sending.channel.writeAndFlush(region);
            assertThat(received(sending, count))
                    .isEqualTo(SUMS.computeIfAbsent(from, start -> expected(start, count)));
            FileSending.succeeded(written);
            assertThat(region.transferred()).isEqualTo(count);
            assertThat(region.refCnt()).isEqualTo(1);
            List<Integer> pieces = new ArrayList<>();
            for (long left = way.transmits() ? count : 0; left > 0; left -= PIECE) {
                pieces.add((int) Math.min(left, PIECE));
            }
            assertThat(sending.transmits).isEqualTo(pieces);
            assertThat(sending.opened()).isEqualTo(way.transmits() ? 1 : 0);
            region.release();
            sending.end(region);
            assertThat(sending.drain()).isZero();
            assertThat(sending.ending).containsExactly(StreamEnds.SHUTDOWN, StreamEnds.CLOSE);
        }
    }

    @ParameterizedTest
    @EnumSource
    void threeGibibytesFromAnOffset(Way way) throws Exception {
        sends(way, START, COUNT);
    }

    @ParameterizedTest
    @EnumSource
    void offsetBeyondFourGibibytes(Way way) throws Exception {
        sends(way, FAR_START, FAR_COUNT);
    }
}
