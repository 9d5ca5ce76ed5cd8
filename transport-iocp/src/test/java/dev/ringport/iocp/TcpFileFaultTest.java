// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.iocp;

import dev.ringport.iocp.FileSending.Foreign;
import dev.ringport.iocp.FileSending.Way;
import dev.ringport.iocp.abi.OverlappedEntry;
import dev.ringport.iocp.abi.WindowsErrors;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.DefaultFileRegion;
import io.netty.channel.EventLoop;
import io.netty.channel.FileRegion;
import io.netty.util.ReferenceCountUtil;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.ProviderMismatchException;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Files that Windows, a file system or a region of another's makes hard to send. */
@EnabledOnOs(OS.WINDOWS)
@Timeout(180)
class TcpFileFaultTest {
    private static final int SIZE = 3 * 1024 * 1024 + 7;
    private static final byte[] CONTENT = Tcp.bytes(60, SIZE);
    private static final int STATUS_INSUFFICIENT_RESOURCES = 0xC000009A;

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

    private static void arrives(FileSending sending) throws IOException {
        assertThat(Arrays.equals(sending.read(SIZE), CONTENT)).isTrue();
    }

    @Test
    void aCallThatIsRefusedForWantOfMemoryIsMadeAgain() throws Exception {
        try (FileSending sending = new FileSending()) {
            AtomicInteger refusals = new AtomicInteger(3);
            sending.calls.on("transmitFile", (real, arguments) -> refusals.getAndDecrement() > 0
                    ? (Object) (-WindowsErrors.WSAENOBUFS)
                    : real.call());
            FileRegion region = Way.OWN.region(sending, file, 0, SIZE);
            ChannelFuture written = sending.channel.writeAndFlush(region);
            arrives(sending);
            FileSending.succeeded(written);
            sending.end(region);
            assertThat(sending.drain()).isZero();
        }
    }

    /**
     * A part may have left: from its start again it would arrive twice. The failure is told when the peer has read all:
     * it resets the connection, and what a reset finds on its way is lost.
     */
    @Test
    void aCallThatFailsForWantOfMemoryUnderWayIsNotMadeAgain() throws Exception {
        CountDownLatch arrived = new CountDownLatch(1);
        try (FileSending sending = new FileSending()) {
            Set<Long> overlapped = ConcurrentHashMap.newKeySet();
            AtomicInteger transmits = new AtomicInteger();
            sending.calls.on("transmitFile", (real, arguments) -> {
                transmits.incrementAndGet();
                overlapped.add((Long) arguments[5]);
                return real.call();
            }).on("getQueuedCompletionStatusEx", (real, arguments) -> {
                int packets = (Integer) real.call();
                MemorySegment entries = DatagramFaults.entries(arguments);
                for (int i = 0; i < packets; i++) {
                    long base = i * OverlappedEntry.BYTES;
                    if (overlapped.contains(OverlappedEntry.lpOverlapped(entries, base))) {
                        assertThat(arrived.await(Tcp.SECONDS, TimeUnit.SECONDS)).isTrue();
                        entries.set(ValueLayout.JAVA_INT, base + 2L * Long.BYTES, STATUS_INSUFFICIENT_RESOURCES);
                    }
                }
                return packets;
            });
            FileRegion region = Way.OWN.region(sending, file, 0, SIZE);
            ChannelFuture written = sending.channel.writeAndFlush(region);
            arrives(sending);
            arrived.countDown();
            assertThat(FileSending.done(written).cause()).hasMessageContaining("WSAENOBUFS");
            sending.end(region);
            assertThat(sending.drain()).isZero();
            assertThat(transmits).hasValue(1);
            assertThat(sending.ending).containsExactly(StreamEnds.RESET, StreamEnds.CLOSE);
        }
    }

    /** {@code OVERLAPPED} may say nothing of a call that ended at once. */
    @Test
    void aCallThatEndsAtOnceCarriedWhatItWasAskedFor() throws Exception {
        try (FileSending sending = new FileSending()) {
            int length = 6 << 20;
            Path large = Files.createTempFile("large", null);
            Files.write(large, new byte[length]);
            sending.calls.on("transmitFile", (real, arguments) -> {
                // Nothing leaves, and the OVERLAPPED stays as it was.
                sending.transmits.add((int) arguments[3]);
                return 0;
            });
            FileRegion region = Way.OWN.region(sending, large, 0, length);
            FileSending.succeeded(sending.channel.writeAndFlush(region));
            assertThat(region.transferred()).isEqualTo(length);
            assertThat(sending.transmits).containsExactly(4 << 20, 2 << 20);
            sending.end(region);
            Files.delete(large);
        }
    }

    @Test
    void aFileCutDuringACallThatEndsAtOnceFailsTheWrite() throws Exception {
        try (FileSending sending = new FileSending()) {
            Path cut = Files.createTempFile("cut", null);
            Files.write(cut, new byte[1_000]);
            sending.calls.on("transmitFile", (real, arguments) -> {
                try (FileChannel writable = FileChannel.open(cut, StandardOpenOption.WRITE)) {
                    writable.truncate(10);
                }
                return 0;
            });
            FileRegion region = Way.OWN.region(sending, cut, 0, 1_000);
            assertThat(FileSending.done(sending.channel.writeAndFlush(region)).cause())
                    .isInstanceOf(IOException.class);
            sending.end(region);
            assertThat(sending.ending).containsExactly(StreamEnds.RESET, StreamEnds.CLOSE);
            Files.delete(cut);
        }
    }

    /** They carry out two at a time: two peers that do not read would hold up all others. */
    @ParameterizedTest
    @EnumSource
    void aClientEditionDoesNotTransmitFiles(Way way) throws Exception {
        try (FileSending sending = new FileSending(false)) {
            FileRegion region = way.region(sending, file, 7, SIZE - 7);
            ChannelFuture written = sending.channel.writeAndFlush(region);
            assertThat(Arrays.equals(sending.read(SIZE - 7), Arrays.copyOfRange(CONTENT, 7, SIZE))).isTrue();
            FileSending.succeeded(written);
            assertThat(region.transferred()).isEqualTo(SIZE - 7);
            assertThat(sending.transmits).isEmpty();
            sending.end(region);
            assertThat(sending.drain()).isZero();
        }
    }

    /** 0 would mean the whole file. */
    @Test
    void aFileThatEndsWhereARegionBeginsIsNotTransmitted() throws Exception {
        try (FileSending sending = new FileSending()) {
            FileRegion region = Way.OWN.region(sending, file, SIZE, 1);
            assertThat(FileSending.done(sending.channel.writeAndFlush(region)).cause())
                    .isInstanceOf(IOException.class).hasMessageContaining("1 bytes before");
            sending.end(region);
            assertThat(sending.transmits).isEmpty();
        }
    }

    /** A file that is written, and whose opening a worker has begun and does not end. */
    private static final class HeldFile {
        private final FileSending sending;
        private final CountDownLatch begun = new CountDownLatch(1);
        private final CountDownLatch mayGoOn = new CountDownLatch(1);
        final FileRegion region;
        final ChannelFuture written;

        HeldFile(FileSending sending) throws Exception {
            this.sending = sending;
            sending.beforeOpening = () -> {
                begun.countDown();
                try {
                    assertThat(mayGoOn.await(Tcp.SECONDS, TimeUnit.SECONDS)).isTrue();
                } catch (InterruptedException interrupted) {
                    throw new AssertionError(interrupted);
                }
            };
            region = Way.FILE.region(sending, file, 0, SIZE);
            written = sending.channel.writeAndFlush(region);
            begun.await();
        }

        void goesOn() {
            mayGoOn.countDown();
        }

        /** Nobody wants it any more. */
        void opensInVain() throws Exception {
            goesOn();
            while (sending.opened() == 0) {
                Thread.sleep(1);
            }
            sending.end(region);
        }
    }

    @Test
    void deregistrationDoesNotWaitForAnOpeningAndTheFileLeavesAfterwards() throws Exception {
        try (FileSending sending = new FileSending()) {
            HeldFile held = new HeldFile(sending);
            EventLoop loop = sending.channel.eventLoop();
            FileSending.succeeded(sending.channel.deregister());
            FileSending.succeeded(loop.register(sending.channel));
            assertThat(held.written.isDone()).isFalse();
            held.goesOn();
            arrives(sending);
            FileSending.succeeded(held.written);
            sending.end(held.region);
            assertThat(sending.drain()).isZero();
        }
    }

    private static List<ChannelFuture> deregisterAndClose(FileSending sending) throws Exception {
        return sending.channel.eventLoop()
                .submit(() -> List.of(sending.channel.deregister(), sending.channel.close())).get();
    }

    /** The deregistration waits for a receive, and then for what the close waits for. */
    @Test
    void aCloseRightAfterADeregistrationLetsTheFileLeave() throws Exception {
        try (FileSending sending = new FileSending()) {
            sending.channel.config().setCloseTimeoutMillis(Tcp.NEVER_MILLIS);
            HeldFile held = new HeldFile(sending);
            List<ChannelFuture> ended = deregisterAndClose(sending);
            held.goesOn();
            arrives(sending);
            assertThat(sending.drain()).isZero();
            for (ChannelFuture each : List.of(held.written, ended.getFirst(), ended.getLast())) {
                FileSending.succeeded(each);
            }
            sending.end(held.region);
            // What tries whether sockets move closes some as well.
            assertThat(sending.ending).startsWith(StreamEnds.SHUTDOWN).doesNotContain(StreamEnds.RESET);
        }
    }

    /** The channel has nothing under way and leaves, and the close finds no loop that could bring the rest. */
    @Test
    void aCloseRightAfterADeregistrationThatWaitsForNothingDoesNotWaitForAFile() throws Exception {
        try (FileSending sending = new FileSending()) {
            sending.channel.config().setCloseTimeoutMillis(Tcp.NEVER_MILLIS).setAutoRead(false);
            CountDownLatch read = new CountDownLatch(1);
            CountDownLatch removed = new CountDownLatch(1);
            ChannelInboundHandlerAdapter reader = new ChannelInboundHandlerAdapter() {
                @Override
                public void channelRead(ChannelHandlerContext context, Object message) {
                    ReferenceCountUtil.release(message);
                    read.countDown();
                }

                @Override
                public void handlerRemoved(ChannelHandlerContext context) {
                    removed.countDown();
                }
            };
            // In the loop: a handler that another thread adds may miss what the loop reads meanwhile.
            sending.channel.eventLoop().submit(() -> sending.channel.pipeline().addLast(reader).read()).sync();
            sending.peer.write(ByteBuffer.allocate(1));
            assertThat(read.await(Tcp.SECONDS, TimeUnit.SECONDS)).isTrue();
            HeldFile held = new HeldFile(sending);
            List<ChannelFuture> ended = deregisterAndClose(sending);
            for (ChannelFuture each : ended) {
                FileSending.succeeded(each);
            }
            assertThat(FileSending.done(held.written).cause()).isInstanceOf(IOException.class);
            assertThat(removed.await(Tcp.SECONDS, TimeUnit.SECONDS)).isTrue();
            held.opensInVain();
            assertThat(sending.ending).contains(StreamEnds.RESET).doesNotContain(StreamEnds.SHUTDOWN);
        }
    }

    @Test
    void fileThatOpensAfterTheCloseIsClosedAgain() throws Exception {
        try (FileSending sending = new FileSending()) {
            sending.channel.config().setCloseTimeoutMillis(50);
            HeldFile held = new HeldFile(sending);
            var _ = FileSending.done(sending.channel.close());
            assertThat(FileSending.done(held.written).cause()).isInstanceOf(IOException.class);
            held.opensInVain();
            assertThat(sending.ending).containsExactly(StreamEnds.RESET, StreamEnds.CLOSE);
        }
    }

    /** Writes all of a piece before it returns, as to a blocking target. */
    private static final class Looping extends Foreign {
        private final int most;

        Looping(int most) throws IOException {
            super(TcpFileFaultTest.file, 0, SIZE);
            this.most = most;
        }

        @Override
        public long transferTo(WritableByteChannel target, long from) throws IOException {
            long before = transferred;
            while (transferred - before < most && transferred < count()) {
                file.read(piece.clear().limit((int) Math.min(400_000, count() - transferred)), transferred);
                piece.flip();
                while (piece.hasRemaining()) {
                    transferred += target.write(piece);
                }
            }
            return transferred - before;
        }
    }

    @Test
    void aRegionThatLoopsUntilAPieceIsTakenArrives() throws Exception {
        try (FileSending sending = new FileSending()) {
            FileRegion region = new Looping(1);
            ChannelFuture written = sending.channel.writeAndFlush(region);
            arrives(sending);
            FileSending.succeeded(written);
            sending.end(region);
        }
    }

    @Test
    void aRegionThatLoopsUntilAllIsTakenArrives() throws Exception {
        try (FileSending sending = new FileSending()) {
            FileRegion region = new Looping(SIZE);
            ChannelFuture written = sending.channel.writeAndFlush(region);
            arrives(sending);
            FileSending.succeeded(written);
            sending.end(region);
        }
    }

    /** To wait for a page of a mapped file keeps the JVM from its safepoints. */
    @Test
    void aFileIsReadAndNeverMapped() throws Exception {
        try (FileSending sending = new FileSending();
                FileChannel real = FileChannel.open(file, StandardOpenOption.READ)) {
            FileRegion region = new DefaultFileRegion(new OtherFile(real) {
                @Override
                public MemorySegment map(MapMode mode, long offset, long size, Arena arena) {
                    throw new AssertionError("mapped");
                }
            }, 0, SIZE);
            ChannelFuture written = sending.channel.writeAndFlush(region);
            arrives(sending);
            FileSending.succeeded(written);
            assertThat(region.transferred()).isEqualTo(SIZE);
            sending.end(region);
            assertThat(sending.drain()).isZero();
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aFileThatIsNotThereFailsTheWriteAsWithNio(boolean serverEdition) throws Exception {
        try (FileSending sending = new FileSending(serverEdition)) {
            FileRegion region = Way.FILE.region(sending, file.resolveSibling("no such file"), 0, SIZE);
            ChannelFuture written = sending.channel.writeAndFlush(region);
            assertThat(FileSending.done(written).cause())
                    .isInstanceOf(FileNotFoundException.class)
                    .hasMessageEndingWith("no such file (no such file)");
            sending.end(region);
            assertThat(sending.opened()).isZero();
        }
    }

    @Test
    void theRegionIsGivenBackThoughTheLoopHasEndedMeanwhile() throws Exception {
        CountDownLatch begun = new CountDownLatch(2);
        CountDownLatch mayGoOn = new CountDownLatch(1);
        FileRegion fails = new Held(begun, mayGoOn, true);
        FileRegion succeeds = new Held(begun, mayGoOn, false);
        try (FileSending first = new FileSending(); FileSending second = new FileSending()) {
            var _ = first.channel.writeAndFlush(fails);
            var _ = second.channel.writeAndFlush(succeeds);
            begun.await();
        }
        mayGoOn.countDown();
        while (fails.refCnt() > 0 || succeeds.refCnt() > 0) {
            Thread.sleep(1);
        }
    }

    /** Held up while it reads. */
    private static final class Held extends Foreign {
        private final CountDownLatch begun;
        private final CountDownLatch mayGoOn;
        private final boolean fails;

        Held(CountDownLatch begun, CountDownLatch mayGoOn, boolean fails) throws IOException {
            super(TcpFileFaultTest.file, 0, SIZE);
            this.begun = begun;
            this.mayGoOn = mayGoOn;
            this.fails = fails;
        }

        @Override
        public long transferTo(WritableByteChannel target, long from) throws IOException {
            begun.countDown();
            try {
                assertThat(mayGoOn.await(Tcp.SECONDS, TimeUnit.SECONDS)).isTrue();
            } catch (InterruptedException interrupted) {
                throw new AssertionError(interrupted);
            }
            if (fails) {
                throw new IOException("as asked");
            }
            return super.transferTo(target, from);
        }
    }

    @Test
    void aFileOfAnotherFileSystemIsRejected() {
        Path other = FileSystems.getFileSystem(URI.create("jrt:/")).getPath("/modules/java.base/module-info.class");
        assertThatThrownBy(() -> new IocpFileRegion(other, 0, 1)).isInstanceOf(ProviderMismatchException.class);
    }
}
