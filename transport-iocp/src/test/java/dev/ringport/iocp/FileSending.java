// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.iocp;

import dev.ringport.ffm.NativeMemory;
import dev.ringport.iocp.abi.Osversioninfoexw;
import dev.ringport.iocp.abi.WindowsCalls;
import dev.ringport.iocp.abi.WinsockConstants;
import dev.ringport.iocp.file.UserRegion;
import dev.ringport.testrules.UnseenFailures;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.DefaultFileRegion;
import io.netty.channel.FileRegion;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import static org.assertj.core.api.Assertions.assertThat;

/** A connection that sends files to a plain peer, and what it calls for that. */
final class FileSending implements AutoCloseable {
    /** The paths that a region may take. */
    enum Way {
        /** The transport's own region. */
        OWN,
        /** Netty's region of a file. */
        FILE,
        /** Netty's region of an open channel. */
        CHANNEL,
        /** Another's region. */
        COPIED;

        FileRegion region(FileSending at, Path file, long position, long count) throws IOException {
            return switch (this) {
                case OWN -> new IocpFileRegion(at.windows.kernel32(), file, position, count);
                case FILE -> new DefaultFileRegion(file.toFile(), position, count);
                case CHANNEL -> new DefaultFileRegion(
                        FileChannel.open(file, StandardOpenOption.READ), position, count);
                case COPIED -> new Foreign(file, position, count);
            };
        }

        boolean transmits() {
            return this == OWN || this == FILE;
        }
    }

    /** A region that the transport does not know. It reads in large pieces, where Netty's own copies 8 KiB at a time. */
    static class Foreign extends UserRegion {
        final ByteBuffer piece = ByteBuffer.allocateDirect(1 << 20);
        final FileChannel file;
        private final long position;
        private final long count;
        long transferred;

        Foreign(Path file, long position, long count) throws IOException {
            this.file = FileChannel.open(file, StandardOpenOption.READ);
            this.position = position;
            this.count = count;
        }

        @Override
        public long position() {
            return position;
        }

        @Override
        public long transferred() {
            return transferred;
        }

        @Override
        public long count() {
            return count;
        }

        @Override
        public long transferTo(WritableByteChannel target, long from) throws IOException {
            int read = file.read(piece.clear().limit((int) Math.min(piece.capacity(), count - from)), position + from);
            if (read < 0) {
                // To answer 0 would mean that there is more to come.
                throw new IOException("the file has ended");
            }
            int written = target.write(piece.flip());
            transferred += written;
            return written;
        }

        @Override
        protected void deallocate() {
            try {
                file.close();
            } catch (IOException failed) {
                throw new UncheckedIOException(failed);
            }
        }
    }

    private static final int VER_NT_SERVER = 3;

    final ReplacedCalls calls = new ReplacedCalls();
    final WindowsCalls windows;
    /** The lengths that {@code TransmitFile} was called with. */
    final List<Integer> transmits = new CopyOnWriteArrayList<>();
    /** As {@link StreamEnds#of}, once it is connected. */
    final List<String> ending;
    /** Runs on the thread that opens a file. */
    volatile Runnable beforeOpening = () -> {};
    final Loops loops;
    final IocpSocketChannel channel;
    final SocketChannel peer;
    private final Set<Long> open = Collections.newSetFromMap(new ConcurrentHashMap<>());
    private final AtomicInteger opened = new AtomicInteger();

    /** On a server edition, which transmits files. */
    FileSending() throws Exception {
        this(true);
    }

    FileSending(boolean serverEdition) throws Exception {
        calls.on("rtlGetVersion", (real, arguments) -> {
            Object status = real.call();
            Osversioninfoexw.wProductType(
                    NativeMemory.at((long) arguments[0], Osversioninfoexw.BYTES), 0,
                    serverEdition ? VER_NT_SERVER : WinsockConstants.VER_NT_WORKSTATION);
            return status;
        });
        windows = calls.calls();
        calls.on("createFileW", (real, arguments) -> {
            beforeOpening.run();
            long handle = (long) real.call();
            if (handle >= 0) {
                open.add(handle);
                opened.incrementAndGet();
            }
            return handle;
        }).on("closeHandle", (real, arguments) -> {
            open.remove((long) arguments[1]);
            return real.call();
        }).on("transmitFile", (real, arguments) -> {
            transmits.add((int) arguments[3]);
            return real.call();
        });
        loops = new Loops(1, new IocpIoHandlerConfig().calls(windows));
        try (ServerSocketChannel server = ServerSocketChannel.open()) {
            server.bind(new InetSocketAddress(Tcp.loopback(), 0));
            channel = new IocpSocketChannel(windows, null);
            channel.pipeline().addLast(new ChannelInboundHandlerAdapter() {
                @Override
                public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
                    UnseenFailures.seen(cause);
                    // The write's future tells it too.
                }
            });
            loops.next().register(channel).sync();
            var _ = done(channel.connect(server.getLocalAddress()));
            peer = server.accept();
        }
        ending = StreamEnds.of(calls);
    }

    static ChannelFuture done(ChannelFuture future) throws InterruptedException {
        assertThat(future.await(Tcp.SECONDS, TimeUnit.SECONDS)).isTrue();
        return future;
    }

    static void succeeded(ChannelFuture future) throws InterruptedException {
        assertThat(done(future).cause()).isNull();
    }

    int opened() {
        return opened.get();
    }

    /** Reads so many bytes, or to the end if there are fewer. */
    byte[] read(int bytes) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(bytes);
        while (buffer.hasRemaining() && peer.read(buffer) >= 0) {
            // More is to come.
        }
        return Arrays.copyOf(buffer.array(), buffer.position());
    }

    /** Reads until the stream ends or breaks. */
    long drain() {
        ByteBuffer buffer = ByteBuffer.allocateDirect(1 << 20);
        long total = 0;
        try {
            for (int got = peer.read(buffer); got >= 0; got = peer.read(buffer.clear())) {
                total += got;
            }
        } catch (IOException reset) {
            // Under Wine a reset may look like an end.
        }
        return total;
    }

    /** Closes the channel, and waits until nothing is left of it. */
    void end(FileRegion... regions) throws Exception {
        var _ = done(channel.close());
        loops.awaitNoOperations();
        for (FileRegion region : regions) {
            while (region.refCnt() > 0) {
                // A worker may hold it for as long as it reads.
                Thread.sleep(1);
            }
        }
        while (!open.isEmpty()) {
            // A worker may still open it.
            Thread.sleep(1);
        }
    }

    @Override
    public void close() throws IOException {
        peer.close();
        loops.close();
    }
}
