// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.iocp.udp;

import dev.ringport.ffm.NativeCalls;
import dev.ringport.iocp.loop.SocketOperation;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/**
 * A packet of one's own behind all that are in the port: when it comes, what was there before has been taken. So one can
 * tell whether a call that ended at once has left a packet.
 */
final class PortCheck extends SocketOperation {
    private static final int PAUSE_MILLIS = 10;

    private final OverlappedDatagramChannel channel;
    private final List<Runnable> waiting = new ArrayList<>();
    private final Runnable again = this::postAgain;
    private int asked;
    private boolean detached;

    PortCheck(OverlappedDatagramChannel channel) {
        super(channel.atLoop(), 0);
        this.channel = channel;
    }

    /** Runs a task when all packets that are in the port now were handled. */
    void run(Runnable task) {
        waiting.add(task);
        post();
    }

    private void postAgain() {
        loop().removeRetry(again);
        post();
    }

    private void post() {
        if (isInFlight() || waiting.isEmpty()) {
            return;
        }
        asked = waiting.size();
        long overlapped = begin();
        int result = loop().calls().kernel32().postQueuedCompletionStatus(
                NativeCalls.threadCapture(), loop().port().handle(), 0, 0, overlapped);
        started(result, result == 0, 0);
    }

    @Override
    protected void ended(int endCode, int transferred) {
        if (endCode != 0) {
            // It was not queued, so it says nothing about what was.
            loop().addRetry(again);
            Future<?> _ = channel.eventLoop().schedule(again, PAUSE_MILLIS, TimeUnit.MILLISECONDS);
            return;
        }
        // Those that came while the packet was under way need another: it was queued before their calls.
        List<Runnable> now = List.copyOf(waiting.subList(0, asked));
        waiting.subList(0, asked).clear();
        now.forEach(Runnable::run);
        post();
        if (!detached) {
            channel.sendEnded();
        } else if (waiting.isEmpty()) {
            dispose();
        }
    }

    /** The channel leaves its loop; what was asked is still answered. */
    void detach() {
        detached = true;
        if (waiting.isEmpty()) {
            dispose();
        }
    }
}
