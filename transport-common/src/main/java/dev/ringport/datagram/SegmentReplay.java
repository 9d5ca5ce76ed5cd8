// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.datagram;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The datagrams of a segmented send that the system refused, to be sent one after the other by the same operation: so
 * each leaves once, in order, and ahead of what was written later. The slot still owns the payloads.
 */
final class SegmentReplay {
    private final int refusedSegment;
    private final long[] addresses;
    private final int[] lengths;
    private final int[] sequences;
    private final int segmentSize;
    private int piece;
    private int offset;
    private int index;
    private @Nullable Throwable firstCause;

    private SegmentReplay(int refusedSegment, long[] addresses, int[] lengths, int[] sequences, int segmentSize) {
        this.refusedSegment = refusedSegment;
        this.addresses = addresses;
        this.lengths = lengths;
        this.sequences = sequences;
        this.segmentSize = segmentSize;
    }

    /** A train: one buffer a message. */
    static SegmentReplay ofTrain(int refusedSegment, long[] addresses, int[] lengths, int[] sequences, int messages) {
        return new SegmentReplay(
                refusedSegment,
                Arrays.copyOf(addresses, messages),
                Arrays.copyOf(lengths, messages),
                Arrays.copyOf(sequences, messages),
                0);
    }

    /** One segmented packet, whose datagrams need not end where its buffers end. */
    static SegmentReplay ofPacket(
            int refusedSegment, long[] addresses, int[] lengths, int pieces, int segmentSize, int sequence) {
        return new SegmentReplay(
                refusedSegment,
                Arrays.copyOf(addresses, pieces),
                Arrays.copyOf(lengths, pieces),
                new int[]{sequence},
                segmentSize);
    }

    /** From which segment size on the system refused; 0 if it cuts up nothing for this socket. */
    int refusedSegment() {
        return refusedSegment;
    }

    /** Sets the slot to the next datagram. */
    void load(SendSlot slot) {
        slot.clearGathered();
        if (segmentSize == 0) {
            slot.gather(addresses[index], lengths[index]);
            return;
        }
        int missing = segmentSize;
        while (missing > 0 && piece < addresses.length) {
            int length = Math.min(missing, lengths[piece] - offset);
            slot.gather(addresses[piece] + offset, length);
            missing -= length;
            offset += length;
            if (offset == lengths[piece]) {
                piece++;
                offset = 0;
            }
        }
    }

    /** The datagram in flight is over; false when it was the last. */
    boolean advance(OutboundWindow window, @Nullable Throwable cause) {
        if (segmentSize == 0) {
            window.partDone(sequences[index++], cause);
            return index < sequences.length;
        }
        if (firstCause == null) {
            firstCause = cause;
        }
        if (piece < addresses.length) {
            return true;
        }
        window.partDone(sequences[0], firstCause);
        return false;
    }
}
