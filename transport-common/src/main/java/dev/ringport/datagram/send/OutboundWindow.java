// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.datagram.send;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelOutboundBuffer;
import org.jspecify.annotations.Nullable;

/**
 * The results of the messages that were taken from a channel's outbound buffer for sending, one cell a message, in
 * outbound order. Operations complete in any order and fill cells; the outbound buffer gives up messages from its head
 * only, so the head is removed while its cell is filled.
 *
 * <p>A cell counts the operations that its message still waits for: one for a datagram, several for a segmented packet
 * that had to be cut up, and one more while it is still being planned.
 */
final class OutboundWindow {
    /** The most messages that one channel takes at a time, unless it must take all. */
    static final int MAX_MESSAGES = 1024;

    private static final int INITIAL = 16;

    private int[] waiting = new int[INITIAL];
    private @Nullable Throwable[] causes = new @Nullable Throwable[INITIAL];
    private int head;
    private int next;
    private boolean removing;
    private boolean abandoned;

    /** Messages taken and not removed yet. */
    int size() {
        return next - head;
    }

    /** Takes the next flushed message in; it waits for one part. */
    int add() {
        if (size() == waiting.length) {
            grow();
        }
        int cell = next & waiting.length - 1;
        waiting[cell] = 1;
        causes[cell] = null;
        return next++;
    }

    /** One more operation that this message waits for. */
    void expectPart(int sequence) {
        waiting[sequence & waiting.length - 1]++;
    }

    /** One operation of a message is over. The first cause is what its promise gets. */
    void partDone(int sequence, @Nullable Throwable cause) {
        if (abandoned) {
            return;
        }
        int cell = sequence & waiting.length - 1;
        waiting[cell]--;
        if (cause != null && causes[cell] == null) {
            causes[cell] = cause;
        }
    }

    boolean isRemoving() {
        return removing;
    }

    /** Whether the head's result is known. */
    boolean hasResults() {
        return head != next && waiting[head & waiting.length - 1] == 0;
    }

    /** The outbound buffer has gone and taken the messages with it; results still to come concern nobody. */
    void abandon() {
        abandoned = true;
        head = next;
    }

    /**
     * Removes the finished prefix. Each removal completes a promise, whose listeners may write, flush and close; a call
     * from there returns at once and the outer one goes on.
     */
    void removeFinished(ChannelOutboundBuffer in) {
        if (removing) {
            return;
        }
        removing = true;
        try {
            while (hasResults()) {
                dropCancelled(in);
                int cell = head++ & waiting.length - 1;
                Throwable cause = causes[cell];
                causes[cell] = null;
                if (cause == null) {
                    in.remove();
                } else {
                    in.remove(cause);
                }
            }
        } finally {
            removing = false;
        }
    }

    /**
     * Removes cancelled entries at the head. The outbound buffer replaces a cancelled entry's message by the empty
     * buffer, which {@link MessageFilter} lets nobody else put there.
     */
    @SuppressWarnings("ReferenceEquality") // the empty buffer stands for itself
    static void dropCancelled(ChannelOutboundBuffer in) {
        while (in.current() == Unpooled.EMPTY_BUFFER) {
            in.remove();
        }
    }

    private void grow() {
        int[] oldWaiting = waiting;
        @Nullable
        Throwable[] oldCauses = causes;
        int mask = oldWaiting.length - 1;
        waiting = new int[oldWaiting.length * 2];
        causes = new @Nullable Throwable[waiting.length];
        for (int sequence = head; sequence != next; sequence++) {
            waiting[sequence & waiting.length - 1] = oldWaiting[sequence & mask];
            causes[sequence & waiting.length - 1] = oldCauses[sequence & mask];
        }
    }
}
