// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.examples.soak;

import dev.ringport.examples.OwnedCounter;
import io.netty.buffer.ByteBuf;
import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;

/** Looks at the datagrams of one flow, from one sending channel to one receiving one, in the order of arrival. */
final class FlowChecker {
    private static final int MAX_REMEMBERED = 100_000;

    private final int id;
    private final InetSocketAddress sender;
    private final Faults faults;
    private final OwnedCounter received = new OwnedCounter();
    private final OwnedCounter lost = new OwnedCounter();
    private final OwnedCounter receivedUnnumbered = new OwnedCounter();
    /** Passed over; they may come late. */
    private final Set<Long> missing = new HashSet<>();

    private long next;
    private int unnumbered;
    private long charge;
    private boolean asked;
    private volatile boolean ended;

    FlowChecker(int id, InetSocketAddress sender, Faults faults) {
        this.id = id;
        this.sender = sender;
        this.faults = faults;
    }

    /**
     * A datagram with a number has arrived.
     *
     * @param unnumberedBefore how many unnumbered ones the flow had before it
     */
    void numbered(long sequence, int unnumberedBefore) {
        if (sequence < next) {
            if (missing.remove(sequence)) {
                faults.add(Faults.Kind.OUT_OF_ORDER, id, sequence, "arrived after " + (next - 1));
                lost.add(-1);
                received.add(1);
            } else {
                faults.add(Faults.Kind.DUPLICATE, id, sequence, "arrived again, after " + (next - 1));
            }
            return;
        }
        passOver(sequence);
        next = sequence + 1;
        received.add(1);
        passOverUnnumbered(unnumberedBefore, sequence);
    }

    /** A datagram without a number has arrived. */
    void unnumbered(ByteBuf content) {
        byte[] bytes = new byte[content.readableBytes()];
        content.getBytes(content.readerIndex(), bytes);
        if (bytes.length > 0) {
            int ahead = (bytes[0] - unnumbered) & 0xff;
            lost.add(ahead);
            unnumbered += ahead;
        }
        if (!Arrays.equals(bytes, Wire.unnumberedBytes(bytes.length, unnumbered))) {
            faults.add(
                    Faults.Kind.CORRUPT, id, Faults.NONE,
                    "unnumbered datagram " + unnumbered + ", of " + bytes.length + " bytes");
        }
        unnumbered++;
        receivedUnnumbered.add(1);
    }

    /** The sender says that it has sent all, and how many those are. */
    void end(long sequences, int unnumberedInAll) {
        if (ended) {
            return;
        }
        if (sequences < next) {
            faults.add(Faults.Kind.DUPLICATE, id, next - 1, "arrived, but only " + sequences + " were sent");
        } else {
            passOver(sequences);
            next = sequences;
        }
        passOverUnnumbered(unnumberedInAll, sequences);
        ended = true;
    }

    private void passOver(long sequence) {
        lost.add(sequence - next);
        for (long i = next; i < sequence && missing.size() < MAX_REMEMBERED; i++) {
            missing.add(i);
        }
    }

    private void passOverUnnumbered(int before, long sequence) {
        if (before < unnumbered) {
            faults.add(
                    Faults.Kind.DUPLICATE, id, sequence,
                    unnumbered + " unnumbered datagrams arrived before it, but only " + before + " were sent");
        } else {
            lost.add(before - unnumbered);
        }
        unnumbered = before;
    }

    /** Takes over the charge that a datagram's header tells, and whether it asks for an acknowledgement. */
    void charged(long soFar, boolean ask) {
        charge = Math.max(charge, soFar);
        asked |= ask;
    }

    /** Whether an acknowledgement was asked for since the last time. */
    boolean takeAsked() {
        boolean was = asked;
        asked = false;
        return was;
    }

    int id() {
        return id;
    }

    InetSocketAddress sender() {
        return sender;
    }

    /** The sequence that is expected. */
    long next() {
        return next;
    }

    long charge() {
        return charge;
    }

    /** Whether the sender's end has arrived. From any thread. */
    boolean hasEnded() {
        return ended;
    }

    /** Datagrams with a number, each counted once. From any thread. */
    long received() {
        return received.get();
    }

    /** Datagrams without a number. From any thread. */
    long receivedUnnumbered() {
        return receivedUnnumbered.get();
    }

    /** Datagrams of both kinds that were passed over and have not come. From any thread. */
    long lost() {
        return lost.get();
    }
}
