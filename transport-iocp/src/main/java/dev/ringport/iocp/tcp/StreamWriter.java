// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.iocp.tcp;

import dev.ringport.iocp.abi.WindowsErrors;
import dev.ringport.iocp.file.Chunk;
import dev.ringport.iocp.file.RegionOwner;
import dev.ringport.iocp.file.RegionSend;
import dev.ringport.iocp.loop.LoopHandle;
import dev.ringport.iocp.loop.OverlappedSocket;
import dev.ringport.iocp.loop.SocketAtLoop;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.ChannelPromise;
import io.netty.channel.FileRegion;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The sending side of one connection: one operation at a time, which gathers what is flushed, or carries a piece of a
 * file. One at a time keeps the order without counting on Windows for it, and tells after a failure what has left. Used
 * on the loop only.
 */
final class StreamWriter {
    /** Windows takes all of a send at once, however slow the peer reads: what waits has to wait where Netty sees it. */
    private static final int MAX_BYTES = 256 * 1024;
    private static final int MAX_BYTES_WHEN_SHORT = 64 * 1024;
    private static final int MAX_REFUSALS = 10;

    /** What becomes of the messages at the head. */
    private enum Sending {
        /** Nothing: the next may be sent. */
        NOTHING,
        /** They are under way, or their promises are being completed. */
        BUSY,
        /** A worker prepares them, and nothing is under way. */
        PREPARING,
        /** They were refused for want of memory, and wait for a timer. */
        RETRYING
    }

    private final ConnectionChannel channel;
    private final List<ChannelPromise> shutdowns = new ArrayList<>(0);
    private final RegionOwner owner = new Regions();
    private final GatheredMessages gathered = new GatheredMessages();
    private @Nullable StreamSend send;
    private @Nullable RegionSend region;
    private @Nullable IOException failure;
    private Sending sending = Sending.NOTHING;
    /** Only what was flushed by a certain moment is still sent; for good. */
    private boolean finishing;
    /** How many messages {@link #finish} asked for and have not left. Not bytes: a region may write others than it counts. */
    private int toFinish;
    private int refusals;
    /** The loop bounds how often a refused send is tried again; for good. */
    private boolean loopEnds;

    StreamWriter(ConnectionChannel channel) {
        this.channel = channel;
    }

    /** Netty asks for what is flushed to be sent. */
    void write() throws IOException {
        IOException failed = failure;
        if (failed != null) {
            throw failed;
        }
        if (!channel.isEnding()) {
            pump();
        }
        failed = failure;
        if (failed != null) {
            throw failed;
        }
    }

    /** The channel has come to a loop. */
    void resume() {
        if (failure != null) {
            // It failed while the channel was leaving, when its promises could not be told.
            channel.outputFailed();
        } else {
            pump();
        }
    }

    private boolean maySend() {
        if (failure != null || !channel.canStart() || !channel.isOpen() || hasFinished()) {
            return false;
        }
        return !channel.isEnding() || (finishing && channel.isClosing());
    }

    private void pump() {
        while (!isBusy() && maySend()) {
            ChannelOutboundBuffer in = channel.unsafe().outboundBuffer();
            Object message = in == null ? null : in.current();
            if (in == null || message == null) {
                return;
            }
            sending = Sending.BUSY;
            try {
                if (message instanceof FileRegion file) {
                    sendRegion(in, file);
                } else {
                    sendBuffers(in);
                }
            } catch (RuntimeException | Error unusable) {
                // As a message that its owner has released once too often. Nothing was started.
                if (send != null) {
                    send.forget();
                }
                failed(new IOException("a flushed message cannot be sent: " + unusable, unusable));
            }
        }
    }

    private void sendBuffers(ChannelOutboundBuffer in) {
        StreamSend with = send();
        gathered.gather(
                in, with, refusals == 0 ? MAX_BYTES : MAX_BYTES_WHEN_SHORT, finishing ? toFinish : Integer.MAX_VALUE);
        if (with.bytes() > 0) {
            with.start();
            return;
        }
        // Nothing but empty messages, or cancelled ones.
        remove(in, 0);
        removed();
    }

    /** Removes the messages that have left, and tells a part of one that has. */
    private void remove(ChannelOutboundBuffer in, int bytes) {
        int left = bytes;
        while (!hasFinished() && in.current() instanceof ByteBuf message) {
            int readable = message.readableBytes();
            if (readable > left) {
                if (left > 0) {
                    message.skipBytes(left);
                    in.progress(left);
                }
                return;
            }
            if (readable > 0) {
                in.progress(readable);
                left -= readable;
            }
            removeCurrent(in);
        }
    }

    /** The listener that is called may close the channel or end its output: what is left is counted by then. */
    private void removeCurrent(ChannelOutboundBuffer in) {
        if (finishing && toFinish > 0 && !StreamMessages.isCancelled(in.current())) {
            toFinish--;
        }
        in.remove();
    }

    /** Messages were removed. */
    private void removed() {
        sending = Sending.NOTHING;
        channel.sendEnded();
    }

    private boolean hasFinished() {
        return finishing && toFinish <= 0;
    }

    private StreamSend send() {
        StreamSend with = send;
        if (with == null) {
            with = new StreamSend(channel, this);
            send = with;
        }
        return with;
    }

    private void sendRegion(ChannelOutboundBuffer in, FileRegion file) {
        RegionSend current = region;
        if (current == null) {
            if (file.transferred() >= file.count()) {
                removeCurrent(in);
                removed();
                return;
            }
            current = RegionSend.of(owner, file);
            region = current;
        }
        current.next();
    }

    /**
     * A send of buffers, or of a region's chunk, has ended.
     *
     * @param atOnce whether the call itself failed, so that nothing has left
     */
    void sent(int code, int bytes, boolean atOnce) {
        if (code != 0 && atOnce) {
            refused("WSASend", code);
            return;
        }
        if (code != 0) {
            failed(exception("WSASend", code));
            return;
        }
        refusals = 0;
        if (bytes <= 0) {
            failed(new IOException("WSASend sent nothing"));
            return;
        }
        RegionSend current = region;
        if (current != null) {
            regionSent(current, bytes);
            return;
        }
        ChannelOutboundBuffer in = channel.unsafe().outboundBuffer();
        if (in != null) {
            remove(in, bytes);
        }
        removed();
        pump();
    }

    /** Bytes of a region have left; {@code current.next()} or the end of it follows. */
    private void regionSent(RegionSend current, long bytes) {
        refusals = 0;
        current.progressed(bytes);
        ChannelOutboundBuffer in = channel.unsafe().outboundBuffer();
        if (in != null) {
            in.progress(bytes);
        }
        if (current.isDone()) {
            region = null;
            current.release();
            if (in != null) {
                removeCurrent(in);
            }
        }
        removed();
        pump();
    }

    /** A send did not start; for want of memory it is tried again. */
    private void refused(String call, int code) {
        boolean again = code == WindowsErrors.WSAENOBUFS || code == WindowsErrors.WSAEWOULDBLOCK;
        // The end of a loop has a bound of its own.
        if (!again || (refusals++ >= MAX_REFUSALS && !loopEnds) || (channel.isClosing() && !finishing)) {
            failed(exception(call, code));
            return;
        }
        channel.atLoop().loop().counters().sendsDelayed++;
        sending = Sending.RETRYING;
        Future<?> _ = channel.eventLoop().schedule(this::retry, 1L << Math.min(refusals, MAX_REFUSALS),
                TimeUnit.MILLISECONDS);
    }

    /** Sends are cancelled by this side only once the channel closes. */
    private IOException exception(String call, int code) {
        return channel.isClosing()
                ? WindowsErrors.exception(call, code)
                : WindowsErrors.unaskedException(call, code);
    }

    private void retry() {
        if (sending == Sending.RETRYING) {
            sending = Sending.NOTHING;
            pump();
            channel.sendEnded();
        }
    }

    /** As {@link LoopHandle#retryWhileEnding}. */
    boolean retryWhileEnding() {
        loopEnds = true;
        retry();
        return sending == Sending.RETRYING;
    }

    private void failed(IOException cause) {
        sending = Sending.NOTHING;
        toFinish = 0;
        RegionSend current = region;
        region = null;
        if (current != null) {
            current.release();
        }
        if (failure == null) {
            failure = cause;
            channel.outputFailed();
        }
    }

    /** From here on only what is flushed by now is sent. */
    void finish() {
        if (!finishing) {
            finishing = true;
            ChannelOutboundBuffer in = channel.unsafe().outboundBuffer();
            toFinish = in == null || failure != null ? 0 : GatheredMessages.flushed(in);
            pump();
        }
    }

    /** Ends the output; what is flushed leaves first: with NIO it is with the system by now. */
    void shutdown(ChannelPromise promise) {
        shutdowns.add(promise);
        finish();
        shutdownIfDone();
    }

    /** Goes on with {@link #shutdown} if all has left, or will not. */
    void shutdownIfDone() {
        if (shutdowns.isEmpty() || !isFinished()) {
            return;
        }
        List<ChannelPromise> waiting = List.copyOf(shutdowns);
        shutdowns.clear();
        for (ChannelPromise promise : waiting) {
            if (failure != null) {
                promise.tryFailure(failure);
            } else {
                channel.endOutput(promise);
            }
        }
    }

    /** Nothing more is sent. */
    void giveUp() {
        toFinish = 0;
    }

    /** Whether all that {@link #finish} asked for has left or failed, and nothing is under way. */
    boolean isFinished() {
        return !isBusy() && (!finishing || hasFinished());
    }

    boolean isFinishing() {
        return finishing;
    }

    /** Whether something is under way, or waits to be tried again. */
    boolean isBusy() {
        return sending != Sending.NOTHING;
    }

    /** Whether something must end before the channel can leave its loop. What a worker prepares is for the next one. */
    boolean holdsChannel() {
        return isBusy() && sending != Sending.PREPARING;
    }

    /** Whether a part of what was flushed has not left, or a send has failed: the peer must not see a clean end. */
    boolean isCutShort() {
        return failure != null || isBusy() || toFinish > 0;
    }

    void dispose() {
        if (send != null) {
            send.dispose();
            send = null;
        }
        RegionSend current = region;
        if (current != null) {
            current.dispose();
        }
        stopPreparing();
    }

    /** The next loop asks again for what a worker prepares; a channel that is closed never does. */
    private void stopPreparing() {
        if (sending == Sending.PREPARING) {
            sending = Sending.NOTHING;
        }
    }

    /** The channel is closed. */
    void close() {
        RegionSend current = region;
        region = null;
        if (current != null) {
            current.release();
        }
        stopPreparing();
        while (!shutdowns.isEmpty()) {
            shutdowns.removeFirst().tryFailure(new ClosedChannelException());
        }
    }

    /** Cancels what is under way. */
    void cancel() {
        if (send != null) {
            send.cancel(channel.socket());
        }
        if (region != null) {
            region.cancel();
        }
    }

    /** This side as the region that is being sent sees it. */
    private final class Regions implements RegionOwner {
        @Override
        public Channel channel() {
            return channel;
        }

        @Override
        public OverlappedSocket socket() {
            return channel.socket();
        }

        @Override
        public SocketAtLoop place() {
            return channel.atLoop();
        }

        @Override
        public void sendChunk(Chunk chunk, long address, int bytes) {
            StreamSend with = send();
            with.chunk(chunk, address, bytes);
            with.start();
        }

        @Override
        public void preparing() {
            sending = Sending.PREPARING;
        }

        @Override
        public void prepared() {
            if (sending == Sending.PREPARING) {
                sending = Sending.NOTHING;
                pump();
            }
            channel.sendEnded();
        }

        @Override
        public void abandoned() {
            sending = Sending.NOTHING;
        }

        @Override
        public void regionSent(RegionSend current, long bytes) {
            StreamWriter.this.regionSent(current, bytes);
        }

        @Override
        public void regionFailed(RegionSend current, IOException cause) {
            region = null;
            current.release();
            failed(cause);
            channel.sendEnded();
        }

        @Override
        public void refused(String call, int code) {
            StreamWriter.this.refused(call, code);
        }

        @Override
        public void movedOn() {
            channel.sendEnded();
        }
    }
}
