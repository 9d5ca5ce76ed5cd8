// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.iocp;

import dev.ringport.iocp.IocpCounters.Counter;
import dev.ringport.iocp.abi.WindowsErrors;
import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.net.SocketException;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * The posted receives of one channel. What they bring goes up in the order in which they were posted: one that ends
 * waits for those posted before it, and each ends, also when it is cancelled. On the loop only.
 */
final class IocpReceives {
    /** So many resets in a row that the calls themselves tell are no longer those of datagrams sent in vain. */
    private static final int MAX_RESETS = 256;

    private final IocpDatagramChannel channel;
    private final IocpSocket socket;
    private final IocpIoHandler handler;
    private final IocpRegistration registration;
    private final DatagramUnpacker unpacker;
    private final ArrayDeque<IocpReceive> posted = new ArrayDeque<>();
    private final ArrayDeque<IocpReceive> idle = new ArrayDeque<>();
    private @Nullable IOException failure;
    private @Nullable PortCheck portCheck;
    private int resetsInARow;
    private boolean armed;
    private boolean continuous;
    private boolean cancelling;
    private boolean detached;

    IocpReceives(IocpDatagramChannel channel, IocpSocket socket, IocpRegistration registration) {
        this.channel = channel;
        this.socket = socket;
        this.registration = registration;
        handler = registration.handler();
        unpacker = new DatagramUnpacker(channel, handler, socket.isInet6());
    }

    /** Posts one receive, or as many as the channel is configured for, each of which is posted again when it ended. */
    void arm(boolean goOn) {
        armed = true;
        continuous = goOn;
        cancelling = false;
        failure = null;
        try {
            postUpTo(goOn ? channel.config().getReceivesPosted() : 1);
        } catch (RuntimeException | Error noMemory) {
            if (posted.isEmpty()) {
                armed = false;
                throw noMemory;
            }
            // Those that are posted go on.
        }
    }

    private void postUpTo(int wanted) {
        while (posted.size() < wanted) {
            int room = channel.receiveRoom();
            post(channel.alloc().directBuffer(room), room);
        }
    }

    /** Posts what there was no memory for, or what the channel was configured for since. */
    void topUp() {
        if (!posted.isEmpty() && isGoingOn() && channel.mayReceive()) {
            try {
                postUpTo(channel.config().getReceivesPosted());
            } catch (RuntimeException | Error noMemory) {
                // Those that are posted go on, and there is a next time.
            }
        }
    }

    private void post(ByteBuf into, int room) {
        IocpReceive receive = idle.poll();
        if (receive == null) {
            receive = new IocpReceive(this, handler.operations());
        }
        posted.add(receive);
        registration.began();
        handler.counters().increment(Counter.RECEIVE_CALLS);
        receive.post(socket, handler.port(), into, room, channel.config().wantsControl());
    }

    /** Cancels what is posted. Each still ends; what has come is handed over. */
    void cancel() {
        cancelling = true;
        for (IocpReceive receive : posted) {
            handler.cancel(socket.handle(), receive);
        }
    }

    /** An operation has ended. */
    void ended(IocpReceive receive) {
        registration.ended();
        if (detached) {
            receive.discard();
            receive.dispose();
            return;
        }
        for (IocpReceive head = posted.peek(); head != null && head.isDone(); head = posted.peek()) {
            posted.remove();
            try {
                handle(head);
            } catch (Throwable failed) {
                handler.counters().increment(Counter.DATAGRAMS_DROPPED);
                channel.deliveryFailed(failed);
            }
            if (detached) {
                return;
            }
        }
        if (posted.isEmpty() && armed) {
            armed = false;
            IOException cause = failure;
            failure = null;
            channel.receiveEnded(cause);
        }
    }

    /** Whether receives are posted that will be posted again. */
    boolean isGoingOn() {
        return armed && continuous && !cancelling && failure == null;
    }

    /** Whether none that is posted would cut a datagram of this size. */
    boolean haveRoomFor(int bytes) {
        for (IocpReceive receive : posted) {
            if (receive.room() < bytes) {
                return false;
            }
        }
        return true;
    }

    private boolean goesOn() {
        return continuous && !cancelling && failure == null && channel.mayReceive()
                && posted.size() < channel.config().getReceivesPosted();
    }

    private void handle(IocpReceive receive) {
        int code = receive.code();
        if (code == 0 || code == WindowsErrors.WSAEMSGSIZE) {
            resetsInARow = 0;
            datagram(receive);
            return;
        }
        if (receive.askedForControl() && isUnknown(code)) {
            channel.config().controlRefused(code);
            repostOrRelease(receive);
            return;
        }
        if (!isReset(code)) {
            release(receive);
            if (!(cancelling && code == WindowsErrors.WSA_OPERATION_ABORTED)) {
                fail(WindowsErrors.datagramException("WSARecvFrom", code));
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
        handler.counters().increment(Counter.DATAGRAM_RESETS);
        repostOrRelease(receive);
    }

    private void repostOrRelease(IocpReceive receive) {
        if (goesOn() || (!continuous && !cancelling && channel.mayReceive())) {
            repost(receive);
        } else {
            release(receive);
        }
    }

    /** The first failure is told when all that is posted has ended. */
    private void fail(IOException cause) {
        if (failure == null) {
            failure = cause;
            for (IocpReceive other : posted) {
                handler.cancel(socket.handle(), other);
            }
        }
    }

    private void unreachable(IocpReceive receive, int code) {
        IOException cause = WindowsErrors.datagramException("WSARecvFrom", code);
        if (goesOn()) {
            repost(receive);
            channel.unreachable(cause);
        } else {
            release(receive);
            if (continuous) {
                channel.unreachable(cause);
            } else {
                failure = cause;
            }
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
    private void repost(IocpReceive receive) {
        int room = receive.room();
        ByteBuf buffer = receive.take();
        idle.push(receive);
        post(buffer.clear(), room);
    }

    private void release(IocpReceive receive) {
        receive.discard();
        idle.push(receive);
    }

    private void datagram(IocpReceive receive) {
        ByteBuf buffer = receive.take();
        int room = receive.room();
        boolean again = goesOn();
        // Before the operation's memory is Windows' again.
        boolean usable = unpacker.read(receive);
        idle.push(receive);
        ByteBuf content = null;
        Throwable noMemory = null;
        if (usable) {
            try {
                content = unpacker.mayPinTooMuch(room) ? unpacker.copy(buffer) : null;
                if (content == null) {
                    // Asked once: another thread may change it.
                    int nextRoom = channel.receiveRoom();
                    ByteBuf next = again ? channel.alloc().directBuffer(nextRoom) : null;
                    content = unpacker.fill(buffer);
                    room = nextRoom;
                    buffer = next;
                }
            } catch (RuntimeException | Error failed) {
                noMemory = failed;
            }
        }
        if (buffer != null && again) {
            // If the datagram was not handed up, its buffer receives again.
            post(buffer.clear(), room);
        } else if (buffer != null) {
            buffer.release();
        }
        if (content != null) {
            unpacker.deliver(content);
        } else {
            handler.counters().increment(Counter.DATAGRAMS_DROPPED);
            if (noMemory != null) {
                channel.deliveryFailed(noMemory);
            }
        }
    }

    /** Runs a task when all packets that are in the port now were handled. */
    void afterPacketsAtHand(Runnable task) {
        PortCheck check = portCheck;
        if (check == null) {
            check = new PortCheck(channel, handler, registration);
            portCheck = check;
        }
        check.run(task);
    }

    /** The channel leaves its loop: memory goes back, that of operations under way when they have ended. */
    void detach() {
        detached = true;
        for (IocpReceive receive : idle) {
            receive.dispose();
        }
        idle.clear();
        for (IocpReceive receive : posted) {
            if (receive.isDone()) {
                // It waited for one before it.
                receive.discard();
                receive.dispose();
            }
        }
        posted.clear();
        if (portCheck != null) {
            portCheck.detach();
        }
    }
}
