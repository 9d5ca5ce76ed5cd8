// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.iocp.file;

import dev.ringport.iocp.loop.OverlappedSocket;
import dev.ringport.iocp.loop.SocketAtLoop;
import io.netty.channel.Channel;
import java.io.IOException;

/** Who sends a region: it carries its pieces, and is told what became of them. On the loop only. */
public interface RegionOwner {
    /** The channel, for its allocator and its loop. */
    Channel channel();

    /** The channel's socket. */
    OverlappedSocket socket();

    /** The channel's place at its loop. */
    SocketAtLoop place();

    /** Sends a part of a chunk, to which the send holds a reference until it has ended. */
    void sendChunk(Chunk chunk, long address, int bytes);

    /** {@link RegionSend#next()} can start nothing before a worker has brought something. */
    void preparing();

    /** A worker has brought something, or is done. */
    void prepared();

    /** Bytes of the region have left; {@link RegionSend#next()} or the end of it follows. */
    void regionSent(RegionSend region, long bytes);

    /** The region could not be sent: its file is too short, or cannot be read. */
    void regionFailed(RegionSend region, IOException cause);

    /** A send did not start; for want of memory it is tried again. */
    void refused(String call, int code);

    /** Something ended of a region that was given up. */
    void abandoned();

    /** What a close or a deregistration waits for may have ended. */
    void movedOn();
}
