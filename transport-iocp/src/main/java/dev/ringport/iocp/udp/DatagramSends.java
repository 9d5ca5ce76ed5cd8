// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.iocp.udp;

import dev.ringport.datagram.send.DatagramSender.Outcome;
import dev.ringport.datagram.send.SendEngine;
import dev.ringport.datagram.send.SendOperation;
import dev.ringport.datagram.send.SendSlot;
import dev.ringport.iocp.abi.WindowsErrors;
import dev.ringport.iocp.loop.CompletionLoop;
import dev.ringport.iocp.loop.LoopCounters;
import dev.ringport.iocp.loop.LoopHandle;
import dev.ringport.iocp.loop.OverlappedSocket;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The sends of one channel as overlapped operations. Those that are started in order leave in order; so when Windows has
 * no buffers for one, none behind it is tried before it was tried again. There is no telling when buffers are free:
 * another attempt is made when a send of the channel has left, or after a while. On the loop only.
 */
final class DatagramSends implements SendEngine {
    /** The most sends of one channel that Windows has at a time. */
    private static final int MAX_SENDS = 256;
    /** The most segments that Windows makes of one send. */
    static final int MAX_SEGMENTS = 512;
    private static final int MAX_DELAY_SHIFT = 6;
    /** Refusals in a row, some seconds, after which a datagram fails. */
    private static final int MAX_REFUSALS = 64;

    /** The wait for buffers. */
    private enum Wait {
        /** None. */
        NONE,
        /** Until a send of the channel has left, or the timer has run. */
        WAITING,
        /** That is so; it ends when those behind the refused one were told of. */
        DUE,
        /** The channel has left the loop: there is none any more. */
        DETACHED
    }

    private final OverlappedDatagramChannel channel;
    private final OverlappedSocket socket;
    private final CompletionLoop loop;
    private final DatagramOffloads offloads;
    private final ArrayDeque<OverlappedSendSlot> free = new ArrayDeque<>();
    private @Nullable Future<?> retry;
    private int claimed;
    private int refusals;
    /** Given up behind a refused one, and not told of it yet. */
    private int untold;
    private Wait wait = Wait.NONE;
    /** Windows had no buffers for one: what is submitted behind it is given up without a call. */
    private boolean refusing;
    /** A pass found the budget used up, or no memory for another slot. */
    private boolean starved;

    DatagramSends(OverlappedDatagramChannel channel, OverlappedSocket socket, DatagramOffloads offloads) {
        this.channel = channel;
        this.socket = socket;
        this.offloads = offloads;
        loop = channel.atLoop().loop();
    }

    @Override
    public @Nullable SendSlot claim() {
        if (claimed == MAX_SENDS) {
            starved = true;
            return null;
        }
        OverlappedSendSlot slot = free.poll();
        if (slot == null) {
            try {
                slot = new OverlappedSendSlot(this, channel.atLoop());
            } catch (OutOfMemoryError noMemory) {
                starved = true;
                if (!isWaiting()) {
                    awaitWritable();
                }
                return null;
            }
        }
        claimed++;
        return slot;
    }

    @Override
    public void release(SendSlot slot) {
        claimed--;
        OverlappedSendSlot released = (OverlappedSendSlot) slot;
        if (wait == Wait.DETACHED) {
            released.free();
        } else {
            free.push(released);
        }
    }

    @Override
    public void submit(SendSlot slot, SendOperation operation) {
        OverlappedSendSlot send = (OverlappedSendSlot) slot;
        if (refusing) {
            untold++;
            send.abandon(WindowsErrors.WSAENOBUFS);
            return;
        }
        loop.counters().sendCalls++;
        int result = send.start(operation, socket, loop.port());
        refusing = result != 0 && result != -WindowsErrors.WSA_IO_PENDING && isRefusal(-result);
    }

    @Override
    public long sendBufferRoom() {
        return Long.MAX_VALUE;
    }

    @Override
    public boolean canSegment() {
        return offloads.canSegment();
    }

    @Override
    public int maxSegments() {
        return MAX_SEGMENTS;
    }

    /** Windows would send, but NIO does not. */
    @Override
    public boolean sendsPastConnection() {
        return false;
    }

    private boolean isRefusal(int code) {
        return switch (WindowsErrors.fromWin32(code)) {
            case WindowsErrors.WSAENOBUFS, WindowsErrors.WSAEWOULDBLOCK -> true;
            // Of an earlier datagram: it says nothing about this one, which has not left. Only if nobody reads there is
            // no other way to tell of it.
            default -> isReset(code) && (!channel.isConnected() || channel.isReceiving());
        };
    }

    private static boolean isReset(int code) {
        return switch (WindowsErrors.fromWin32(code)) {
            case WindowsErrors.WSAECONNRESET, WindowsErrors.WSAENETRESET, WindowsErrors.WSAECONNREFUSED,
                    WindowsErrors.ERROR_PORT_UNREACHABLE ->
                true;
            default -> false;
        };
    }

    /** The result of a send. */
    void completed(OverlappedSendSlot slot, int code) {
        LoopCounters counters = loop.counters();
        SendOperation operation = slot.operation();
        Outcome outcome = outcome(slot, code);
        IOException cause = null;
        if (!slot.wasAttempted()) {
            untold--;
        }
        switch (outcome) {
            case SENT -> {
                refusals = 0;
                if (operation.segmentSize() > 0) {
                    counters.datagramsSegmented += operation.datagrams();
                }
            }
            case WOULD_BLOCK -> counters.sendsDelayed++;
            case ANSWERED, TOO_LONG, FAILED -> {
                if (operation.wasTriedAgain()) {
                    counters.segmentationRefused++;
                }
                cause = channel.isConnected()
                        ? WindowsErrors.datagramException("WSASend", code)
                        : WindowsErrors.exception("WSASendTo", code);
            }
        }
        if (cause != null && untold == 0 && isRefusal(code)) {
            // Nothing behind it that would be told to wait.
            refusing = false;
        }
        operation.sender().completed(slot, outcome, cause);
        if (wait == Wait.DETACHED) {
            return;
        }
        if (outcome == Outcome.WOULD_BLOCK && isReset(code) && channel.isConnected()) {
            channel.unreachable(WindowsErrors.datagramException("WSASend", code));
        }
        channel.sendEnded();
        if ((isWaiting() && outcome == Outcome.SENT) || (wait == Wait.DUE && untold == 0)) {
            tryAgain();
        }
    }

    /** What ends in a pass that found the budget used up frees it for another. */
    boolean takeStarved() {
        boolean was = starved && claimed < MAX_SENDS;
        starved &= !was;
        return was;
    }

    private Outcome outcome(OverlappedSendSlot slot, int code) {
        if (code == 0) {
            return Outcome.SENT;
        }
        if (isRefusal(code)) {
            if (slot.wasAttempted() && ++refusals > MAX_REFUSALS) {
                return Outcome.FAILED;
            }
            return Outcome.WOULD_BLOCK;
        }
        return switch (WindowsErrors.fromWin32(code)) {
            case WindowsErrors.WSAEMSGSIZE -> Outcome.TOO_LONG;
            case WindowsErrors.WSAENETUNREACH, WindowsErrors.WSAEHOSTUNREACH -> Outcome.ANSWERED;
            default -> isReset(code) ? Outcome.ANSWERED : Outcome.FAILED;
        };
    }

    @Override
    public void awaitWritable() {
        if (wait == Wait.DETACHED) {
            return;
        }
        if (wait == Wait.NONE) {
            wait = Wait.WAITING;
        }
        long delay = 1L << Math.min(refusals, MAX_DELAY_SHIFT);
        retry = channel.eventLoop().schedule(this::tryAgain, delay, TimeUnit.MILLISECONDS);
    }

    private void tryAgain() {
        if (!isWaiting()) {
            return;
        }
        if (untold > 0) {
            // What is planned next would overtake them.
            wait = Wait.DUE;
            return;
        }
        endWait();
        refusing = false;
        channel.roomAwaited();
        channel.settleSends();
    }

    /** As {@link LoopHandle#retryWhileEnding}: the end of the loop has a bound of its own. */
    boolean retryWhileEnding() {
        refusals = Math.min(refusals, MAX_REFUSALS - 1);
        tryAgain();
        return isWaiting();
    }

    private void endWait() {
        if (isWaiting()) {
            wait = Wait.NONE;
        }
        Future<?> timer = retry;
        retry = null;
        if (timer != null) {
            timer.cancel(false);
        }
    }

    /** Whether a send waits for buffers. */
    boolean isWaiting() {
        return wait == Wait.WAITING || wait == Wait.DUE;
    }

    /** No further attempt is made. */
    void cancelWait() {
        endWait();
    }

    /** The channel leaves its loop: memory goes back, that of sends under way when they have ended. */
    void detach() {
        endWait();
        wait = Wait.DETACHED;
        for (OverlappedSendSlot slot : free) {
            slot.free();
        }
        free.clear();
    }
}
