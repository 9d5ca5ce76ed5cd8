// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.mmsg.engine;

import dev.ringport.datagram.receive.DatagramReader;
import dev.ringport.datagram.send.DatagramSender;
import dev.ringport.linux.socket.LinuxSocket;
import dev.ringport.linux.socket.UdpOffloads;
import dev.ringport.mmsg.abi.EpollConstants;
import io.netty.channel.Channel;

/** One channel at one loop: its receive, its sends, and what its socket is watched for. */
public final class ChannelEngine {
    private static final int RECEIVE = EpollConstants.EPOLLIN | EpollConstants.EPOLLERR | EpollConstants.EPOLLHUP;
    private static final int SEND = EpollConstants.EPOLLOUT | EpollConstants.EPOLLERR | EpollConstants.EPOLLHUP;

    private final LoopEngine loop;
    private final Readiness readiness;
    private final MmsgReceive receive;
    private final MmsgSends sends;
    /** What changes in the meantime is told afterwards, once. */
    private boolean handling;
    private boolean left;

    /** A channel that has come to a loop; reader and sender know it from now on. */
    public ChannelEngine(
            Channel channel, DatagramReader reader, DatagramSender sender, LinuxSocket socket, LoopEngine loop,
            Readiness readiness) {
        this.loop = loop;
        this.readiness = readiness;
        receive = new MmsgReceive(
                channel, reader, socket, loop.receives(), loop.trains().peers(socket.isInet6()), readiness,
                this);
        sends = new MmsgSends(sender, loop.sends(), socket, UdpOffloads.segmentation(), readiness, this);
        reader.attach(receive);
        sender.attach(sends, loop.trains(), socket.isInet6());
    }

    /** What the channel sends with. */
    public MmsgSends sends() {
        return sends;
    }

    /** Whether the loop still serves. */
    public boolean takesOperations() {
        return loop.isOpen();
    }

    /** The channel leaves its loop. */
    public void leave() {
        left = true;
        sends.leave();
        receive.leave();
    }

    /** The socket is ready, within a turn of the loop. */
    public void ready(int events) {
        if (left) {
            return;
        }
        handling = true;
        try {
            if ((events & RECEIVE) != 0) {
                receive.readable(events);
            }
            if ((events & SEND) != 0) {
                sends.writable(events);
            }
        } finally {
            handling = false;
            wantsChanged();
        }
    }

    /** What the socket is to be watched for. */
    public int wanted() {
        return (receive.isWanting() ? EpollConstants.EPOLLIN : 0) | (sends.isWaiting() ? EpollConstants.EPOLLOUT : 0);
    }

    void wantsChanged() {
        if (!handling && !left) {
            readiness.want(wanted());
        }
    }
}
