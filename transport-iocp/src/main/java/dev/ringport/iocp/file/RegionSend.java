// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.iocp.file;

import io.netty.channel.DefaultFileRegion;
import io.netty.channel.FileRegion;
import java.io.File;
import java.nio.channels.FileChannel;

/**
 * How one file region leaves: by {@code TransmitFile} where there is a file that Windows can open, by mapping where
 * there is a {@link FileChannel}, else by copying. Files are opened, mapped and read by other threads than the loop's.
 */
public abstract class RegionSend {
    final RegionOwner owner;
    final FileRegion region;
    private final long begun;
    private long sent;

    RegionSend(RegionOwner owner, FileRegion region) {
        this.owner = owner;
        this.region = region;
        begun = region.transferred();
    }

    /** The best way for a region. */
    public static RegionSend of(RegionOwner owner, FileRegion region) {
        if (region instanceof OpenFileRegion own) {
            return new TransmitFileSend(owner, own, own.position(), own.handle());
        }
        if (region instanceof DefaultFileRegion netty && netty.getClass() == DefaultFileRegion.class) {
            File file = NettyRegions.file(netty);
            if (file != null) {
                return new TransmitFileSend(owner, netty, netty.position(), file);
            }
            FileChannel open = NettyRegions.fileChannel(netty);
            if (open != null) {
                return new ChunkedSend(owner, netty, new MappedChunks(
                        open, netty, new CopiedChunks(owner.channel().alloc(), netty)));
            }
        }
        return new ChunkedSend(owner, region, new CopiedChunks(owner.channel().alloc(), region));
    }

    /** Starts the next piece, or goes on preparing it. The writer is told what became of it. */
    public abstract void next();

    /** Cancels what is under way. */
    public abstract void cancel();

    /** The channel leaves its loop: native memory of operations goes back. */
    public abstract void dispose();

    /** The region is done, or given up. What is in flight keeps what it needs. */
    public abstract void release();

    /** Bytes have left. */
    public void progressed(long bytes) {
        sent += bytes;
        if (region instanceof OpenFileRegion own) {
            own.transferred(begun + sent);
        } else {
            NettyRegions.transferred(region, begun + sent);
        }
    }

    /** How far into the region the next piece starts. */
    final long offset() {
        return begun + sent;
    }

    public final long remaining() {
        return region.count() - begun - sent;
    }

    @SuppressWarnings("ReferenceEquality") // two regions may be equal
    public final boolean isOf(FileRegion another) {
        return region == another;
    }

    /** Whether all of it has left. */
    public boolean isDone() {
        return remaining() <= 0;
    }

    final boolean hasSent() {
        return begun + sent > 0;
    }
}
