// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.examples.soak;

import dev.ringport.examples.OwnedCounter;
import io.netty.buffer.ByteBuf;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * A flow as its sender knows it. What was sent belongs to the thread that writes just now, what was acknowledged to the
 * loop; they may be one.
 */
final class OutgoingFlow {
    /** An acknowledgement is asked for each time this part of the window was sent. */
    private static final int ASK_PARTS = 4;

    private final int id;
    private final @Nullable InetSocketAddress recipient;
    private final int window;
    private final OwnedCounter sent = new OwnedCounter();
    private final OwnedCounter acknowledgedSequence = new OwnedCounter();
    private long next;
    private int unnumbered;
    private long charge;
    private long asked;
    private long acknowledged;
    private volatile boolean ended;

    /**
     * A flow of which nothing is sent yet.
     *
     * @param recipient null if the channel is connected to it
     * @param window the charge that may be on its way
     */
    OutgoingFlow(int id, @Nullable InetSocketAddress recipient, int window) {
        this.id = id;
        this.recipient = recipient;
        this.window = window;
    }

    /** Appends its next datagram. One shorter than a header has no number. */
    void write(ByteBuf to, int length, Wire wire) {
        charge += Wire.charge(length);
        sent.add(1);
        if (length < Wire.HEADER_BYTES) {
            Wire.writeUnnumbered(to, length, unnumbered++);
        } else {
            boolean ask = charge - asked >= window / ASK_PARTS;
            writeNumbered(to, length, ask, wire);
        }
    }

    /** Appends a small one that asks for an acknowledgement. */
    void writeAsking(ByteBuf to, Wire wire) {
        charge += Wire.charge(Wire.HEADER_BYTES);
        sent.add(1);
        writeNumbered(to, Wire.HEADER_BYTES, true, wire);
    }

    private void writeNumbered(ByteBuf to, int length, boolean ask, Wire wire) {
        if (ask) {
            asked = charge;
        }
        wire.write(to, Wire.Kind.DATA, ask, id, length, next++, charge, unnumbered);
    }

    /** Appends what tells the flow's end. */
    void writeEnd(ByteBuf to, Wire wire) {
        wire.write(to, Wire.Kind.END, true, id, Wire.HEADER_BYTES, next, charge, unnumbered);
    }

    /** Whether so much more may be sent now. */
    boolean takes(long more) {
        return more == 0 || isAcknowledged() || charge - acknowledged + more <= window;
    }

    boolean isAcknowledged() {
        return acknowledged == charge;
    }

    /** Whether an acknowledgement of all that was sent is asked for. */
    boolean hasAskedForAll() {
        return asked == charge;
    }

    /** So much has arrived. False if that is less than before: acknowledgements are a flow themselves. */
    boolean acknowledge(long sequence, long soFar) {
        boolean inOrder = soFar >= acknowledged && sequence >= acknowledgedSequence.get();
        if (inOrder) {
            acknowledged = soFar;
            acknowledgedSequence.add(sequence - acknowledgedSequence.get());
        }
        return inOrder;
    }

    void end() {
        ended = true;
    }

    int id() {
        return id;
    }

    @Nullable
    InetSocketAddress recipient() {
        return recipient;
    }

    /** The next sequence. */
    long next() {
        return next;
    }

    /** Whether the receiver knows that nothing follows. From any thread. */
    boolean hasEnded() {
        return ended;
    }

    /** Datagrams with and without a number. From any thread. */
    long sent() {
        return sent.get();
    }

    /** The sequence that the receiver expects. From any thread. */
    long acknowledgedSequence() {
        return acknowledgedSequence.get();
    }
}
