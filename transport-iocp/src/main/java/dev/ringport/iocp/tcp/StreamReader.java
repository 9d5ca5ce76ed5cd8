// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.iocp.tcp;

import dev.ringport.ffm.BufferAddress;
import dev.ringport.iocp.abi.Overlapped;
import dev.ringport.iocp.abi.WindowsErrors;
import dev.ringport.iocp.abi.Wsabuf;
import dev.ringport.iocp.loop.IdleReads;
import dev.ringport.iocp.loop.OverlappedSocket;
import dev.ringport.iocp.loop.SocketOperation;
import io.netty.buffer.ByteBuf;
import io.netty.channel.RecvByteBufAllocator;
import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The receiving side of one connection: one {@code WSARecv} at a time.
 *
 * <p>An active connection has a receive posted with a buffer, so that a message costs one call. One that has been quiet
 * for a second or two waits with a receive of no bytes, which pins no memory; the first message then costs two calls.
 * With auto-read off a receive is posted only when the pipeline asks; what completes after it has stopped asking is held,
 * in order. A connection that nobody reads is watched for its end with a receive of no bytes, as Netty's epoll transport
 * watches for EPOLLRDHUP. Used on the loop only.
 */
@SuppressWarnings("deprecation") // Netty deprecates the handle but offers nothing else
final class StreamReader extends IdleReads.Reader {
    private static final int MAX_REFUSALS = 10;

    /** Whether this side takes what comes. */
    private enum Intake {
        /** A receive may be posted. */
        OPEN,
        /** Not before a timer, or before the channel comes to another loop: there was no memory for a receive. */
        RETRYING,
        /** Never again: the stream has ended or failed, or the pipeline reads no more. */
        ENDED
    }

    /** The end of the stream that waits for its turn, the peer's unless there is a failure. */
    private record HeldEnd(@Nullable IOException failure) {}

    /** The receive that was posted last. */
    private enum Posted {
        /** Since the last look for idleness. */
        LATELY,
        /** And no data came between two looks. */
        BEFORE,
        /** By this side, which hears of it as of any end. */
        CANCELLED
    }

    private final ConnectionChannel channel;
    private @Nullable Receive receive;
    private @Nullable ByteBuf buffer;
    /** Of the batch that goes on, or null between batches. */
    private RecvByteBufAllocator.@Nullable Handle batch;
    private int attempted;
    private Intake intake = Intake.OPEN;
    private Posted posted = Posted.LATELY;
    /** The pipeline has asked, and got nothing since. */
    private boolean wanted;
    /** The next receive is one of no bytes, as long as none has told of data. Also where memory is short. */
    private boolean idle;
    /** A task of the loop is to deliver what is held. */
    private boolean deliveryScheduled;
    private int refusals;
    /** There is data that the pipeline has not asked for: no sense in watching for the end, which is behind it. */
    private boolean unread;
    private @Nullable ByteBuf held;
    private @Nullable HeldEnd heldEnd;

    StreamReader(ConnectionChannel channel) {
        this.channel = channel;
    }

    void beginRead() {
        wanted = true;
        if (isHolding()) {
            scheduleDelivery();
        } else {
            start();
        }
    }

    void autoReadCleared() {
        wanted = false;
    }

    /** The channel has come to a loop, or is connected. */
    void resume() {
        deliveryScheduled = false;
        retry();
        if (isHolding()) {
            scheduleDelivery();
        } else if (wanted) {
            start();
        }
    }

    /** The pipeline no longer reads, for good. */
    void stop() {
        intake = Intake.ENDED;
        releaseHeld();
        if (receive != null && receive.isInFlight()) {
            cancel();
        } else {
            channel.inputStopped();
        }
    }

    void cancel() {
        Receive current = receive;
        if (current != null && current.isUnderWay()) {
            posted = Posted.CANCELLED;
            current.cancel(channel.socket());
        }
    }

    void dispose() {
        if (receive != null) {
            receive.dispose();
            receive = null;
        }
    }

    /** The channel is closed: what is held goes. */
    void close() {
        intake = Intake.ENDED;
        releaseHeld();
    }

    private void releaseHeld() {
        ByteBuf data = held;
        held = null;
        heldEnd = null;
        release(data);
    }

    private boolean isHolding() {
        return held != null || heldEnd != null;
    }

    /** One read() of the pipeline may take several receives: as long as its batch goes on. */
    private boolean wants() {
        return (wanted || batch != null || channel.config().isAutoRead()) && !channel.isEnding();
    }

    private void start() {
        if (intake == Intake.OPEN && !isHolding() && !channel.isEnding() && channel.isConnected()
                && channel.canStart()) {
            post(idle);
        }
    }

    private void post(boolean zeroBytes) {
        Receive with = receive;
        if (with != null && with.isInFlight()) {
            return;
        }
        ByteBuf into;
        try {
            if (with == null) {
                with = new Receive();
                receive = with;
            }
            into = zeroBytes ? null : allocate();
        } catch (RuntimeException | Error noMemory) {
            notAllocated(noMemory);
            return;
        }
        if (into != null) {
            attempted = into.writableBytes();
            unread = false;
        }
        buffer = into;
        posted = Posted.LATELY;
        with.post(into);
    }

    /** As Netty does it: a connection that there is no memory for is closed, after other failures it is tried again. */
    private void notAllocated(Throwable cause) {
        refusals = Math.min(refusals + 1, MAX_REFUSALS);
        waitForRetry();
        endBatch();
        channel.pipeline().fireExceptionCaught(cause);
        if (cause instanceof OutOfMemoryError) {
            channel.unsafe().close(channel.voidPromise());
        } else if (channel.isOpen()) {
            retryLater();
        }
    }

    private ByteBuf allocate() {
        RecvByteBufAllocator.Handle guessing = channel.unsafe().recvBufAllocHandle();
        ByteBuf into = guessing.allocate(channel.alloc());
        if (into.writableBytes() > 0
                && BufferAddress.of(into, into.writerIndex(), into.writableBytes()) != BufferAddress.NONE) {
            return into;
        }
        into.release();
        return channel.alloc().directBuffer(Math.max(1, guessing.guess()));
    }

    @Override
    protected void lookForIdleness() {
        Receive current = receive;
        if (current == null || !current.isInFlight()) {
            watchForEnd();
        } else if (current.isUnderWay() && buffer != null) {
            if (posted == Posted.LATELY) {
                posted = Posted.BEFORE;
            } else {
                idle = true;
                cancel();
            }
        }
    }

    private void watchForEnd() {
        if (!unread && !isHolding() && intake == Intake.OPEN && !channel.isEnding() && channel.isConnected()
                && channel.canStart()) {
            post(true);
        }
    }

    /** Something has come that nobody asked for. */
    private void peek() {
        if (intake == Intake.ENDED || channel.isEnding() || !channel.isOpen()) {
            return;
        }
        try {
            if (!channel.socket().isAtEnd()) {
                unread = true;
                return;
            }
        } catch (IOException broken) {
            fail(broken);
            return;
        }
        endOfStream();
    }

    private void received(int code, int bytes) {
        ByteBuf data = buffer;
        buffer = null;
        if (intake == Intake.ENDED) {
            release(data);
            if (channel.isInputShutdown() && channel.isOpen() && !channel.isClosing()) {
                channel.inputStopped();
            }
            return;
        }
        if ((code == WindowsErrors.WSAENOBUFS || code == WindowsErrors.WSAEWOULDBLOCK) && refusals++ < MAX_REFUSALS) {
            release(data);
            retryLater();
            return;
        }
        if (code == 0) {
            refusals = 0;
        }
        if (data == null && code == 0) {
            // There is data, or the end of it.
            idle = false;
            if (wants()) {
                start();
            } else {
                peek();
            }
            return;
        }
        if (code == 0 && bytes > 0 && data != null) {
            data.writerIndex(data.writerIndex() + bytes);
            if (wants() && !isHolding()) {
                deliver(data);
            } else if (channel.isOpen() && !channel.isClosing()) {
                held = data;
            } else {
                data.release();
            }
            return;
        }
        release(data);
        if (code == WindowsErrors.WSA_OPERATION_ABORTED && posted == Posted.CANCELLED) {
            // Of an idle receive, or for an end.
            if (wants()) {
                start();
            }
        } else if (code == 0) {
            endOrHold();
        } else {
            failOrHold(WindowsErrors.unaskedException("WSARecv", code));
        }
    }

    private static void release(@Nullable ByteBuf data) {
        if (data != null) {
            data.release();
        }
    }

    /** Windows has no memory for the operation right now. */
    private void retryLater() {
        idle = true;
        waitForRetry();
        endBatch();
        Future<?> _ = channel.eventLoop().schedule(() -> {
            if (channel.isRegistered() && channel.eventLoop().inEventLoop()) {
                retry();
                if (wants()) {
                    start();
                }
            }
        }, 1L << refusals, TimeUnit.MILLISECONDS);
    }

    private void waitForRetry() {
        if (intake == Intake.OPEN) {
            intake = Intake.RETRYING;
        }
    }

    private void retry() {
        if (intake == Intake.RETRYING) {
            intake = Intake.OPEN;
        }
    }

    private RecvByteBufAllocator.Handle beginBatch() {
        RecvByteBufAllocator.Handle current = batch;
        if (current == null) {
            current = channel.unsafe().recvBufAllocHandle();
            current.reset(channel.config());
            batch = current;
        }
        return current;
    }

    private void deliver(ByteBuf data) {
        RecvByteBufAllocator.Handle current = beginBatch();
        wanted = false;
        current.attemptedBytesRead(attempted);
        current.lastBytesRead(data.readableBytes());
        current.incMessagesRead(1);
        channel.pipeline().fireChannelRead(data);
        if (intake != Intake.ENDED && !channel.isEnding() && channel.canStart() && current.continueReading()) {
            post(false);
            if (receive != null && !receive.isUnderWay()) {
                // There was more, and its turn comes right away.
                return;
            }
        }
        endBatch();
    }

    private void endBatch() {
        RecvByteBufAllocator.Handle current = batch;
        if (current != null) {
            batch = null;
            current.readComplete();
            channel.pipeline().fireChannelReadComplete();
        }
    }

    /** An end is told at once, unless data goes before it or the channel leaves its loop. */
    private void endOrHold() {
        if (!isHolding() && !channel.isEnding()) {
            endOfStream();
        } else if (channel.isOpen() && !channel.isClosing()) {
            holdEnd(null);
        }
    }

    private void failOrHold(IOException failure) {
        if (!isHolding() && !channel.isEnding()) {
            fail(failure);
        } else if (channel.isOpen() && !channel.isClosing()) {
            holdEnd(failure);
        }
    }

    /** A failure is told before an end, whichever came first. */
    private void holdEnd(@Nullable IOException failure) {
        if (heldEnd == null || failure != null) {
            heldEnd = new HeldEnd(failure);
        }
    }

    private void endOfStream() {
        intake = Intake.ENDED;
        wanted = false;
        beginBatch().lastBytesRead(-1);
        endBatch();
        channel.inputEnded();
    }

    private void fail(IOException failure) {
        intake = Intake.ENDED;
        wanted = false;
        beginBatch();
        endBatch();
        channel.inputFailed(failure);
    }

    private void scheduleDelivery() {
        if (!deliveryScheduled && channel.isRegistered()) {
            deliveryScheduled = true;
            channel.eventLoop().execute(() -> {
                if (channel.isRegistered() && channel.eventLoop().inEventLoop()) {
                    deliverHeld();
                }
            });
        }
    }

    private void deliverHeld() {
        deliveryScheduled = false;
        if (channel.isEnding() || (held != null && !wants())) {
            return;
        }
        ByteBuf data = held;
        HeldEnd end = heldEnd;
        if (data != null) {
            held = null;
            deliver(data);
        } else if (end != null) {
            heldEnd = null;
            IOException failure = end.failure();
            if (failure != null) {
                fail(failure);
            } else {
                endOfStream();
            }
        }
    }

    /** The receive; it owns the buffer that {@link #buffer} names while it is in flight. */
    private final class Receive extends SocketOperation {
        private static final long BUFFERS = Overlapped.BYTES;
        private static final long RECEIVED = BUFFERS + Wsabuf.BYTES;
        private static final long FLAGS = RECEIVED + Integer.BYTES;
        private static final long BYTES = FLAGS + Integer.BYTES;

        Receive() {
            super(channel.atLoop(), BYTES);
        }

        void post(@Nullable ByteBuf into) {
            int bytes = into == null ? 0 : into.writableBytes();
            Wsabuf.len(memory(), BUFFERS, bytes);
            Wsabuf.buf(memory(), BUFFERS, into == null ? 0 : BufferAddress.of(into, into.writerIndex(), bytes));
            memory().set(ValueLayout.JAVA_INT, FLAGS, 0);
            OverlappedSocket socket = channel.socket();
            loop().counters().receiveCalls++;
            if (into == null) {
                loop().counters().zeroByteReceives++;
            }
            long base = memory().address();
            long overlapped = begin();
            int result = loop().calls().winsock().wsaRecv(
                    loop().port().capture(), socket.handle(), base + BUFFERS, 1, base + RECEIVED, base + FLAGS,
                    overlapped, 0);
            started(result, result == 0 && !socket.skipsPackets(), memory().get(ValueLayout.JAVA_INT, RECEIVED));
        }

        @Override
        protected void ended(int code, int bytes) {
            received(code, bytes);
        }
    }
}
