// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.datagram;

import dev.ringport.datagram.receive.Payload;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/** What arrived, in a buffer that is taken out whole, once. */
final class FakePayload implements Payload {
    final ByteBuf content;
    @Nullable
    RuntimeException failure;
    private boolean gone;

    FakePayload(ByteBuf content) {
        this.content = content;
    }

    boolean isGone() {
        return gone;
    }

    private ByteBuf end() {
        if (gone) {
            throw new AssertionError("taken out twice");
        }
        gone = true;
        return content;
    }

    @Override
    public ByteBuf take(int bytes) {
        if (failure != null) {
            throw failure;
        }
        return end().writerIndex(bytes);
    }

    @Override
    public ByteBuf takeTrain(int bytes) {
        return take(bytes);
    }

    @Override
    public void discard() {
        end().release();
    }
}
