// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.benchmarks;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.TimeUnit;

import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;

/**
 * A number of datagrams outstanding, each sent again, from the next peer, as soon as it has come back. Trains leave
 * whole or not at all, so that a slow server does not get shorter ones than a fast one. What has not come back after
 * {@value #LOST_MILLIS} ms is lost and replaced.
 *
 * <p>A datagram carries its slot and how often the slot was used; a late one is told by that.
 */
final class EchoLoad extends Load {
    static final int LOST_MILLIS = 200;

    private static final long LOST_NANOS = TimeUnit.MILLISECONDS.toNanos(LOST_MILLIS);
    private static final long SWEEP_NANOS = TimeUnit.MILLISECONDS.toNanos(20);
    /** A socket with UDP_GRO gets up to 64 KiB at once. */
    private static final int TRAIN_ROOM = 1 << 16;

    private final int peers;
    private final int train;
    private final int[] uses;
    private final long[] sentAt;
    private final boolean[] outstanding;
    private final int[] free;
    private int freeCount;
    private int nextPeer;
    private final OwnedCounter answered = new OwnedCounter();
    private final OwnedCounter lost = new OwnedCounter();

    EchoLoad(int serverPort, int peers, int window, int train) throws IOException {
        super(new LoadSocket(train * DATAGRAM_BYTES, train > 1 ? TRAIN_ROOM : 2 * DATAGRAM_BYTES, peers > 1));
        this.peers = peers;
        this.train = train;
        uses = new int[window];
        sentAt = new long[window];
        outstanding = new boolean[window];
        free = new int[window];
        for (int slot = 0; slot < window; slot++) {
            free[freeCount++] = slot;
        }
        LoadSocket socket = socket();
        socket.fill((byte) 0);
        socket.sendTo(serverPort);
        if (train > 1) {
            socket.sendTrainsOf(DATAGRAM_BYTES);
            socket.receiveTrains();
        }
    }

    @Override
    void run() throws IOException {
        long swept = System.nanoTime();
        while (!isStopped()) {
            long now = System.nanoTime();
            if (now - swept > SWEEP_NANOS) {
                swept = now;
                replaceLost(now);
            }
            int came = receive();
            int left = send(now);
            if (came == 0 && left == 0) {
                Thread.onSpinWait();
            }
        }
    }

    private int receive() throws IOException {
        LoadSocket socket = socket();
        int messages = socket.receive();
        MemorySegment payloads = socket.inPayloads();
        int came = 0;
        for (int message = 0; message < messages; message++) {
            long start = socket.inOffset(message);
            long end = start + socket.inBytes(message);
            for (long at = start; at + DATAGRAM_BYTES <= end; at += DATAGRAM_BYTES) {
                int slot = payloads.get(JAVA_INT_UNALIGNED, at);
                int use = payloads.get(JAVA_INT_UNALIGNED, at + Integer.BYTES);
                if (slot >= 0 && slot < uses.length && outstanding[slot] && uses[slot] == use) {
                    outstanding[slot] = false;
                    free[freeCount++] = slot;
                    came++;
                }
            }
        }
        if (came > 0) {
            answered.add(came);
        }
        return came;
    }

    private int send(long now) throws IOException {
        LoadSocket socket = socket();
        int all = 0;
        int messages;
        int taken;
        do {
            messages = Math.min(freeCount / train, LoadSocket.BATCH);
            for (int message = 0; message < messages; message++) {
                fill(message);
            }
            taken = messages == 0 ? 0 : socket.send(messages);
            for (int i = 0; i < taken * train; i++) {
                int slot = free[--freeCount];
                outstanding[slot] = true;
                sentAt[slot] = now;
                uses[slot]++;
            }
            all += taken;
        } while (taken == LoadSocket.BATCH);
        return all;
    }

    /** A message takes its slots from the end of the free ones. */
    private void fill(int message) {
        LoadSocket socket = socket();
        MemorySegment payloads = socket.outPayloads();
        long at = socket.outOffset(message);
        for (int i = 0; i < train; i++) {
            int slot = free[freeCount - 1 - message * train - i];
            payloads.set(JAVA_INT_UNALIGNED, at, slot);
            payloads.set(JAVA_INT_UNALIGNED, at + Integer.BYTES, uses[slot] + 1);
            at += DATAGRAM_BYTES;
        }
        socket.prepare(message, train * DATAGRAM_BYTES);
        if (peers > 1) {
            socket.from(message, nextPeer);
            nextPeer = nextPeer + 1 == peers ? 0 : nextPeer + 1;
        }
    }

    private void replaceLost(long now) {
        int gone = 0;
        for (int slot = 0; slot < uses.length; slot++) {
            if (outstanding[slot] && now - sentAt[slot] > LOST_NANOS) {
                outstanding[slot] = false;
                free[freeCount++] = slot;
                gone++;
            }
        }
        if (gone > 0) {
            lost.add(gone);
        }
    }

    @Override
    Message counted(Message answer) {
        return answer.with("arrived", answered.get()).with("lost", lost.get());
    }
}
