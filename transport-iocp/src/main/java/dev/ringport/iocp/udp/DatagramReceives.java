// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.iocp.udp;

import dev.ringport.datagram.receive.Arrival;
import dev.ringport.datagram.receive.DatagramReader;
import dev.ringport.datagram.receive.Ending;
import dev.ringport.datagram.receive.ReceiveEngine;
import dev.ringport.iocp.abi.WindowsErrors;
import dev.ringport.iocp.loop.CompletionLoop;
import dev.ringport.iocp.loop.OverlappedSocket;
import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.net.SocketException;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * The posted receives of one channel. What they bring goes up in the order in which they were posted: one that ends
 * waits for those posted before it, and each ends, also when it is cancelled. On the loop only.
 */
final class DatagramReceives implements ReceiveEngine {
    /** So many resets in a row that the calls themselves tell are no longer those of datagrams sent in vain. */
    private static final int MAX_RESETS = 256;
    /** A receive with room for a train is copied out of if it brought no more: its 64 KiB receive again. */
    private static final int COPIED_BYTES = 8 * 1024;
    private static final int MIN_CONTENT_BYTES = 64;

    /** What the reader has asked for. */
    private enum State {
        /** Nothing. */
        IDLE,
        /** To receive. Windows takes no receive before there is a port: they are posted as soon as there is one. */
        DEFERRED,
        /** To receive: receives are posted, or one that has come is being handed over. */
        ARMED,
        /** No longer to receive: those that are posted were cancelled, and still end. */
        CANCELLING,
        /** The channel has left the loop: what still ends is given back. */
        DETACHED
    }

    private final OverlappedDatagramChannel channel;
    private final DatagramReader reader;
    private final OverlappedSocket socket;
    private final CompletionLoop loop;
    private final DatagramUnpacker unpacker;
    private final ArrayDeque<PostedReceive> posted = new ArrayDeque<>();
    private final ArrayDeque<PostedReceive> idle = new ArrayDeque<>();
    private final CompletionLoop.TurnEnd endOfReads = this::endReadBatch;
    private @Nullable IOException failure;
    private Ending ending = Ending.DONE;
    private final PortCheck portCheck;
    private int resetsInARow;
    /** In which an unreachable port was told. */
    private int toldInTurn = -1;
    private State state = State.IDLE;
    /** Each receive is posted again when it has ended; otherwise one is posted, which yields one datagram. */
    private boolean continuous;
    /** The loop is to call at the end of its turn. */
    private boolean readsEnd;

    DatagramReceives(OverlappedDatagramChannel channel, DatagramReader reader, OverlappedSocket socket) {
        this.channel = channel;
        this.reader = reader;
        this.socket = socket;
        loop = channel.atLoop().loop();
        unpacker = new DatagramUnpacker(channel, loop, socket.isInet6());
        // Made now: there may be no memory for it when a receive is in doubt.
        portCheck = new PortCheck(channel);
    }

    @Override
    public boolean takesOperations() {
        return loop.isUsable();
    }

    /** Posts one receive, or as many as the channel is configured for, each of which is posted again when it ended. */
    @Override
    public void arm(boolean goOn) {
        if (!channel.hasPort()) {
            state = State.DEFERRED;
            return;
        }
        state = State.ARMED;
        continuous = goOn;
        failure = null;
        ending = Ending.DONE;
        try {
            postUpTo(goOn ? channel.settings().posted() : 1);
        } catch (RuntimeException | Error noMemory) {
            if (posted.isEmpty()) {
                state = State.IDLE;
                throw noMemory;
            }
            // Those that are posted go on.
        }
    }

    /** The socket has a port from now on. */
    void portChosen() {
        if (state != State.DEFERRED) {
            return;
        }
        state = State.IDLE;
        try {
            arm(channel.config().isAutoRead());
        } catch (RuntimeException | Error notPosted) {
            channel.eventLoop().execute(() -> {
                if (state != State.DETACHED) {
                    reader.ended(Ending.FAULT, notPosted);
                }
            });
        }
    }

    private void postUpTo(int wanted) {
        while (posted.size() < wanted) {
            int room = channel.receiveRoom();
            PostedReceive receive = idle.poll();
            if (receive == null) {
                receive = new PostedReceive(this, channel.atLoop());
            }
            ByteBuf into;
            try {
                into = channel.alloc().directBuffer(room);
            } catch (RuntimeException | Error noMemory) {
                idle.push(receive);
                throw noMemory;
            }
            post(receive, into, room);
        }
    }

    /** Posts what there was no memory for, or what the channel was configured for since. */
    private void topUp() {
        if (!posted.isEmpty() && isGoingOn() && channel.mayReceive()) {
            try {
                postUpTo(channel.settings().posted());
            } catch (RuntimeException | Error noMemory) {
                // Those that are posted go on, and there is a next time.
            }
        }
    }

    private void post(PostedReceive receive, ByteBuf into, int room) {
        posted.add(receive);
        loop.counters().receiveCalls++;
        ReceiveSettings settings = channel.settings();
        receive.post(socket, loop.port(), into, room, settings.wantsControl(), settings.mayBringTrains());
        if (!receive.endedAtOnce() && settings.socketIsEmpty()) {
            receive.bringsOne();
        }
    }

    /** Cancels what is posted. Each still ends; what has come is handed over. */
    @Override
    public void cancel() {
        if (state == State.DEFERRED) {
            state = State.IDLE;
            reader.ended(Ending.DONE, null);
            return;
        }
        if (state == State.ARMED) {
            state = State.CANCELLING;
        }
        for (PostedReceive receive : posted) {
            receive.cancel(socket);
        }
    }

    @Override
    public void joinBatch() {
        if (loop.isInTurn() && !readsEnd) {
            readsEnd = true;
            loop.atEndOfTurn(endOfReads);
        }
    }

    private void endReadBatch() {
        readsEnd = false;
        reader.endBatch();
        if (haveRoomFor(channel.receiveRoom())) {
            topUp();
        } else {
            // An allocator that adapts expects more by now.
            reader.cancel();
        }
    }

    @Override
    public void count(int datagrams, int cut) {
        loop.counters().datagramsReceived += datagrams;
        loop.counters().datagramsTruncated += cut;
    }

    @Override
    public void countDropped() {
        loop.counters().datagramsDropped++;
    }

    /** An operation has ended. */
    void ended(PostedReceive receive) {
        if (state == State.DETACHED) {
            receive.releaseBuffer();
            receive.dispose();
            return;
        }
        for (PostedReceive head = posted.peek(); head != null && head.isDone(); head = posted.peek()) {
            posted.remove();
            try {
                handle(head);
            } catch (Throwable failed) {
                countDropped();
                reader.toldWhileArmed(failed);
            }
            if (state == State.DETACHED) {
                return;
            }
        }
        if (posted.isEmpty() && (state == State.ARMED || state == State.CANCELLING)) {
            state = State.IDLE;
            IOException cause = failure;
            failure = null;
            reader.ended(ending, cause);
        }
    }

    /** Whether receives are posted that will be posted again. */
    boolean isGoingOn() {
        return state == State.ARMED && continuous && failure == null;
    }

    /** Whether none that is posted would cut a datagram of this size. */
    private boolean haveRoomFor(int bytes) {
        for (PostedReceive receive : posted) {
            if (receive.room() < bytes) {
                return false;
            }
        }
        return true;
    }

    private boolean goesOn() {
        return isGoingOn() && channel.mayReceive() && posted.size() < channel.settings().posted();
    }

    private void handle(PostedReceive receive) {
        int code = receive.code();
        if (code == 0 || code == WindowsErrors.WSAEMSGSIZE) {
            resetsInARow = 0;
            datagram(receive);
            return;
        }
        if (receive.askedForControl() && isUnknown(code)) {
            channel.settings().controlRefused(channel, code);
            repostOrRelease(receive);
            return;
        }
        if (!isReset(code)) {
            release(receive);
            if (!(state == State.CANCELLING && code == WindowsErrors.WSA_OPERATION_ABORTED)) {
                fail(exception(code));
            }
            return;
        }
        resetsInARow = receive.endedAtOnce() ? resetsInARow + 1 : 0;
        if (resetsInARow > MAX_RESETS) {
            release(receive);
            fail(new SocketException("WSARecvFrom fails again and again: " + WindowsErrors.describe(code)));
            return;
        }
        if (channel.isConnected()) {
            unreachable(receive, code);
            return;
        }
        // Told of a datagram that was sent earlier, to whomever: nobody who reads here can do anything about it.
        loop.counters().datagramResets++;
        repostOrRelease(receive);
    }

    private void repostOrRelease(PostedReceive receive) {
        if (goesOn() || (!continuous && state == State.ARMED && channel.mayReceive())) {
            repost(receive);
        } else {
            release(receive);
        }
    }

    /** A cancel that was not this channel's is no close: the channel goes on. */
    private static IOException exception(int code) {
        return code == WindowsErrors.WSA_OPERATION_ABORTED
                ? WindowsErrors.unaskedException("WSARecvFrom", code)
                : WindowsErrors.datagramException("WSARecvFrom", code);
    }

    /** The first failure is told when all that is posted has ended. */
    private void fail(IOException cause) {
        if (failure == null) {
            failure = cause;
            ending = Ending.FAULT;
            for (PostedReceive other : posted) {
                other.cancel(socket);
            }
        }
    }

    private void unreachable(PostedReceive receive, int code) {
        IOException cause = WindowsErrors.datagramException("WSARecvFrom", code);
        if (goesOn()) {
            repost(receive);
            tellOnce(cause);
        } else {
            release(receive);
            if (continuous) {
                tellOnce(cause);
            } else {
                failure = cause;
                ending = Ending.ANSWER;
            }
        }
    }

    /** Once a turn, as NIO: Wine ends all receives that are posted for one datagram that was sent in vain. */
    private void tellOnce(IOException cause) {
        if (toldInTurn != loop.turn()) {
            toldInTurn = loop.turn();
            reader.toldWhileArmed(cause);
        }
    }

    private static boolean isReset(int code) {
        return switch (code) {
            case WindowsErrors.WSAECONNRESET, WindowsErrors.WSAENETRESET, WindowsErrors.WSAECONNREFUSED,
                    WindowsErrors.ERROR_PORT_UNREACHABLE, WindowsErrors.WSAENETUNREACH,
                    WindowsErrors.WSAEHOSTUNREACH ->
                true;
            default -> false;
        };
    }

    /** What a provider answers that cannot hand over control data. */
    private static boolean isUnknown(int code) {
        return code == WindowsErrors.WSAEOPNOTSUPP || code == WindowsErrors.WSAEINVAL
                || code == WindowsErrors.WSAENOPROTOOPT;
    }

    /** The same buffer again. */
    private void repost(PostedReceive receive) {
        int room = receive.room();
        post(receive, receive.takeBuffer().clear(), room);
    }

    private void release(PostedReceive receive) {
        receive.releaseBuffer();
        putBack(receive);
    }

    private void putBack(PostedReceive receive) {
        if (state == State.DETACHED) {
            receive.dispose();
        } else {
            idle.push(receive);
        }
    }

    private void datagram(PostedReceive receive) {
        // Before the operation's memory is Windows' again.
        Arrival arrival;
        try {
            arrival = unpacker.read(receive);
        } catch (RuntimeException | Error unreadable) {
            release(receive);
            throw unreadable;
        }
        if (arrival.isUnmarked() && receive.mayBeTrain() && channel.settings().coalescingFailed(channel)) {
            // What is posted may have taken trains; what is posted anew is told apart.
            reader.cancel();
        }
        reader.arrived(arrival, receive);
    }

    /** Takes a datagram or a train out of what has ended; the receive is posted again if receives go on. */
    ByteBuf take(PostedReceive receive, int bytes) {
        if (receive.mayBeTrain() && receive.bytes() <= COPIED_BYTES && receive.room() > COPIED_BYTES) {
            ByteBuf content = copy(receive.buffer(), bytes);
            drop(receive);
            return content;
        }
        if (!goesOn()) {
            ByteBuf content = receive.takeBuffer();
            putBack(receive);
            return content.setIndex(0, bytes);
        }
        // Asked once: another thread may change it.
        int nextRoom = channel.receiveRoom();
        ByteBuf next = channel.alloc().directBuffer(nextRoom);
        ByteBuf content = receive.takeBuffer();
        post(receive, next, nextRoom);
        return content.setIndex(0, bytes);
    }

    private ByteBuf copy(ByteBuf received, int bytes) {
        ByteBuf content = channel.alloc().directBuffer(Math.max(bytes, MIN_CONTENT_BYTES));
        try {
            return content.writeBytes(received.setIndex(0, bytes));
        } catch (RuntimeException | Error failed) {
            content.release();
            throw failed;
        }
    }

    /** What has ended brought nothing that is wanted: the same buffer again if receives go on. */
    void drop(PostedReceive receive) {
        if (goesOn()) {
            repost(receive);
        } else {
            release(receive);
        }
    }

    /** Runs a task when all packets that are in the port now were handled. */
    void afterPacketsAtHand(Runnable task) {
        portCheck.run(task);
    }

    /** The channel leaves its loop: memory goes back, that of operations under way when they have ended. */
    void detach() {
        loop.forgetTurnEnd(endOfReads);
        state = State.DETACHED;
        for (PostedReceive receive : idle) {
            receive.dispose();
        }
        idle.clear();
        for (PostedReceive receive : posted) {
            if (receive.isDone()) {
                // It waited for one before it.
                receive.releaseBuffer();
                receive.dispose();
            }
        }
        posted.clear();
        portCheck.detach();
    }
}
