// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.iocp.tcp;

import dev.ringport.ffm.BufferAddress;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelOutboundBuffer;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** Collects the flushed messages of a connection, up to the first that is no buffer, into one gathering send. */
final class GatheredMessages implements ChannelOutboundBuffer.MessageProcessor {
    private @Nullable StreamSend target;
    private int room;
    private int messages;

    /**
     * @param mostBytes a message that does not fit is cut
     * @param mostMessages the most messages, without those that were cancelled
     */
    void gather(ChannelOutboundBuffer in, StreamSend into, int mostBytes, int mostMessages) {
        target = into;
        room = mostBytes;
        messages = mostMessages;
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
        if (into == null || messages-- <= 0 || !(message instanceof ByteBuf buffer)) {
            return false;
        }
        int bytes = Math.min(buffer.readableBytes(), room);
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

    /** How many messages are flushed, without those that were cancelled before. */
    static int flushed(ChannelOutboundBuffer in) {
        int[] sum = new int[1];
        try {
            in.forEachFlushedMessage(message -> {
                sum[0]++;
                return true;
            });
        } catch (Exception impossible) {
            throw new IllegalStateException("counting does not throw", impossible);
        }
        return sum[0];
    }
}
