// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.datagram.receive;

import io.netty.channel.Channel;
import io.netty.channel.RecvByteBufAllocator;
import io.netty.channel.socket.DatagramPacket;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.UncheckedBooleanSupplier;
import io.netty.util.internal.logging.InternalLogger;
import io.netty.util.internal.logging.InternalLoggerFactory;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The receiving side of one datagram channel: keeps a receive armed while the pipeline reads, and decides of what
 * arrives whether it is handed up, held, or dropped.
 *
 * <p>With auto-read on a receive is armed all the time. With auto-read off one {@code read()} arms one receive and
 * yields one datagram; nothing stays armed, so that an error of the socket reaches the next send. Datagrams that had
 * arrived when the pipeline stopped reading are held, in their order, and are never dropped. An error is no datagram:
 * the read that was asked for goes on. As with Netty's own channels, {@code channelReadComplete} comes before
 * {@code exceptionCaught}. Used on the loop only, but for {@link #rulesChanged}.
 */
@SuppressWarnings("deprecation") // Netty deprecates the handle but offers nothing else
public final class DatagramReader {
    /** What a reader asks of its channel. */
    public interface Owner {
        /** The channel. */
        Channel channel();

        /** Whether the channel no longer starts operations: it is closing, or leaves its loop. */
        boolean isEnding();

        /** A receive has ended, for which a close or a deregistration may wait. */
        void receiveEnded();

        /** The longest datagram that the user wants, in bytes, by the option that says it; 0 if it is not set. */
        int maxPayload();
    }

    /** The receive. */
    private enum Receive {
        NONE, ARMED, CANCELLING,
        /** After failures in a row; none is armed until a timer has run. */
        BACKING_OFF
    }

    /** What was held for a pipeline that did not read. */
    private enum Backlog {
        /** None, or it waits for a read. */
        RESTING,
        /** The loop is to hand it up. */
        SCHEDULED,
        /** The channel is closed: nothing is held any more. */
        CLOSED
    }

    private static final InternalLogger LOGGER = InternalLoggerFactory.getInstance(DatagramReader.class);
    private static final int MAX_BACKOFF_SHIFT = 10;

    private final Owner owner;
    private final Splitter.Sink sink = this::handle;
    /** How often what limits a receive has changed. */
    private final AtomicInteger changes = new AtomicInteger();
    private @Nullable ReceiveEngine engine;
    private Receive receive = Receive.NONE;
    private Backlog backlog = Backlog.RESTING;
    private @Nullable ArrayDeque<Object> held;
    /** Of the batch that has begun; null between batches. */
    private RecvByteBufAllocator.@Nullable Handle batch;
    /** As of so many changes; asked for anew with each batch. */
    private int limit;
    private int limitAsOf = -1;
    private @Nullable InetSocketAddress local;
    /** The pipeline has asked for a datagram that it has not got yet. */
    private boolean readPending;
    private int failuresInARow;

    /** The reader of one channel. */
    public DatagramReader(Owner owner) {
        this.owner = owner;
    }

    // What the channel says.

    /** The channel has come to a loop, whose receives are these. */
    public void attach(ReceiveEngine to) {
        engine = to;
    }

    /** The channel has left its loop. */
    public void detach() {
        endBatch();
        engine = null;
        receive = Receive.NONE;
    }

    /** The pipeline reads. */
    public void beginRead() {
        readPending = true;
        if (isHolding()) {
            scheduleDrain();
        } else {
            arm();
        }
    }

    /** The pipeline no longer reads. */
    public void autoReadCleared() {
        readPending = false;
        cancel();
    }

    /** Cancels the receive, if one is armed. */
    public void cancel() {
        if (receive == Receive.ARMED && engine != null) {
            receive = Receive.CANCELLING;
            engine.cancel();
        }
    }

    /** Arms a receive if the pipeline wants one and none is armed. */
    @SuppressWarnings("ReferenceEquality") // the engine of this loop
    public void arm() {
        ReceiveEngine with = engine;
        Channel channel = owner.channel();
        if (receive != Receive.NONE || !readPending || with == null || !channel.isActive() || owner.isEnding()
                || !channel.isRegistered() || !with.takesOperations()) {
            return;
        }
        receive = Receive.ARMED;
        try {
            with.arm(channel.config().isAutoRead());
        } catch (IOException | RuntimeException | Error notArmed) {
            channel.eventLoop().execute(() -> {
                if (engine == with) {
                    ended(Ending.FAULT, notArmed);
                }
            });
        }
    }

    /** Goes on after the channel has come to another loop. */
    public void resume() {
        if (backlog == Backlog.SCHEDULED) {
            // At the loop it came from.
            backlog = Backlog.RESTING;
        }
        if (isHolding()) {
            scheduleDrain();
        }
        arm();
    }

    /** The channel's addresses are others from now on. */
    public void addressesChanged() {
        local = null;
    }

    /**
     * Something that limits a receive has changed: the option, or the allocator. From any thread, after the change: it
     * holds for what arrives when this has returned.
     */
    public void rulesChanged() {
        changes.incrementAndGet();
    }

    /** The channel is closed: what is held is released. */
    public void close() {
        backlog = Backlog.CLOSED;
        ArrayDeque<Object> waiting = held;
        held = null;
        while (waiting != null && !waiting.isEmpty()) {
            ReferenceCountUtil.release(waiting.poll());
        }
    }

    /**
     * The longest datagram that is handed up, in bytes: by the option that says it, or what the allocator guesses. Asked
     * once a batch, and again when one of them has changed.
     */
    public int limit() {
        int now = changes.get();
        if (now != limitAsOf) {
            int configured = owner.maxPayload();
            limit = configured > 0 ? configured : handle().guess();
            limitAsOf = now;
        }
        return limit;
    }

    private RecvByteBufAllocator.Handle handle() {
        return owner.channel().unsafe().recvBufAllocHandle();
    }

    // What the engine says.

    /**
     * Something has arrived. It is taken out of its memory before the pipeline sees it.
     *
     * @param arrival good during this call
     */
    public void arrived(Arrival arrival, Payload payload) {
        failuresInARow = 0;
        ReceiveEngine from = engine;
        if (from == null || backlog == Backlog.CLOSED) {
            payload.discard();
            return;
        }
        if (arrival.isUnmarked()) {
            from.countDropped();
            payload.discard();
            return;
        }
        int most;
        try {
            most = limit();
        } catch (RuntimeException | Error failed) {
            payload.discard();
            from.countDropped();
            tell(failed);
            return;
        }
        InetSocketAddress recipient = arrival.recipient();
        InetSocketAddress sender = arrival.sender();
        try {
            Splitter.split(
                    arrival, payload, most, recipient != null ? recipient : local(),
                    sender != null ? sender : (InetSocketAddress) owner.channel().remoteAddress(), from, sink);
        } catch (Throwable failed) {
            // For want of memory: the pipeline hears why.
            from.countDropped();
            tell(failed);
        }
    }

    private @Nullable InetSocketAddress local() {
        if (local == null) {
            local = (InetSocketAddress) owner.channel().localAddress();
        }
        return local;
    }

    /**
     * The armed receive has ended, and may be armed again before this returns.
     *
     * @param failure what the pipeline is to hear; null if nothing
     */
    public void ended(Ending ending, @Nullable Throwable failure) {
        receive = Receive.NONE;
        if (!owner.isEnding()) {
            if (ending == Ending.FAULT) {
                backOff(failure);
            } else if (ending == Ending.ANSWER) {
                failuresInARow = 0;
            }
            if (failure != null) {
                tell(failure);
            }
        }
        if (!readPending && owner.channel().config().isAutoRead()) {
            readPending = true;
        }
        arm();
        owner.receiveEnded();
    }

    /** A receive that goes on told an error: of a datagram that was sent in vain, or that came and could not be used. */
    public void toldWhileArmed(Throwable failure) {
        if (!owner.isEnding()) {
            tell(failure);
        }
    }

    /** The results at hand are handled. */
    public void endBatch() {
        RecvByteBufAllocator.Handle ended = batch;
        if (ended != null) {
            batch = null;
            limitAsOf = -1;
            local = null;
            ended.readComplete();
            owner.channel().pipeline().fireChannelReadComplete();
        }
    }

    // What becomes of it.

    private boolean wantsDatagram() {
        return (readPending || owner.channel().config().isAutoRead()) && !owner.isEnding();
    }

    private boolean isHolding() {
        return held != null && !held.isEmpty();
    }

    /** Takes over the reference. */
    private void handle(DatagramPacket packet) {
        if (!wantsDatagram() || isHolding()) {
            hold(packet);
        } else {
            deliver(packet);
        }
    }

    private void tell(Throwable failure) {
        if (!wantsDatagram() || isHolding()) {
            hold(failure);
        } else {
            deliver(failure);
        }
    }

    private void hold(Object event) {
        if (backlog != Backlog.CLOSED) {
            if (held == null) {
                held = new ArrayDeque<>();
            }
            held.add(event);
        } else {
            ReferenceCountUtil.release(event);
        }
    }

    private RecvByteBufAllocator.Handle beginBatch() {
        RecvByteBufAllocator.Handle current = batch;
        if (current == null) {
            current = handle();
            current.reset(owner.channel().config());
            batch = current;
            if (engine != null) {
                engine.joinBatch();
            }
        }
        return current;
    }

    /** A user's allocator that fails costs this datagram, not those behind it. */
    private void deliver(DatagramPacket packet) {
        RecvByteBufAllocator.Handle current;
        try {
            current = beginBatch();
            current.attemptedBytesRead(limit());
            // An empty datagram is a datagram: with 0 bytes read the handle would end the batch.
            current.lastBytesRead(Math.max(packet.content().readableBytes(), 1));
            current.incMessagesRead(1);
        } catch (RuntimeException | Error failed) {
            packet.release();
            if (engine != null) {
                engine.countDropped();
            }
            deliver(failed);
            return;
        }
        readPending = false;
        owner.channel().pipeline().fireChannelRead(packet);
        if (!mayContinue(current)) {
            endBatch();
        }
    }

    private static boolean mayContinue(RecvByteBufAllocator.Handle current) {
        // The plain form asks whether the buffer was filled, which says nothing about datagrams.
        return current instanceof RecvByteBufAllocator.ExtendedHandle extended
                ? extended.continueReading(UncheckedBooleanSupplier.TRUE_SUPPLIER)
                : current.continueReading();
    }

    /** Ends the batch first; the read that was asked for is not used up. */
    private void deliver(Throwable failure) {
        try {
            RecvByteBufAllocator.Handle _ = beginBatch();
            endBatch();
        } catch (RuntimeException | Error alsoFailed) {
            // The user's allocator, which may be what has failed before.
            if (!alsoFailed.equals(failure)) {
                failure.addSuppressed(alsoFailed);
            }
        }
        owner.channel().pipeline().fireExceptionCaught(failure);
    }

    private void backOff(@Nullable Throwable failure) {
        failuresInARow++;
        if (failuresInARow < 2) {
            return;
        }
        Channel channel = owner.channel();
        if (failuresInARow == 2 && failure != null) {
            LOGGER.warn("{} cannot receive, goes on trying up to once a second: {}", channel, failure.toString());
        }
        receive = Receive.BACKING_OFF;
        Future<?> _ = channel.eventLoop().schedule(
                () -> {
                    if (receive == Receive.BACKING_OFF && isAtHome()) {
                        receive = Receive.NONE;
                        arm();
                    }
                },
                1L << Math.min(failuresInARow - 2, MAX_BACKOFF_SHIFT),
                TimeUnit.MILLISECONDS);
    }

    /** Whether the task that asks runs on the channel's loop: the channel may have gone to another meanwhile. */
    private boolean isAtHome() {
        Channel channel = owner.channel();
        return channel.isRegistered() && channel.eventLoop().inEventLoop();
    }

    private void scheduleDrain() {
        Channel channel = owner.channel();
        if (backlog == Backlog.RESTING && channel.isRegistered()) {
            backlog = Backlog.SCHEDULED;
            channel.eventLoop().execute(() -> {
                // Another loop drains for itself.
                if (isAtHome()) {
                    drain();
                }
            });
        }
    }

    private void drain() {
        if (backlog == Backlog.SCHEDULED) {
            backlog = Backlog.RESTING;
        }
        ArrayDeque<Object> waiting = held;
        while (waiting != null && !waiting.isEmpty() && wantsDatagram()) {
            Object event = waiting.poll();
            if (event instanceof DatagramPacket packet) {
                deliver(packet);
            } else {
                deliver((Throwable) event);
            }
        }
        endBatch();
        if (waiting == null || waiting.isEmpty()) {
            arm();
        }
    }
}
