// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.iocp.tcp;

import dev.ringport.ffm.BufferAddress;
import dev.ringport.iocp.file.RegionSend;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.FileRegion;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** Collects the flushed messages of a connection, up to the first that is no buffer, into one gathering send. */
final class GatheredMessages implements ChannelOutboundBuffer.MessageProcessor {
    private @Nullable StreamSend target;
    private long room;

    /**
     * @param most the most bytes; a message that does not fit is cut
     */
    void gather(ChannelOutboundBuffer in, StreamSend into, long most) {
        target = into;
        room = most;
        try {
            in.forEachFlushedMessage(this);
        } catch (Exception impossible) {
            throw new IllegalStateException("gathering does not throw", impossible);
        } finally {
            target = null;
        }
    }

    @Override
    public boolean processMessage(Object message) {
        StreamSend into = target;
        if (into == null || !(message instanceof ByteBuf buffer)) {
            return false;
        }
        int bytes = (int) Math.min(buffer.readableBytes(), room);
        if (bytes == 0) {
            return room > 0;
        }
        if (!into.hasRoom()) {
            return false;
        }
        int index = buffer.readerIndex();
        long address = BufferAddress.of(buffer, index, bytes);
        if (address != BufferAddress.NONE) {
            into.own(buffer);
            into.add(address, bytes);
        } else {
            bytes = gatherPieces(into, buffer, index, bytes);
        }
        room -= bytes;
        return room > 0 && bytes == buffer.readableBytes();
    }

    private static int gatherPieces(StreamSend into, ByteBuf buffer, int index, int bytes) {
        into.own(buffer);
        int added = 0;
        for (ByteBuffer piece : buffer.nioBuffers(index, bytes)) {
            if (!into.hasRoom()) {
                break;
            }
            if (piece.hasRemaining()) {
                into.add(BufferAddress.of(piece), piece.remaining());
                added += piece.remaining();
            }
        }
        return added;
    }

    /**
     * All that is flushed, in bytes.
     *
     * @param underWay the region that is being sent; it knows better than the region itself how far it is
     */
    static long flushedBytes(ChannelOutboundBuffer in, @Nullable RegionSend underWay) {
        long[] sum = new long[1];
        // It is the first; the same one may be queued again.
        boolean[] first = {true};
        try {
            in.forEachFlushedMessage(message -> {
                if (message instanceof ByteBuf buffer) {
                    sum[0] += buffer.readableBytes();
                } else if (message instanceof FileRegion region) {
                    sum[0] += first[0] && underWay != null && underWay.isOf(region)
                            ? underWay.remaining()
                            : Math.max(0, region.count() - region.transferred());
                }
                first[0] = false;
                return true;
            });
        } catch (Exception impossible) {
            throw new IllegalStateException("counting does not throw", impossible);
        }
        return sum[0];
    }
}
