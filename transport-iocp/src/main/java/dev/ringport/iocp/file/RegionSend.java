// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.iocp.file;

import io.netty.channel.DefaultFileRegion;
import io.netty.channel.FileRegion;
import java.io.File;
import java.nio.channels.FileChannel;

/**
 * How one file region leaves: by {@code TransmitFile} where there is a file that Windows can open and the edition sets no
 * narrow limit, else in pieces that are read, from the file or by the region's own means. Files are opened and read by
 * other threads than the loop's.
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
            return ofFile(owner, own, new RegionFile(own.handle()));
        }
        if (region instanceof DefaultFileRegion netty && netty.getClass() == DefaultFileRegion.class) {
            File file = NettyRegions.file(netty);
            if (file != null) {
                return ofFile(owner, netty, new RegionFile(owner.socket().calls().kernel32(), file));
            }
            FileChannel open = NettyRegions.fileChannel(netty);
            if (open != null) {
                return new ChunkedSend(owner, netty, new ReadChunks(owner.channel().alloc(), netty, open::read));
            }
        }
        return new ChunkedSend(owner, region, new CopiedChunks(owner.channel().alloc(), region, System::nanoTime));
    }

    private static RegionSend ofFile(RegionOwner owner, FileRegion region, RegionFile file) {
        return owner.place().loop().transmitsFiles()
                ? new TransmitFileSend(owner, region, file)
                : new ChunkedSend(owner, region, new ReadChunks(owner.channel().alloc(), region, file));
    }

    /** Tells a region that does not count for itself what has left of it. */
    static void transferred(FileRegion region, long bytes) {
        if (region instanceof OpenFileRegion own) {
            own.transferred(bytes);
        } else {
            NettyRegions.transferred(region, bytes);
        }
    }

    /**
     * Starts the next piece, or goes on preparing it. The writer is told what became of it, unless the channel leaves its
     * loop before a worker has prepared it: then this is called again on the next loop.
     */
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
    }

    /** How many bytes have left, with those that had before the region came here. */
    final long offset() {
        return begun + sent;
    }

    /** Whether all of it has left. */
    public abstract boolean isDone();
}
