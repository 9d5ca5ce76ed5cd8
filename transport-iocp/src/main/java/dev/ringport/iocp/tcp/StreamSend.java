// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.iocp.tcp;

import dev.ringport.iocp.abi.Overlapped;
import dev.ringport.iocp.abi.WindowsErrors;
import dev.ringport.iocp.abi.Wsabuf;
import dev.ringport.iocp.file.Chunk;
import dev.ringport.iocp.loop.OverlappedSocket;
import dev.ringport.iocp.loop.SocketOperation;
import io.netty.buffer.ByteBuf;
import java.lang.foreign.ValueLayout;
import org.jspecify.annotations.Nullable;

/**
 * A {@code WSASend} of up to 64 buffers. It owns a reference to each from {@link #own} until it has ended.
 *
 * <pre>{@code
 *   0            32      40
 *   | OVERLAPPED | sent  | WSABUF[64]
 * }</pre>
 */
final class StreamSend extends SocketOperation {
    private static final int MAX_BUFFERS = 64;
    private static final long SENT = Overlapped.BYTES;
    private static final long BUFFERS = SENT + Long.BYTES;
    private static final long BYTES = BUFFERS + MAX_BUFFERS * Wsabuf.BYTES;

    private final ConnectionChannel channel;
    private final StreamWriter writer;
    private final @Nullable ByteBuf[] owned = new @Nullable ByteBuf[MAX_BUFFERS];
    private @Nullable Chunk carried;
    private int ownedCount;
    private int count;
    private long bytes;
    private boolean atOnce;

    StreamSend(ConnectionChannel channel, StreamWriter writer) {
        super(channel.atLoop(), BYTES);
        this.channel = channel;
        this.writer = writer;
    }

    boolean hasRoom() {
        return count < MAX_BUFFERS;
    }

    long bytes() {
        return bytes;
    }

    /** Takes a reference to a message whose bytes are added next. */
    void own(ByteBuf message) {
        owned[ownedCount] = message.retain();
        ownedCount++;
    }

    void add(long address, int length) {
        long base = BUFFERS + count++ * Wsabuf.BYTES;
        Wsabuf.len(memory(), base, length);
        Wsabuf.buf(memory(), base, address);
        bytes += length;
    }

    /** Sends a part of a chunk, to which the operation holds a reference until it has ended. */
    void chunk(Chunk chunk, long address, int length) {
        carried = (Chunk) chunk.retain();
        add(address, length);
    }

    void start() {
        loop().counters().sendCalls++;
        OverlappedSocket socket = channel.socket();
        long base = memory().address();
        memory().set(ValueLayout.JAVA_INT, SENT, 0);
        long overlapped = begin();
        int result = loop().calls().winsock().wsaSend(
                loop().port().capture(), socket.handle(), base + BUFFERS, count, base + SENT, 0, overlapped, 0);
        atOnce = result < 0 && result != -WindowsErrors.WSA_IO_PENDING;
        started(result, result == 0 && !socket.skipsPackets(), memory().get(ValueLayout.JAVA_INT, SENT));
    }

    /** Gives up what was gathered and is not under way. */
    void forget() {
        if (!isInFlight()) {
            releaseAll();
        }
    }

    private void releaseAll() {
        for (int i = 0; i < ownedCount; i++) {
            ByteBuf message = owned[i];
            owned[i] = null;
            if (message != null) {
                message.release();
            }
        }
        ownedCount = 0;
        count = 0;
        bytes = 0;
        Chunk chunk = carried;
        carried = null;
        if (chunk != null) {
            chunk.release();
        }
    }

    @Override
    protected void ended(int code, int sent) {
        // Before the promises complete: their listeners may look at the reference counts.
        releaseAll();
        try {
            writer.sent(code, sent, atOnce);
        } finally {
            channel.sendEnded();
        }
    }
}
