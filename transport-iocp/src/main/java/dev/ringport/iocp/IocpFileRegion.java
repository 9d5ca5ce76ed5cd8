// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.iocp;

import dev.ringport.iocp.abi.Kernel32;
import dev.ringport.iocp.file.FileHandle;
import dev.ringport.iocp.file.OpenFileRegion;
import io.netty.util.IllegalReferenceCountException;
import io.netty.util.internal.ObjectUtil;
import io.netty.util.internal.logging.InternalLogger;
import io.netty.util.internal.logging.InternalLoggerFactory;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/**
 * A part of a file that a {@link IocpSocketChannel} sends with {@code TransmitFile} on server editions of Windows: the
 * bytes go from the file cache to the network without passing through the JVM. Client editions carry out two such calls at
 * a time in the whole system
 * (<a href="https://learn.microsoft.com/windows/win32/api/mswsock/nf-mswsock-transmitfile">TransmitFile</a>); there other
 * threads read the file. The region owns a {@code HANDLE}, closed with the last reference.
 *
 * <p>The file may be read, written and deleted by others meanwhile. If it turns out to be shorter than the region, the
 * write fails, and the connection is reset when a part has left already. Other transports send it too, by
 * {@link #transferTo}. {@link #transferred()} and the progress of a {@link io.netty.channel.ChannelProgressivePromise} move
 * in steps of 4 MiB, or 256 KiB where the file is read.
 */
public final class IocpFileRegion extends OpenFileRegion {
    private static final InternalLogger LOGGER = InternalLoggerFactory.getInstance(IocpFileRegion.class);

    private final Path path;
    private final long position;
    private final long count;
    private @Nullable FileChannel channel;

    /**
     * Opens the file, which may block: not on an event loop where the file may be slow to reach.
     *
     * @param path the file
     * @param position where the region starts, in bytes
     * @param count its length in bytes; may exceed 2 GiB
     * @throws IllegalArgumentException if position or count is negative, or the path is of another file system than
     *         the default one
     * @throws java.nio.file.NoSuchFileException if there is no such file
     * @throws java.nio.file.AccessDeniedException if it may not be read, or is a directory
     * @throws UnsupportedOperationException if {@link Iocp#isAvailable()} is false
     */
    public IocpFileRegion(Path path, long position, long count) throws IOException {
        this(Iocp.calls().kernel32(), path, position, count);
    }

    IocpFileRegion(Kernel32 kernel32, Path path, long position, long count) throws IOException {
        ObjectUtil.checkPositiveOrZero(position, "position");
        ObjectUtil.checkPositiveOrZero(count, "count");
        super(FileHandle.open(kernel32, path));
        this.path = path;
        this.position = position;
        this.count = count;
    }

    @Override
    public long position() {
        return position;
    }

    @Override
    public long count() {
        return count;
    }

    /** For other transports. Blocks as long as the file system does. */
    @Override
    public long transferTo(WritableByteChannel target, long from) throws IOException {
        long rest = count - from;
        if (from < 0 || rest < 0) {
            throw new IllegalArgumentException("position " + from + " is not within 0 to " + count);
        }
        if (rest == 0) {
            return 0;
        }
        if (refCnt() == 0) {
            throw new IllegalReferenceCountException(0);
        }
        FileChannel open = channel;
        if (open == null) {
            open = FileChannel.open(path, StandardOpenOption.READ);
            channel = open;
        }
        long written = open.transferTo(position + from, rest, target);
        if (written > 0) {
            transferred(transferred() + written);
        } else if (open.size() < position + count) {
            throw new IOException(
                    path + " has " + open.size() + " bytes, the region ends at " + (position + count));
        }
        return written;
    }

    @Override
    protected void deallocate() {
        handle().release();
        FileChannel open = channel;
        channel = null;
        if (open != null) {
            try {
                open.close();
            } catch (IOException failed) {
                LOGGER.warn("closing {} failed", path, failed);
            }
        }
    }
}
