// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.datagram.send;

import io.netty.channel.ChannelOutboundBuffer;
import java.net.InetSocketAddress;
import java.util.HashSet;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The sending side of one datagram channel: what waits, what is under way, and in which order.
 *
 * <p>Flushed messages become operations ({@link TrainBuilder}), which wait in a queue in the order written and are
 * submitted from its head. Datagrams to one peer leave in the order written, whatever fails:
 * <ul>
 * <li>nothing to a peer is submitted while a train to it is under way, because a train may be refused and is then sent
 * again;
 * <li>a full send buffer is seen coming: sends are charged as the system charges them, and only one that no longer fits
 * for certain goes out, alone;
 * <li>what failed goes back to its place in the queue.
 * </ul>
 *
 * <p>A train that fails is tried once more as a train, since its error may be the answer to an earlier datagram; if it
 * fails again, its datagrams are sent one by one, and the path is known to refuse it once one of them has left. So a
 * promise fails only if its own datagram was refused by itself. Used on the loop only.
 */
public final class DatagramSender {
    /** How an operation ended. */
    public enum Outcome {
        /** The system took it. */
        SENT,
        /** The send buffer is full; send it again when there is room. */
        WOULD_BLOCK,
        /** It failed, or an earlier datagram did and this is how it is told. */
        ANSWERED,
        /** It failed; if it was a train, because of its segment size or one above it. */
        TOO_LONG,
        /** It failed. */
        FAILED
    }

    /** What may be submitted. */
    private enum Order {
        /** The head of the queue. */
        OPEN,
        /** Something under way may be refused and must not be overtaken: nothing, until all under way is over. */
        ALONE,
        /** The send buffer is full: nothing, until the system says that there is room. */
        FULL,
        /** Something failed and is sent again: the head of the queue, and no message is taken before that is done. */
        REPLAYING
    }

    /** Linux: the head of a buffer (sk_buff) and what its allocation is rounded up by, at most. */
    private static final int CHARGE_FIXED = 1_536;
    /** No fragment of a datagram carries less, but the last: the smallest MTU of IPv6. */
    private static final int FRAGMENT_BYTES = 1_280;

    private final Outbox outbox;
    private final OutboundWindow window = new OutboundWindow();
    private final OperationQueue waiting = new OperationQueue();
    private final Paths paths = new Paths();
    /** The peers that a train is under way to. */
    private final Set<InetSocketAddress> trainsTo = new HashSet<>();
    private @Nullable SendEngine engine;
    private @Nullable TrainBuilder builder;
    private boolean inet6;
    private @Nullable InetSocketAddress connected;
    private Order order = Order.OPEN;
    private long places;
    private long room;
    /** What trains under way may be charged besides. */
    private long chargedLater;
    private int inFlight;
    /** Messages were flushed, or a pass left some, that are not operations yet. */
    private boolean unbuilt;
    /** The channel closes: nothing that is flushed from now on is sent. */
    private boolean ending;
    private boolean starved;
    private boolean closed;

    /** The sender of a channel that is at no loop yet. */
    public DatagramSender(Outbox outbox) {
        this.outbox = outbox;
    }

    /**
     * The channel has come to a loop.
     *
     * @param inet6Socket whether the socket is of {@code AF_INET6}
     */
    public void attach(SendEngine to, TrainBuilder with, boolean inet6Socket) {
        engine = to;
        builder = with;
        inet6 = inet6Socket;
        room = 0;
        // Their times are of the other loop's clock.
        paths.clear();
    }

    /** The channel leaves its loop, with nothing in flight. What waits goes on waiting. */
    public void detach() {
        engine = null;
        starved = false;
        if (order == Order.FULL) {
            order = Order.REPLAYING;
        }
    }

    private SendEngine engine() {
        return Objects.requireNonNull(engine);
    }

    private TrainBuilder builder() {
        return Objects.requireNonNull(builder);
    }

    /** The channel closes: what is flushed by now is still sent, and nothing after it. */
    public void endAfterFlushed() {
        takeFlushed();
        ending = true;
    }

    /**
     * Takes all flushed messages now, so that they go to where the channel is connected now and with what is known now,
     * whatever they must wait for.
     */
    public void takeFlushed() {
        ChannelOutboundBuffer in = outbox.messages();
        if (in != null && builder != null && !ending && !closed) {
            builder.build(this, in, window.size(), Integer.MAX_VALUE);
            unbuilt = false;
        }
    }

    /** Where messages without a recipient go; null when the channel is not connected. */
    public void connectedTo(@Nullable InetSocketAddress remote) {
        connected = remote;
    }

    /** Operations that the system has not completed yet. */
    public int inFlight() {
        return inFlight;
    }

    /** Whether messages at the head of the outbound buffer are taken: they are with the system or wait for it. */
    public boolean hasTaken() {
        return window.size() > 0;
    }

    /** Whether the socket's send buffer is full. */
    public boolean isWaitingForRoom() {
        return order == Order.FULL;
    }

    /** Whether the socket's send buffer is full and what waits for room is still to be sent. */
    public boolean wantsRoom() {
        return order == Order.FULL && outbox.maySend();
    }

    /** Whether something is left to submit that the socket's room is not awaited for. */
    public boolean hasUnsent() {
        return !closed && order != Order.FULL && (!waiting.isEmpty() || (unbuilt && !ending));
    }

    /** Whether something is left to submit that neither a result, nor a slot, nor the socket's room is awaited for. */
    private boolean hasMore() {
        return !starved && !mustWait() && hasUnsent();
    }

    private boolean mustWait() {
        return order == Order.FULL || (order == Order.ALONE && inFlight > 0);
    }

    /**
     * Submits what it can of the flushed messages. The engine calls {@link #settle} afterwards, at the latest when the
     * results are there.
     *
     * @return whether it stopped only because of the most messages to take at a time
     */
    public boolean serve() {
        ChannelOutboundBuffer in = outbox.messages();
        if (in == null || engine == null || closed || !outbox.maySend()) {
            return false;
        }
        // Also when it must wait: settle then asks for the pass that is put off here.
        unbuilt = true;
        starved = false;
        if (mustWait() || !submitWaiting() || ending) {
            return false;
        }
        int most = Math.min(outbox.maxMessages(), OutboundWindow.MAX_MESSAGES - window.size());
        unbuilt = most <= 0 || !builder().build(this, in, window.size(), most);
        return submitWaiting() && unbuilt && most > 0;
    }

    /** In order, and only while nothing could be overtaken; false if some are left or must be awaited. */
    private boolean submitWaiting() {
        for (SendOperation operation = waiting.peek(); operation != null; operation = waiting.peek()) {
            if (isTrainUnderWayTo(operation.destination()) || !admit(operation)) {
                order = Order.ALONE;
                return false;
            }
            if (operation.isTrain() && !maySegment(operation.destination(), operation.segmentSize())) {
                // Built before the path refused one like it.
                takeApart(waiting.remove(), RefusedTrain.NEVER);
                continue;
            }
            if (!isGathered(operation)) {
                continue;
            }
            SendSlot slot = engine().claim();
            if (slot == null) {
                operation.goesAlone(false);
                starved = true;
                return false;
            }
            submit(slot, waiting.remove());
            if (operation.isAlone()) {
                order = Order.ALONE;
                return false;
            }
        }
        order = Order.OPEN;
        return true;
    }

    /**
     * Charges a send. When it might not fit it goes alone, with nothing else of this channel on its way: an operation
     * that fails for want of room must not be overtaken by one that finds room a moment later. Linux charges a train
     * its bytes and one head; if a device or a queue cuts it up, its segments are charged one by one after that. Trains
     * under way go to different peers, so only single datagrams must reckon with it.
     */
    private boolean admit(SendOperation operation) {
        int bytes = operation.bytes();
        boolean train = operation.isTrain();
        long charge = train
                ? bytes + 2L * CHARGE_FIXED
                : 2L * bytes + (1L + bytes / FRAGMENT_BYTES) * CHARGE_FIXED;
        if (inFlight == 0) {
            // It may be charged by now, until the segments have left.
            room -= chargedLater;
            chargedLater = 0;
        }
        long needed = train ? charge : charge + chargedLater;
        if (room < needed && inFlight == 0) {
            // Asked only now: what is under way the system may not count yet.
            room = engine().sendBufferRoom();
        }
        if (room >= needed) {
            room -= charge;
            chargedLater += train ? bytes + (long) operation.datagrams() * CHARGE_FIXED : 0;
            return true;
        }
        if (inFlight > 0) {
            return false;
        }
        // It is not charged: what is left behind it must be asked for.
        room = 0;
        operation.goesAlone(true);
        return true;
    }

    private boolean isTrainUnderWayTo(Destination destination) {
        return !trainsTo.isEmpty() && trainsTo.contains(destination.address());
    }

    /** A payload may be of no use by now, such as a composite of which a part was released: it fails alone. */
    private boolean isGathered(SendOperation operation) {
        try {
            operation.gather();
            return true;
        } catch (RuntimeException unusable) {
            SendOperation _ = waiting.remove();
            if (operation.messages() > 1) {
                takeApart(operation, RefusedTrain.NEVER);
            } else {
                over(operation, unusable);
            }
            return false;
        }
    }

    private void submit(SendSlot slot, SendOperation operation) {
        inFlight++;
        if (operation.isTrain()) {
            trainsTo.add(operation.destination().address());
        }
        slot.carry(operation);
        engine().submit(slot, operation);
    }

    /**
     * The result of an operation; its slot is free again. The caller then calls {@link #settle}.
     *
     * @param cause how it failed; null if it was sent or would block
     */
    public void completed(SendSlot slot, Outcome outcome, @Nullable Throwable cause) {
        SendOperation operation = slot.operation();
        slot.carry(null);
        engine().release(slot);
        inFlight--;
        operation.goesAlone(false);
        if (operation.isTrain()) {
            trainsTo.remove(operation.destination().address());
        }
        if (closed) {
            builder().recycle(operation);
            return;
        }
        switch (outcome) {
            case SENT -> {
                if (operation.isTrain()) {
                    paths.taken(operation.destination(), operation.segmentSize());
                } else if (operation.refusedTrain() != null) {
                    operation.refusedTrain().left(paths, operation.destination(), outbox.nanoTime());
                }
                over(operation, null);
            }
            case WOULD_BLOCK -> {
                waiting.insert(operation);
                if (order != Order.FULL) {
                    order = Order.FULL;
                    engine().awaitWritable();
                }
            }
            case ANSWERED, TOO_LONG, FAILED -> {
                if (operation.isTrain()) {
                    sendAgain(operation, outcome);
                } else {
                    over(operation, cause);
                }
            }
        }
    }

    private void sendAgain(SendOperation train, Outcome outcome) {
        if (order == Order.OPEN) {
            order = Order.REPLAYING;
        }
        Outcome first = train.firstFailure();
        if (first == null) {
            train.failedFirst(outcome);
            waiting.insert(train);
            return;
        }
        // A failure may leave an error with the socket that the second attempt was given instead of a verdict.
        Outcome verdict = outcome == Outcome.ANSWERED && first == Outcome.FAILED ? first : outcome;
        takeApart(train, switch (verdict) {
            case ANSWERED -> RefusedTrain.NEVER;
            case TOO_LONG -> train.segmentSize();
            default -> 0;
        });
    }

    private void takeApart(SendOperation train, int refusedFrom) {
        train.takeApart(new RefusedTrain(refusedFrom), window, builder(), waiting);
        builder().recycle(train);
    }

    private void over(SendOperation operation, @Nullable Throwable cause) {
        for (int i = 0; i < operation.messages(); i++) {
            window.partDone(operation.sequence(i), cause);
        }
        builder().recycle(operation);
    }

    /**
     * Completes the promises of the finished prefix. To be called after each batch of results, and after a
     * {@link #serve} that left nothing in flight. Listeners may write, flush and close.
     *
     * @return whether {@link #serve} has something to do
     */
    public boolean settle() {
        ChannelOutboundBuffer in = outbox.messages();
        if (in != null) {
            window.removeFinished(in);
            if (window.size() == 0) {
                OutboundWindow.dropCancelled(in);
            }
            // A listener may have flushed: its flush returned at once if it came inside of one.
            unbuilt |= in.size() > window.size();
        }
        outbox.settled();
        // Within a listener of the removal further up the stack the window cannot move: that one asks again.
        return !window.isRemoving() && hasMore() && outbox.messages() != null && outbox.maySend();
    }

    /** Whether promises are being completed right now, by a call further up the stack. */
    public boolean isSettling() {
        return window.isRemoving();
    }

    /** The socket takes data again. */
    public void writable() {
        if (order == Order.FULL) {
            order = Order.REPLAYING;
        }
        room = 0;
    }

    /** The outbound buffer has gone: what is not with the system is given back, results still to come are ignored. */
    public void close() {
        closed = true;
        window.abandon();
        while (!waiting.isEmpty()) {
            builder().recycle(waiting.remove());
        }
    }

    boolean isConnectedTo(Destination destination) {
        return destination.address().equals(connected);
    }

    // What follows is the builder's side.

    OutboundWindow window() {
        return window;
    }

    boolean isInet6() {
        return inet6;
    }

    @Nullable
    InetSocketAddress connectedTo() {
        return connected;
    }

    /** Whether the connected peer is the only recipient there may be. */
    boolean keepsToConnection() {
        return connected != null && engine != null && !engine.sendsPastConnection();
    }

    int maxSegments() {
        return engine().maxSegments();
    }

    long nextPlace(int distance) {
        return places += distance;
    }

    boolean maySegment(Destination to, int size) {
        return engine().canSegment() && (paths.isEmpty() || paths.maySegment(to, size, outbox.nanoTime()));
    }

    boolean mayBeginTrain(Destination to, int size) {
        return size > 0 && outbox.segmentsAutomatically() && maySegment(to, size);
    }

    void add(SendOperation operation) {
        waiting.add(operation);
    }
}
