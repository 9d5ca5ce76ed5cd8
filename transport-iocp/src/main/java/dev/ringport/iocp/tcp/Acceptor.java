// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.iocp.tcp;

import dev.ringport.ffm.NativeMemory;
import dev.ringport.iocp.abi.Overlapped;
import dev.ringport.iocp.abi.WindowsErrors;
import dev.ringport.iocp.loop.CompletionLoop;
import dev.ringport.iocp.loop.OverlappedSocket;
import dev.ringport.iocp.loop.SocketOperation;
import dev.ringport.net.SocketAddressCodec;
import io.netty.channel.RecvByteBufAllocator;
import io.netty.util.internal.logging.InternalLogger;
import io.netty.util.internal.logging.InternalLoggerFactory;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

import static dev.ringport.iocp.abi.WinsockConstants.SOL_SOCKET;
import static dev.ringport.iocp.abi.WinsockConstants.SO_UPDATE_ACCEPT_CONTEXT;

/**
 * The accepting side of one server. With auto-read on several {@code AcceptEx} are posted, so that a burst of
 * connections finds them; with auto-read off one for each {@code read()}. Connections that were accepted after the
 * pipeline stopped asking are held, in their order; they are closed only with the server. Used on the loop only.
 */
@SuppressWarnings("deprecation") // Netty deprecates the handle but offers nothing else
final class Acceptor implements CompletionLoop.TurnEnd {
    private static final InternalLogger LOGGER = InternalLoggerFactory.getInstance(Acceptor.class);
    private static final int MAX_BACKOFF_SHIFT = 10;

    private final ListeningChannel channel;
    private final List<Accept> free = new ArrayList<>();
    private final List<Accept> posted = new ArrayList<>();
    private final ArrayDeque<ConnectionChannel> held = new ArrayDeque<>();
    /** Of the batch that goes on, or null between batches. */
    private RecvByteBufAllocator.@Nullable Handle batch;
    /** The pipeline has asked, and no batch has begun since. */
    private boolean wanted;
    /** None is posted before a timer: one could not be, or failed for a reason on this side. */
    private boolean backingOff;
    /** None is posted before all that are have ended: they were cancelled. The timer may still run then, or end first. */
    private boolean cancelling;
    /** A task of the loop is to deliver what is held. */
    private boolean deliveryScheduled;
    private int failures;

    Acceptor(ListeningChannel channel) {
        this.channel = channel;
    }

    void beginRead() {
        wanted = true;
        if (!held.isEmpty()) {
            scheduleDelivery();
        } else {
            post();
        }
    }

    void autoReadCleared() {
        wanted = false;
        cancel();
    }

    void resume() {
        backingOff = false;
        deliveryScheduled = false;
        if (!held.isEmpty()) {
            scheduleDelivery();
        }
        post();
    }

    private boolean wants() {
        return (wanted || channel.config().isAutoRead()) && !channel.isEnding();
    }

    private void post() {
        if (backingOff || cancelling || !wants() || !channel.canStart() || !channel.isActive()) {
            return;
        }
        int most = channel.config().isAutoRead() ? channel.acceptsPosted() : 1;
        while (posted.size() < most && !backingOff) {
            Accept accept;
            try {
                accept = free.isEmpty() ? new Accept() : free.removeLast();
            } catch (OutOfMemoryError noMemory) {
                refused(new IOException("there is no memory to accept a connection", noMemory));
                return;
            }
            try {
                accept.open();
            } catch (IOException failed) {
                free.add(accept);
                refused(failed);
                return;
            }
            posted.add(accept);
            accept.start();
        }
    }

    /**
     * Nothing could be accepted for a reason on this side: the pipeline hears of it, and it is tried again later. Once for
     * all accepts that were posted together and fail together.
     */
    private void refused(IOException cause) {
        if (backingOff) {
            return;
        }
        backOff();
        beginBatch();
        channel.pipeline().fireExceptionCaught(cause);
        endBatch();
    }

    private void backOff() {
        failures++;
        backingOff = true;
        Future<?> _ = channel.eventLoop().schedule(() -> {
            if (channel.isRegistered() && channel.eventLoop().inEventLoop()) {
                backingOff = false;
                post();
            }
        }, 1L << Math.min(failures - 1, MAX_BACKOFF_SHIFT), TimeUnit.MILLISECONDS);
    }

    void cancel() {
        if (posted.isEmpty() || !channel.canStart()) {
            return;
        }
        cancelling = true;
        for (Accept accept : posted) {
            channel.atLoop().loop().cancel(channel.socket().handle(), accept);
        }
    }

    void dispose() {
        for (Accept accept : free) {
            accept.dispose();
        }
        for (Accept accept : posted) {
            accept.dispose();
        }
        free.clear();
        posted.clear();
        cancelling = false;
        channel.atLoop().loop().forgetTurnEnd(this);
        batch = null;
    }

    void close() {
        for (ConnectionChannel accepted = held.poll(); accepted != null; accepted = held.poll()) {
            discard(accepted);
        }
    }

    private static void discard(ConnectionChannel accepted) {
        accepted.unsafe().closeForcibly();
    }

    private void ended(Accept accept, int code, @Nullable OverlappedSocket socket) {
        posted.remove(accept);
        // All that are posted are cancelled together, and none is posted meanwhile.
        boolean cancelled = cancelling;
        if (accept.belongsHere()) {
            free.add(accept);
        }
        if (posted.isEmpty()) {
            cancelling = false;
        }
        if (socket == null) {
            return;
        }
        if (code != 0) {
            socket.close();
            failed(code, cancelled);
        } else {
            ConnectionChannel connection = connection(accept, socket);
            if (connection != null) {
                accepted(connection);
            }
        }
        if (batch == null) {
            post();
        }
    }

    /** The channel of an accepted connection; null if there is none, and its socket is closed. */
    private @Nullable ConnectionChannel connection(Accept accept, OverlappedSocket socket) {
        try {
            return accept.connection(socket);
        } catch (IOException gone) {
            // The peer was quicker than the accept.
            socket.close();
            if (channel.atLoop().isThere()) {
                channel.atLoop().loop().counters().acceptsFailed++;
            }
            LOGGER.debug("{}: an accepted connection was gone again", channel, gone);
            return null;
        } catch (RuntimeException | Error failed) {
            socket.close();
            throw failed;
        }
    }

    private void failed(int code, boolean cancelled) {
        if (channel.isEnding() || (cancelled && code == WindowsErrors.WSA_OPERATION_ABORTED)) {
            return;
        }
        channel.atLoop().loop().counters().acceptsFailed++;
        if (!isOfPeer(code)) {
            refused(WindowsErrors.unaskedException("AcceptEx", code));
        }
    }

    /** Whether an accept failed for what one peer did. The pipeline must not hear of it: Netty's acceptor then pauses. */
    private static boolean isOfPeer(int code) {
        return switch (code) {
            case WindowsErrors.WSAECONNRESET, WindowsErrors.WSAECONNABORTED, WindowsErrors.WSAENOTCONN,
                    WindowsErrors.WSAETIMEDOUT, WindowsErrors.WSAENETRESET, WindowsErrors.WSAEDISCON,
                    WindowsErrors.WSAEHOSTUNREACH, WindowsErrors.WSAENETUNREACH ->
                true;
            default -> false;
        };
    }

    private void accepted(ConnectionChannel connection) {
        failures = 0;
        channel.atLoop().loop().counters().accepted++;
        if (wants() && held.isEmpty()) {
            deliver(connection);
        } else if (channel.isOpen() && !channel.isClosing()) {
            held.add(connection);
        } else {
            discard(connection);
        }
    }

    private RecvByteBufAllocator.Handle beginBatch() {
        RecvByteBufAllocator.Handle current = batch;
        if (current == null) {
            current = channel.unsafe().recvBufAllocHandle();
            current.reset(channel.config());
            batch = current;
            channel.atLoop().loop().atEndOfTurn(this);
        }
        wanted = false;
        return current;
    }

    private void deliver(ConnectionChannel connection) {
        RecvByteBufAllocator.Handle current = beginBatch();
        current.incMessagesRead(1);
        channel.pipeline().fireChannelRead(connection);
        if (!current.continueReading()) {
            endBatch();
        }
    }

    private void endBatch() {
        RecvByteBufAllocator.Handle current = batch;
        if (current != null) {
            batch = null;
            channel.atLoop().loop().forgetTurnEnd(this);
            current.readComplete();
            channel.pipeline().fireChannelReadComplete();
        }
    }

    @Override
    public void endOfTurn() {
        endBatch();
        post();
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
        while (!held.isEmpty() && wants()) {
            deliver(held.remove());
        }
        endBatch();
        if (held.isEmpty()) {
            post();
        }
    }

    /** A posted {@code AcceptEx}. It owns the socket that becomes the connection, and the room for both addresses. */
    private final class Accept extends SocketOperation {
        /** {@code AcceptEx} wants 16 bytes more than the longest address. */
        private static final int ADDRESS_BYTES = SocketAddressCodec.INET6_BYTES + 16;
        private static final long OUTPUT = Overlapped.BYTES;
        private static final long RECEIVED = OUTPUT + 96;
        private static final long POINTERS = RECEIVED + Long.BYTES;
        private static final long BYTES = POINTERS + 4 * Long.BYTES;

        private @Nullable OverlappedSocket socket;

        Accept() {
            super(channel.atLoop(), BYTES);
        }

        /** Whether the channel is still at the loop whose memory this is. */
        boolean belongsHere() {
            return channel.canStart() && belongsTo(channel.atLoop());
        }

        void open() throws IOException {
            OverlappedSocket opened = channel.socket().openForAccept();
            try {
                channel.prepareAccepted(opened);
            } catch (Throwable failed) {
                opened.close();
                throw failed;
            }
            socket = opened;
        }

        void start() {
            OverlappedSocket into = socket;
            if (into == null) {
                throw new IllegalStateException("no socket to accept into");
            }
            OverlappedSocket listener = channel.socket();
            long base = memory().address();
            memory().asSlice(OUTPUT, BYTES - OUTPUT).fill((byte) 0);
            long overlapped = begin();
            int result = listener.calls().extensions().acceptEx(
                    loop().port().capture(), listener.handle(), into.handle(), base + OUTPUT, 0, ADDRESS_BYTES,
                    ADDRESS_BYTES, base + RECEIVED, overlapped);
            started(result, result == 0 && !listener.skipsPackets(), 0);
        }

        /** The channel of an accepted connection, not registered yet. */
        ConnectionChannel connection(OverlappedSocket accepted) throws IOException {
            OverlappedSocket listener = channel.socket();
            // Without it shutdown and getpeername do not work on Windows, though they do on Wine.
            accepted.call("setsockopt(SO_UPDATE_ACCEPT_CONTEXT)", (capture, arena) -> listener.calls().winsock()
                    .setsockopt(
                            capture, accepted.handle(), SOL_SOCKET, SO_UPDATE_ACCEPT_CONTEXT,
                            arena.allocateFrom(ValueLayout.JAVA_LONG, listener.handle()).address(), Long.BYTES));
            long base = memory().address();
            long local = POINTERS;
            long remote = POINTERS + Long.BYTES;
            long localLength = POINTERS + 2 * Long.BYTES;
            long remoteLength = localLength + Integer.BYTES;
            listener.calls().extensions().getAcceptExSockaddrs(
                    base + OUTPUT, 0, ADDRESS_BYTES, ADDRESS_BYTES, base + local, base + localLength, base + remote,
                    base + remoteLength);
            InetSocketAddress to = read(local, localLength);
            InetSocketAddress from = read(remote, remoteLength);
            if (from == null) {
                from = accepted.remoteAddress();
            }
            if (from == null) {
                throw new IOException("the peer's address is not known");
            }
            return channel.connection(accepted, to != null ? to : accepted.localAddress(), from);
        }

        private @Nullable InetSocketAddress read(long pointer, long length) {
            long address = memory().get(ValueLayout.JAVA_LONG, pointer);
            int bytes = Math.min(memory().get(ValueLayout.JAVA_INT, length), SocketAddressCodec.INET6_BYTES);
            if (address == 0 || bytes <= 0) {
                return null;
            }
            MemorySegment name = NativeMemory.at(address, bytes);
            return OverlappedSocket.CODEC.read(name, 0, bytes);
        }

        @Override
        protected void ended(int code, int bytes) {
            OverlappedSocket into = socket;
            socket = null;
            Acceptor.this.ended(this, code, into);
        }
    }
}
