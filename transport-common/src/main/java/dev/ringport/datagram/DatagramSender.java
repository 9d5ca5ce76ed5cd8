// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.datagram;

import dev.ringport.net.Peer;
import io.netty.channel.ChannelOutboundBuffer;
import java.net.InetSocketAddress;
import java.net.PortUnreachableException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The sending side of one datagram channel: what is in flight, what must be sent again, and in which order.
 *
 * <p>Datagrams leave in the order written (towards each peer; see {@link SegmentationPlanner}). Three things could
 * break it, and each stops the channel's submission until its result is known: a full send buffer, a segmented send of
 * a size that the system has not taken yet on this channel, and the replay of one that it refused. A full send buffer
 * is seen coming: sends are charged by an upper bound of what the system charges, and only the one that no longer fits
 * for certain goes out alone. Used on the loop only.
 */
public final class DatagramSender {
    /** How an operation ended. */
    public enum Outcome {
        /** The system took it. */
        SENT,
        /** The send buffer is full; send it again when there is room. */
        WOULD_BLOCK,
        /** The system does not cut up sends of this socket; the datagrams can be sent one by one. */
        SEGMENTATION_REFUSED,
        /** The system does not cut up sends into segments of this size, such as one above the path's MTU. */
        SEGMENT_TOO_LONG,
        /** It failed for good. */
        FAILED
    }

    /** What the system charges for a datagram or a fragment of one besides its bytes, at most. */
    private static final int CHARGE_FIXED = 1_536;
    /** No fragment of a datagram carries less, but the last: the smallest MTU of IPv6. */
    private static final int FRAGMENT_BYTES = 1_280;

    /** A segment that fits into the smallest MTU of IPv6 with its headers. */
    private static final int SAFE_SEGMENT = 1_232;

    private final OutboundWindow window = new OutboundWindow();
    private final List<SendSlot> again = new ArrayList<>(0);
    private final boolean inet6;
    private SegmentationPlanner planner;
    private SendPort port;
    private @Nullable InetSocketAddress connected;
    private boolean waitingForRoom;
    private boolean closed;
    private boolean automatic = true;
    private boolean goesAlone;
    private boolean more;
    private boolean starved;
    private long room;
    private long orders;
    private int inFlight;
    private long charged;
    private int provenSegment;
    private int refusedSegment = Integer.MAX_VALUE;
    private int alone;
    private int remaining = Integer.MAX_VALUE;
    private int partialOffset;
    private int partialSequence;
    private boolean partial;

    public DatagramSender(SendPort port, SegmentationPlanner planner, boolean inet6) {
        this.port = port;
        this.planner = planner;
        this.inet6 = inet6;
    }

    /** Leaves the loop, with nothing in flight: what waits to be sent again gives its slot back. */
    public void detach() {
        for (int i = 0; i < again.size(); i++) {
            again.set(i, DetachedSlot.of(again.get(i), port));
        }
        waitingForRoom = false;
    }

    /** Goes on at another loop, or at the same one again. */
    public void attach(SendPort to, SegmentationPlanner with) {
        port = to;
        planner = with;
        room = 0;
    }

    /** The channel closes: what is flushed by now is still sent, and nothing after it. */
    void endAfter(ChannelOutboundBuffer in) {
        remaining = in.size() - plannedMessages();
    }

    /** Whether something is left to submit that neither a result nor the socket's room is awaited for. */
    boolean hasMore() {
        return ((more && remaining > 0) || !again.isEmpty()) && !waitingForRoom && !closed;
    }

    /** Where messages without a recipient go; null when the channel is not connected. */
    public void connectedTo(@Nullable InetSocketAddress remote) {
        connected = remote;
    }

    /** Whether runs of plain datagrams leave as segmented sends; packets that the user cut up always may. */
    public void segmentAutomatically(boolean on) {
        automatic = on;
    }

    /** Operations that the system has not completed yet. */
    public int inFlight() {
        return inFlight;
    }

    /** Whether messages at the head of the outbound buffer are taken: they are with the system or wait for it. */
    boolean hasTaken() {
        return window.size() > 0;
    }

    /** Whether the socket's send buffer is full. */
    public boolean isWaitingForRoom() {
        return waitingForRoom;
    }

    /**
     * Submits what it can of the flushed messages.
     *
     * @param maxMessages the most messages to take in this call
     * @return whether it stopped only because of that limit
     */
    public boolean pump(ChannelOutboundBuffer in, int maxMessages) {
        if (closed) {
            return false;
        }
        // Also when it must wait: settle then asks for the pass that is put off here.
        starved = false;
        more = true;
        if (waitingForRoom || alone > 0) {
            return false;
        }
        charged = 0;
        if (!sendAgain()) {
            return false;
        }
        if (window.size() == 0) {
            OutboundWindow.dropCancelled(in);
        }
        int before = plannedMessages();
        more = !planner.plan(this, in, Math.min(maxMessages, remaining));
        if (remaining != Integer.MAX_VALUE) {
            remaining -= plannedMessages() - before;
        }
        return hasMore() && planner.reachedLimit();
    }

    /** In their order, and only while nothing could overtake them; false if some are left. */
    private boolean sendAgain() {
        while (!again.isEmpty()) {
            SendSlot slot = again.get(0);
            if (slot.isReplay()) {
                goesAlone = true;
            } else if (!admit(slot.bytes(), slot.datagrams())) {
                return false;
            }
            if (slot instanceof DetachedSlot) {
                SendSlot attached = port.claim();
                if (attached == null) {
                    starved = true;
                    goesAlone = false;
                    return false;
                }
                slot.moveTo(attached);
                slot = attached;
            }
            again.remove(0);
            slot.nameRecipientUnless(connected);
            submit(slot);
            if (mustPause()) {
                return false;
            }
        }
        return true;
    }

    /** The result of an operation. The caller then calls {@link #settle}. */
    public void completed(SendSlot slot, Outcome outcome, @Nullable Throwable cause) {
        inFlight--;
        if (slot.wentAlone()) {
            slot.wentAlone(false);
            alone--;
        }
        if (closed) {
            releaseSlot(slot);
            return;
        }
        switch (outcome) {
            case WOULD_BLOCK -> {
                // It may wait long: the slot goes back to the other channels of the loop.
                insertAgain(DetachedSlot.of(slot, port));
                if (!waitingForRoom) {
                    waitingForRoom = true;
                    port.awaitWritable();
                }
            }
            case SEGMENTATION_REFUSED -> replay(slot, slot.newReplay(0));
            case SEGMENT_TOO_LONG -> replay(slot, slot.newReplay(slot.segmentSize()));
            case SENT, FAILED -> {
                SegmentReplay replay = slot.replay();
                if (replay != null) {
                    replayed(slot, replay, outcome, cause);
                    return;
                }
                if (cause instanceof PortUnreachableException && slot.messages() > 1) {
                    // The answer to an earlier datagram: without a train it would have cost one message.
                    SegmentReplay rest = slot.newReplay(Integer.MAX_VALUE);
                    slot.replayBy(rest);
                    replayed(slot, rest, outcome, cause);
                    return;
                }
                if (outcome == Outcome.SENT && slot.segmentSize() > 0) {
                    provenSegment = Math.max(provenSegment, slot.segmentSize());
                    slot.proveSegment();
                }
                for (int i = 0; i < slot.messages(); i++) {
                    window.partDone(slot.sequence(i), cause);
                }
                releaseSlot(slot);
            }
        }
    }

    private void replay(SendSlot slot, SegmentReplay replay) {
        slot.replayBy(replay);
        replay.load(slot);
        insertAgain(slot);
    }

    private void replayed(SendSlot slot, SegmentReplay replay, Outcome outcome, @Nullable Throwable cause) {
        if (outcome == Outcome.SENT) {
            // Only now it is certain that cutting up was refused, and not the recipient.
            refusedSegment = Math.min(refusedSegment, replay.refusedSegment());
        }
        if (replay.advance(window, cause)) {
            replay.load(slot);
            insertAgain(slot);
        } else {
            releaseSlot(slot);
        }
    }

    /**
     * Completes the promises of the finished prefix. To be called after each batch of results, and after a
     * {@link #pump} that left nothing in flight.
     *
     * @return whether {@link #pump} has something to do
     */
    public boolean settle(ChannelOutboundBuffer in) {
        window.removeFinished(in);
        if (window.size() == 0) {
            OutboundWindow.dropCancelled(in);
        }
        // A listener may have flushed: its flush returned at once if it came inside of one.
        more |= in.size() > plannedMessages();
        return hasMore() && alone == 0 && !starved;
    }

    /** Whether promises are being completed right now, by a call further up the stack. */
    public boolean isSettling() {
        return window.isRemoving();
    }

    /** The socket takes data again. */
    public void writable() {
        waitingForRoom = false;
        room = 0;
    }

    /** The outbound buffer has gone: what is not with the system is given back, results still to come are ignored. */
    public void close() {
        closed = true;
        window.abandon();
        for (SendSlot slot : again) {
            slot.releaseOwned();
            if (!(slot instanceof DetachedSlot)) {
                port.release(slot);
            }
        }
        again.clear();
    }

    private void insertAgain(SendSlot slot) {
        int index = again.size();
        while (index > 0 && again.get(index - 1).order() > slot.order()) {
            index--;
        }
        again.add(index, slot);
    }

    private void releaseSlot(SendSlot slot) {
        slot.releaseOwned();
        port.release(slot);
    }

    // What follows is the planner's side.

    boolean isInet6() {
        return inet6;
    }

    int plannedMessages() {
        return window.size() - (partial ? 1 : 0);
    }

    @Nullable
    InetSocketAddress connectedTo() {
        return connected;
    }

    /** Whether nothing more may be submitted before the result of what was submitted is known. */
    boolean mustPause() {
        return alone > 0 || window.isFull();
    }

    boolean maySegment(int size) {
        return size < refusedSegment && port.canSegment();
    }

    boolean mayBeginTrain(int size) {
        return automatic && size > 0 && !goesAlone && maySegment(size);
    }

    /** A free slot, with room in the send buffer for what it is to carry, or null: then the pass ends. */
    @Nullable
    SendSlot claim(Peer peer, boolean viaConnect, int bytes, int datagrams) {
        if (!admit(bytes, datagrams)) {
            return null;
        }
        SendSlot slot = port.claim();
        if (slot == null) {
            goesAlone = false;
            starved = true;
            return null;
        }
        slot.begin(this, peer, viaConnect);
        slot.order(orders++);
        return slot;
    }

    void unclaim(SendSlot slot) {
        goesAlone = false;
        releaseSlot(slot);
    }

    /**
     * Charges a send. When it might not fit it goes alone, with nothing else of this channel on its way: an operation
     * that fails for want of room must not be overtaken by one that finds room a moment later.
     */
    boolean admit(int bytes, int datagrams) {
        if (goesAlone) {
            return false;
        }
        long charge = 2L * bytes + (long) (datagrams + bytes / FRAGMENT_BYTES) * CHARGE_FIXED;
        boolean nothingOut = inFlight == 0 && charged == 0;
        if (room < charge && nothingOut) {
            // Asked only now: what is prepared or under way the system may not count yet.
            room = port.sendBufferRoom();
        }
        if (room >= charge) {
            room -= charge;
            charged += charge;
            return true;
        }
        if (nothingOut) {
            goesAlone = true;
            return true;
        }
        return false;
    }

    void submit(SendSlot slot) {
        inFlight++;
        if (goesAlone) {
            // It was not charged: what is left behind it must be asked for.
            room = 0;
        }
        if (goesAlone || mayBeRefused(slot)) {
            slot.wentAlone(true);
            alone++;
            goesAlone = false;
        }
        port.submit(slot);
    }

    /** What the system has cut up before, on this socket and, above the least MTU, on this path, it does again. */
    private boolean mayBeRefused(SendSlot slot) {
        int size = slot.segmentSize();
        return size > provenSegment || (size > SAFE_SEGMENT && !slot.isSegmentProven());
    }

    int takeNext() {
        return window.add();
    }

    /** The message that is being planned cannot be sent; of a segmented packet a part may have left. */
    void failCurrent(Throwable cause) {
        if (partial) {
            failPartial(cause);
            return;
        }
        window.partDone(window.add(), cause);
    }

    /** How far a segmented packet is planned that an earlier pass began. */
    int partialOffset() {
        if (!partial) {
            partial = true;
            partialOffset = 0;
            partialSequence = window.add();
        }
        return partialOffset;
    }

    void leavePartial(int offset) {
        partialOffset = offset;
    }

    int takePart() {
        window.expectPart(partialSequence);
        return partialSequence;
    }

    void finishPartial() {
        partial = false;
        window.partDone(partialSequence, null);
    }

    void failPartial(Throwable cause) {
        partial = false;
        window.partDone(partialSequence, cause);
    }
}
