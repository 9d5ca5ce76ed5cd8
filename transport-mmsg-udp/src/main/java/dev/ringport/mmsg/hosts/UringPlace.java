// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.mmsg.hosts;

import dev.ringport.linux.abi.Errno;
import dev.ringport.mmsg.abi.EpollConstants;
import dev.ringport.mmsg.engine.ChannelEngine;
import dev.ringport.mmsg.engine.Hosted;
import io.netty.channel.IoEvent;
import io.netty.channel.IoEventLoop;
import io.netty.channel.IoRegistration;
import io.netty.channel.uring.IoUringIoEvent;
import io.netty.channel.uring.IoUringIoHandle;
import io.netty.channel.uring.IoUringIoOps;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/**
 * A channel's place at a loop over Netty's io_uring. A poll for each direction that is wanted tells once, and is submitted
 * again by a task when the turn is over. It holds the socket until it completes, so an end of the channel waits for that.
 */
final class UringPlace extends ChannelEngine {
    private static final byte IORING_OP_POLL_ADD = 6;
    private static final byte IORING_OP_ASYNC_CANCEL = 14;
    private static final int NO_DESCRIPTOR = -1;
    private static final short CANCEL = -1;

    /** A poll for one direction. */
    private static final class Poll {
        private final int events;
        private boolean inFlight;
        private long token;

        Poll(int events) {
            this.events = events;
        }
    }

    private final ForeignLoop loop;
    private final IoRegistration registration;
    /** The data of a poll is its index. */
    private final Poll[] polls = {new Poll(EpollConstants.EPOLLIN), new Poll(EpollConstants.EPOLLOUT)};
    private final Runnable askLater = this::askLater;
    private boolean asksLater;

    private UringPlace(ForeignLoop loop, Hosted channel, IoRegistration registration) {
        super(loop.engine(), channel);
        this.loop = loop;
        this.registration = registration;
        loop.add(this);
    }

    static boolean canBeAt(IoEventLoop loop) {
        return loop.isCompatible(IoUringIoHandle.class);
    }

    static void take(IoEventLoop at, ForeignLoop loop, Hosted channel, Hosts.Taken taken) {
        Handle handle = new Handle(channel);
        Hosts.register(
                at, handle, registration -> handle.place = new UringPlace(loop, channel, registration), taken);
    }

    /** The channel as Netty's handler sees it. */
    private static final class Handle implements IoUringIoHandle {
        private final Hosted channel;
        private @Nullable UringPlace place;

        Handle(Hosted channel) {
            this.channel = channel;
        }

        @Override
        @SuppressWarnings("deprecation") // what replaces it is not in every Netty 4.2
        public void handle(IoRegistration by, IoEvent event) {
            UringPlace here = place;
            IoUringIoEvent result = (IoUringIoEvent) event;
            if (here != null && result.opcode() == IORING_OP_POLL_ADD) {
                here.completed(here.polls[result.data()], result.res());
            }
        }

        /** By the handler, which ends and still hands on what its ring completes. */
        @Override
        public void close() {
            channel.close();
        }
    }

    /**
     * What a turn wants is asked for by a task: the handler submits and completes until there is nothing left, and a poll
     * of a socket that always has something would keep it from everything else.
     */
    @Override
    protected void want(int wanted) {
        if (!loop.isInTurn()) {
            ask(wanted);
        } else if (!asksLater) {
            asksLater = true;
            loop.soon(askLater);
        }
    }

    private void askLater() {
        asksLater = false;
        if (!isStopped()) {
            ask(wanted());
        }
    }

    private void ask(int wanted) {
        for (short i = 0; i < polls.length; i++) {
            Poll poll = polls[i];
            if ((wanted & poll.events) != 0 && !poll.inFlight && registration.isValid()) {
                poll.inFlight = true;
                began();
                poll.token = registration.submit(ops(
                        IORING_OP_POLL_ADD, channel().socket().fd(), 0, asTheKernelReads(poll.events), i));
            }
        }
    }

    /** The halves of the number change places where the most significant byte is the first. */
    private static int asTheKernelReads(int events) {
        return ByteOrder.nativeOrder() == ByteOrder.BIG_ENDIAN ? Integer.rotateLeft(events, Short.SIZE) : events;
    }

    @SuppressWarnings("deprecation") // what replaces it is not in every Netty 4.2
    private static IoUringIoOps ops(byte opcode, int fd, long address, int opFlags, short data) {
        return new IoUringIoOps(
                opcode, (byte) 0, (short) 0, fd, 0, address, 0, opFlags, data, (short) 0, (short) 0, 0, 0);
    }

    private void completed(Poll poll, int res) {
        poll.inFlight = false;
        ended();
        if (res != -Errno.ECANCELED) {
            // The call that follows tells what was wrong with the socket.
            loop.turn(this, res >= 0 ? res : poll.events | EpollConstants.EPOLLERR);
        }
        channel().progressed();
    }

    @Override
    public void cancelWaits() {
        super.cancelWaits();
        for (Poll poll : polls) {
            if (poll.inFlight && registration.isValid()) {
                registration.submit(ops(IORING_OP_ASYNC_CANCEL, NO_DESCRIPTOR, poll.token, 0, CANCEL));
            }
        }
    }

    /** Nothing is to be done: the channel's end has cancelled the polls, which hold the socket until they complete. */
    @Override
    protected void unwatch() {}

    @Override
    public void leave() {
        super.leave();
        loop.remove(this);
        registration.cancel();
    }
}
