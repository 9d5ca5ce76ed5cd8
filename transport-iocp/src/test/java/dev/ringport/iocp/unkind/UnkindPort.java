// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.iocp.unkind;

import dev.ringport.ffm.NativeMemory;
import dev.ringport.iocp.abi.OverlappedEntry;
import dev.ringport.iocp.abi.WindowsErrors;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * A completion port and the packets that its loop is not given yet. What was queued by hand, and packets of operations of
 * which the program knows that they have ended, come in their order; all others when it pleases.
 */
final class UnkindPort {
    /** What the system's port is asked. */
    interface Source {
        /** How many packets were written, or a negated code. */
        int take(int millis) throws Throwable;
    }

    /** A cancellation that is to be carried out. */
    interface Cancellation {
        void carryOut();
    }

    private record Packet(long key, long overlapped, long status, int bytes) {
        static Packet read(MemorySegment entries, long at) {
            return new Packet(
                    entries.get(ValueLayout.JAVA_LONG, at), entries.get(ValueLayout.JAVA_LONG, at + 8),
                    entries.get(ValueLayout.JAVA_LONG, at + 16), entries.get(ValueLayout.JAVA_INT, at + 24));
        }

        void write(MemorySegment entries, long at) {
            entries.set(ValueLayout.JAVA_LONG, at, key);
            entries.set(ValueLayout.JAVA_LONG, at + 8, overlapped);
            entries.set(ValueLayout.JAVA_LONG, at + 16, status);
            entries.set(ValueLayout.JAVA_INT, at + 24, bytes);
        }
    }

    private static final class Late {
        final Packet packet;
        int turns;

        Late(Packet packet, int turns) {
            this.packet = packet;
            this.turns = turns;
        }
    }

    private static final class LateCancel {
        final Cancellation cancellation;
        int turns;

        LateCancel(Cancellation cancellation, int turns) {
            this.cancellation = cancellation;
            this.turns = turns;
        }
    }

    private static final int MOST_TURNS = 4;

    private final Chances chances;
    private final Map<Long, Begun> begun = new HashMap<>();
    /** By OVERLAPPED: how many packets come whose operations' calls have told their ends. */
    private final Map<Long, Integer> toSwallow = new HashMap<>();
    private final ArrayDeque<Packet> inOrder = new ArrayDeque<>();
    private final List<Late> late = new ArrayList<>();
    private final Map<Long, LateCancel> cancels = new HashMap<>();

    UnkindPort(Chances chances) {
        this.chances = chances;
    }

    /** An operation is under way, or has ended and its packet follows. */
    synchronized void began(long overlapped, Begun operation) {
        begun.put(overlapped, operation);
    }

    /** The call told the end, of which a packet is on its way all the same. */
    synchronized void swallow(long overlapped) {
        begun.remove(overlapped);
        toSwallow.merge(overlapped, 1, Integer::sum);
    }

    /** The call failed, or ended without a packet. */
    synchronized void ended(long overlapped) {
        begun.remove(overlapped);
    }

    /** A packet for an operation that ended without one. */
    synchronized void hold(UnkindSocket socket, long overlapped, long status, int bytes) {
        late.add(new Late(new Packet(socket.key, overlapped, status, bytes), turns()));
    }

    private int turns() {
        return chances.take(Unkindness.DELAYED) ? 1 + chances.next(Unkindness.DELAYED, MOST_TURNS) : 0;
    }

    /** Whether the operation has ended and only its packet is waited for. */
    synchronized boolean isHeld(long overlapped) {
        return late.stream().anyMatch(held -> held.packet.overlapped == overlapped);
    }

    /** Carries it out after some turns, unless the operation has ended by then. */
    synchronized void cancelLater(long overlapped, Cancellation cancellation) {
        cancels.putIfAbsent(
                overlapped, new LateCancel(cancellation, 1 + chances.next(Unkindness.LATE_CANCEL, MOST_TURNS)));
    }

    /** Whether an operation of the socket waits for data of a stream. The socket's late cancellations are forgotten. */
    synchronized boolean closing(long socket) {
        boolean receives = false;
        for (Map.Entry<Long, Begun> entry : begun.entrySet()) {
            if (entry.getValue().socket() == socket) {
                cancels.remove(entry.getKey());
                receives |= entry.getValue().receivesStream() && !isHeld(entry.getKey());
            }
        }
        return receives;
    }

    /** As GetQueuedCompletionStatusEx. */
    int take(Source source, long entriesAt, int most, int millis) throws Throwable {
        MemorySegment entries = NativeMemory.at(entriesAt, most * OverlappedEntry.BYTES);
        long start = System.nanoTime();
        while (true) {
            long gone = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
            int rest = millis < 0 ? millis : (int) Math.max(0, millis - gone);
            int count = source.take(isNothingHeld() ? rest : 0);
            if (count < 0 && count != -WindowsErrors.WAIT_TIMEOUT) {
                return count;
            }
            int given = giveSome(entries, Math.max(0, count), most);
            if (given > 0) {
                return given;
            }
            if (millis >= 0 && (rest == 0 || count > 0)) {
                return -WindowsErrors.WAIT_TIMEOUT;
            }
        }
    }

    private synchronized boolean isNothingHeld() {
        return inOrder.isEmpty() && late.isEmpty() && cancels.isEmpty();
    }

    private int giveSome(MemorySegment entries, int count, int most) {
        List<Cancellation> due = new ArrayList<>();
        int given;
        synchronized (this) {
            for (int i = 0; i < count; i++) {
                arrived(Packet.read(entries, i * OverlappedEntry.BYTES));
            }
            given = give(entries, most);
            for (Iterator<LateCancel> each = cancels.values().iterator(); each.hasNext();) {
                LateCancel next = each.next();
                if (next.turns-- <= 0) {
                    each.remove();
                    due.add(next.cancellation);
                }
            }
        }
        due.forEach(Cancellation::carryOut);
        return given;
    }

    private void arrived(Packet packet) {
        Integer stale = toSwallow.get(packet.overlapped);
        if (stale != null) {
            // It was queued before any of a later operation with the same memory.
            if (stale == 1) {
                toSwallow.remove(packet.overlapped);
            } else {
                toSwallow.put(packet.overlapped, stale - 1);
            }
            return;
        }
        Begun operation = begun.get(packet.overlapped);
        if (operation != null && operation.toldPending()) {
            late.add(new Late(packet, turns()));
        } else {
            inOrder.add(packet);
        }
        cancels.remove(packet.overlapped);
    }

    private int give(MemorySegment entries, int most) {
        List<Packet> ripe = new ArrayList<>();
        for (Iterator<Late> each = late.iterator(); each.hasNext() && ripe.size() < most;) {
            Late next = each.next();
            if (next.turns-- <= 0) {
                each.remove();
                ripe.add(next.packet);
            }
        }
        boolean shuffle = ripe.size() > 1 && chances.take(Unkindness.SHUFFLED);
        int given = 0;
        while (given < most && !(ripe.isEmpty() && inOrder.isEmpty())) {
            Packet packet = inOrder.poll();
            if (packet == null) {
                packet = ripe.remove(shuffle ? chances.next(Unkindness.SHUFFLED, ripe.size()) : 0);
            }
            begun.remove(packet.overlapped);
            packet.write(entries, given * OverlappedEntry.BYTES);
            given++;
        }
        // No room left for these.
        for (Packet packet : ripe) {
            late.addFirst(new Late(packet, 0));
        }
        return given;
    }
}
