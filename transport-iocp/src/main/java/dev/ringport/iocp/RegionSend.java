// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.iocp;

import io.netty.channel.DefaultFileRegion;
import io.netty.channel.FileRegion;
import java.io.File;
import java.nio.channels.FileChannel;

/**
 * How one file region leaves: by {@code TransmitFile} where there is a file that Windows can open, by mapping where
 * there is a {@link FileChannel}, else by copying. Files are opened, mapped and read by other threads than the loop's.
 */
abstract class RegionSend {
    final IocpSocketChannel channel;
    final StreamWriter writer;
    final FileRegion region;
    private final long begun;
    private long sent;

    RegionSend(IocpSocketChannel channel, StreamWriter writer, FileRegion region) {
        this.channel = channel;
        this.writer = writer;
        this.region = region;
        begun = region.transferred();
    }

    /** The best way for a region. */
    static RegionSend of(IocpSocketChannel channel, StreamWriter writer, FileRegion region) {
        if (region instanceof IocpFileRegion own) {
            return new TransmitFileSend(channel, writer, own, own.position(), own.handle());
        }
        if (region instanceof DefaultFileRegion netty && netty.getClass() == DefaultFileRegion.class) {
            File file = NettyRegions.file(netty);
            if (file != null) {
                return new TransmitFileSend(channel, writer, netty, netty.position(), file);
            }
            FileChannel open = NettyRegions.fileChannel(netty);
            if (open != null) {
                return new ChunkedSend(channel, writer, netty, new MappedChunks(
                        open, netty, new CopiedChunks(channel.alloc(), netty)));
            }
        }
        return new ChunkedSend(channel, writer, region, new CopiedChunks(channel.alloc(), region));
    }

    /** Starts the next piece, or goes on preparing it. The writer is told what became of it. */
    abstract void next();

    /** Cancels what is under way. */
    abstract void cancel();

    /** The channel leaves its loop: native memory of operations goes back. */
    abstract void dispose();

    /** The region is done, or given up. What is in flight keeps what it needs. */
    abstract void release();

    /** Bytes have left. */
    void progressed(long bytes) {
        sent += bytes;
        if (region instanceof IocpFileRegion own) {
            own.transferred(begun + sent);
        } else {
            NettyRegions.transferred(region, begun + sent);
        }
    }

    /** How far into the region the next piece starts. */
    final long offset() {
        return begun + sent;
    }

    final long remaining() {
        return region.count() - begun - sent;
    }

    @SuppressWarnings("ReferenceEquality") // two regions may be equal
    final boolean isOf(FileRegion another) {
        return region == another;
    }

    /** Whether all of it has left. */
    boolean isDone() {
        return remaining() <= 0;
    }

    final boolean hasSent() {
        return begun + sent > 0;
    }
}
