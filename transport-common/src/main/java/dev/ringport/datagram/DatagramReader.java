// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.datagram;

import io.netty.buffer.ByteBuf;
import io.netty.channel.EventLoop;
import io.netty.channel.RecvByteBufAllocator;
import io.netty.channel.socket.DatagramPacket;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.UncheckedBooleanSupplier;
import io.netty.util.internal.logging.InternalLogger;
import io.netty.util.internal.logging.InternalLoggerFactory;
import java.net.PortUnreachableException;
import java.util.ArrayDeque;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The receiving side of one datagram channel: hands datagrams up as the pipeline asks for them, and keeps a receive
 * armed while it does.
 *
 * <p>With auto-read on a receive is armed all the time. With auto-read off one {@code read()} arms one receive and
 * yields one datagram; nothing stays armed, so that an error of the socket reaches the next send. Datagrams that had
 * completed when the pipeline stopped reading are held, in their order, and are never dropped. Used on the loop only.
 */
@SuppressWarnings("deprecation") // Netty deprecates the handle but offers nothing else
public final class DatagramReader {
    private static final InternalLogger LOGGER = InternalLoggerFactory.getInstance(DatagramReader.class);
    private static final int MAX_BACKOFF_SHIFT = 10;

    private final CompletionDatagramChannel channel;
    private @Nullable ArrayDeque<Object> held;
    private RecvByteBufAllocator.@Nullable Handle handle;
    private RecvByteBufAllocator.@Nullable Handle sizeHandle;
    private boolean readPending;
    private boolean inBatch;
    private boolean armed;
    private boolean cancelling;
    private boolean backingOff;
    private boolean drainScheduled;
    private int failuresInARow;

    DatagramReader(CompletionDatagramChannel channel) {
        this.channel = channel;
    }

    /**
     * The longest datagram to expect, in bytes: by the option that says it, or what the allocator guesses.
     *
     * @param configured the option's value, 0 if it is not set
     */
    public int receiveLimit(int configured) {
        if (configured > 0) {
            return configured;
        }
        RecvByteBufAllocator.Handle guessing = sizeHandle;
        if (guessing == null) {
            guessing = channel.unsafe().recvBufAllocHandle();
            sizeHandle = guessing;
        }
        return guessing.guess();
    }

    void beginRead() {
        readPending = true;
        if (isHolding()) {
            scheduleDrain();
        } else {
            arm();
        }
    }

    void autoReadCleared() {
        readPending = false;
        cancel();
    }

    void cancel() {
        if (armed && !cancelling) {
            cancelling = true;
            channel.cancelReceive();
        }
    }

    /** Arms a receive if the pipeline wants one and none is armed. */
    void arm() {
        if (armed || backingOff || !readPending || !channel.isActive() || channel.isEnding()
                || !channel.isRegistered() || !channel.loopTakesOperations()) {
            return;
        }
        armed = true;
        channel.armReceive(channel.config().isAutoRead());
    }

    /** Cancels and arms anew, so that a changed configuration takes effect. */
    public void rearm() {
        cancel();
    }

    /** Goes on after the channel has come to another loop. */
    void resume() {
        backingOff = false;
        drainScheduled = false;
        if (isHolding()) {
            scheduleDrain();
        }
        arm();
    }

    private boolean wantsDatagram() {
        return (readPending || channel.config().isAutoRead()) && !channel.isEnding();
    }

    /** A datagram has come. Takes over the reference. */
    public void received(DatagramPacket packet) {
        failuresInARow = 0;
        if (!wantsDatagram() || isHolding()) {
            hold(packet);
        } else {
            deliver(packet);
        }
    }

    private boolean isHolding() {
        return held != null && !held.isEmpty();
    }

    private void hold(Object event) {
        if (channel.isOpen()) {
            if (held == null) {
                held = new ArrayDeque<>();
            }
            held.add(event);
        } else {
            ReferenceCountUtil.release(event);
        }
    }

    private RecvByteBufAllocator.Handle beginDelivery() {
        RecvByteBufAllocator.Handle current = handle;
        if (!inBatch || current == null) {
            current = channel.unsafe().recvBufAllocHandle();
            handle = current;
            current.reset(channel.config());
            inBatch = true;
            channel.joinReadBatch();
        }
        readPending = false;
        return current;
    }

    private void deliver(DatagramPacket packet) {
        RecvByteBufAllocator.Handle current = beginDelivery();
        ByteBuf content = packet.content();
        int bytes = content.readableBytes();
        current.attemptedBytesRead(channel.receiveLimit());
        // An empty datagram is a datagram: with 0 bytes read the handle would end the batch.
        current.lastBytesRead(Math.max(bytes, 1));
        current.incMessagesRead(1);
        channel.pipeline().fireChannelRead(packet);
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

    /** The results at hand are handled. */
    public void endBatch() {
        RecvByteBufAllocator.Handle current = handle;
        if (inBatch && current != null) {
            inBatch = false;
            current.readComplete();
            channel.pipeline().fireChannelReadComplete();
        }
    }

    /** The armed receive has ended; {@code failure} says why if not by a datagram or a cancel. */
    public void ended(@Nullable Throwable failure) {
        armed = false;
        cancelling = false;
        if (failure != null && !channel.isEnding()) {
            failed(failure);
        }
        if (!readPending && channel.config().isAutoRead()) {
            readPending = true;
        }
        arm();
        channel.operationEnded();
    }

    /** A receive that goes on told that a datagram was sent in vain. */
    public void unreachable(PortUnreachableException failure) {
        if (!channel.isEnding()) {
            failed(failure);
        }
    }

    private void failed(Throwable failure) {
        if (failure instanceof PortUnreachableException) {
            // One for each datagram sent in vain: no reason to read later.
            failuresInARow = 0;
        } else {
            backOff(failure);
        }
        if (!wantsDatagram() || isHolding()) {
            hold(failure);
        } else {
            deliver(failure);
        }
    }

    /** A datagram came and could not be handed up, for want of memory: it is dropped, the pipeline hears why. */
    public void deliveryFailed(Throwable cause) {
        if (wantsDatagram()) {
            beginDelivery();
            channel.pipeline().fireExceptionCaught(cause);
        }
    }

    private void deliver(Throwable failure) {
        beginDelivery();
        channel.pipeline().fireExceptionCaught(failure);
        endBatch();
    }

    private void backOff(Throwable failure) {
        failuresInARow++;
        if (failuresInARow < 2) {
            return;
        }
        if (failuresInARow == 2) {
            LOGGER.warn("{} cannot receive, goes on trying up to once a second: {}", channel, failure.toString());
        }
        backingOff = true;
        EventLoop loop = channel.eventLoop();
        Future<?> _ = loop.schedule(
                () -> {
                    if (channel.isRegistered() && channel.eventLoop().inEventLoop()) {
                        backingOff = false;
                        arm();
                    }
                },
                1L << Math.min(failuresInARow - 2, MAX_BACKOFF_SHIFT),
                TimeUnit.MILLISECONDS);
    }

    private void scheduleDrain() {
        if (!drainScheduled && channel.isRegistered()) {
            drainScheduled = true;
            channel.eventLoop().execute(() -> {
                // Unless the channel has gone to another loop, which drains for itself.
                if (channel.isRegistered() && channel.eventLoop().inEventLoop()) {
                    drain();
                }
            });
        }
    }

    private void drain() {
        drainScheduled = false;
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

    void close() {
        ArrayDeque<Object> waiting = held;
        held = null;
        while (waiting != null && !waiting.isEmpty()) {
            ReferenceCountUtil.release(waiting.poll());
        }
    }
}
