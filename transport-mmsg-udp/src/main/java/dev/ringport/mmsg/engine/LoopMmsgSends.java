// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.mmsg.engine;

import dev.ringport.linux.abi.Errno;
import dev.ringport.linux.abi.SocketConstants;
import dev.ringport.linux.send.LinuxSendSlot;
import dev.ringport.linux.send.LoopSends;
import dev.ringport.mmsg.abi.MmsgCalls;
import dev.ringport.mmsg.abi.Mmsghdr;
import io.netty.util.concurrent.ThreadAwareExecutor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * The sending channels of one loop. What they submit is sent when the turn's pass over them is over: one call for what
 * stands together of one channel. The results are there when the call returns.
 *
 * <p>A call stops at the first message that fails, which makes order easy: when the send buffer is full, nothing behind
 * the message that found it full has left.
 */
public final class LoopMmsgSends extends LoopSends<MmsgSendSlot> {
    private static final int SLOTS = 256;

    private final MmsgLoopCounters counters;
    private final MemorySegment capture;
    private final MemorySegment headers;
    private final Runnable comeAgain;
    private final MmsgSendSlot[] submitted = new MmsgSendSlot[SLOTS];
    private int count;

    LoopMmsgSends(
            ThreadAwareExecutor executor, MmsgLoopCounters counters, MemorySegment capture, Runnable comeAgain,
            Arena arena) {
        super(executor, counters);
        this.counters = counters;
        this.capture = capture;
        this.comeAgain = comeAgain;
        headers = arena.allocate(SLOTS * Mmsghdr.BYTES, Long.BYTES);
        MemorySegment memory = arena.allocate(SLOTS * LinuxSendSlot.BYTES, Long.BYTES);
        for (int i = SLOTS - 1; i >= 0; i--) {
            add(new MmsgSendSlot(memory, i * LinuxSendSlot.BYTES));
        }
    }

    @Override
    public MemorySegment capture() {
        return capture;
    }

    @Override
    protected boolean hasRoom() {
        return true;
    }

    @Override
    protected boolean hasSubmitted() {
        return count > 0;
    }

    @Override
    protected void submitInTurn() {
        sendSubmitted();
    }

    @Override
    protected void submitAndHandle(boolean atEnd) {
        sendSubmitted();
    }

    @Override
    protected void leftOver() {
        comeAgain.run();
    }

    @Nullable
    MmsgSendSlot claim(MmsgSends channel) {
        MmsgSendSlot slot = super.claim(channel);
        if (slot != null) {
            slot.usedBy(channel);
        }
        return slot;
    }

    void giveBack(MmsgSendSlot slot) {
        slot.usedBy(null);
        release(slot);
    }

    void submit(MmsgSendSlot slot) {
        submitted[count++] = slot;
    }

    void due(MmsgSends channel) {
        toSettle(channel);
    }

    /** The channel is served when the turn ends, or soon. */
    void serveSoon(MmsgSends channel) {
        toSettle(channel);
        enqueue(channel);
        comeAgain.run();
    }

    @SuppressWarnings("ReferenceEquality") // of one channel
    private void sendSubmitted() {
        int all = count;
        count = 0;
        for (int from = 0; from < all;) {
            MmsgSends channel = submitted[from].channel();
            int to = from + 1;
            while (to < all && submitted[to].channel() == channel) {
                to++;
            }
            send(channel, from, to);
            from = to;
        }
    }

    private void send(MmsgSends channel, int from, int to) {
        int fd = channel.fd();
        if (to - from == 1 && submitted[from].isPlain()) {
            int result;
            do {
                counters.sendCalls++;
                result = submitted[from].send(capture, fd);
            } while (result == -Errno.EINTR);
            channel.ended(submitted[from], result);
            return;
        }
        for (int i = from; i < to; i++) {
            submitted[i].write(headers, i * Mmsghdr.BYTES);
        }
        int next = from;
        while (next < to) {
            counters.sendCalls++;
            int result = MmsgCalls.sendmmsg(
                    capture, fd, headers.address() + next * Mmsghdr.BYTES, to - next, SocketConstants.MSG_DONTWAIT);
            if (result > 0) {
                for (int sent = 0; sent < result; sent++) {
                    channel.ended(submitted[next++], 0);
                }
            } else if (result == -Errno.EAGAIN) {
                while (next < to) {
                    channel.ended(submitted[next++], result);
                }
            } else if (result != -Errno.EINTR) {
                // Of the first; those behind it were not tried.
                channel.ended(submitted[next++], result);
            }
        }
    }
}
