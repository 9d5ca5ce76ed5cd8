// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.iocp.udp;

import dev.ringport.iocp.abi.WindowsErrors;
import dev.ringport.iocp.abi.WinsockConstants;
import dev.ringport.iocp.loop.OverlappedSocket;
import io.netty.channel.ChannelException;
import io.netty.util.internal.logging.InternalLogger;
import io.netty.util.internal.logging.InternalLoggerFactory;
import java.io.IOException;

import static dev.ringport.iocp.abi.WinsockConstants.IPPROTO_UDP;

/** What a channel's receives are posted with: how many, and what they ask for besides payload. From any thread. */
public final class ReceiveSettings {
    private static final InternalLogger LOGGER = InternalLoggerFactory.getInstance(ReceiveSettings.class);
    private static final int MAX_PAYLOAD = 65_535;
    private static final int DEFAULT_RECEIVES = 16;

    /** What reads of the socket may be. */
    private enum Coalescing {
        OFF, ON,
        /** Switched off in traffic; what the socket held then may still be trains. */
        DRAINING,
        /** Switched off in traffic, for good. */
        FAILED
    }

    private final OverlappedSocket socket;
    private final DatagramSocketOptions options;
    private final Runnable rearm;
    private volatile boolean destinations;
    private volatile Coalescing coalescing = Coalescing.OFF;
    private volatile boolean controlRefused;
    private volatile int posted = DEFAULT_RECEIVES;

    /**
     * @param rearm has receives posted anew; called from any thread
     */
    ReceiveSettings(OverlappedSocket socket, DatagramSocketOptions options, Runnable rearm) {
        this.socket = socket;
        this.options = options;
        this.rearm = rearm;
    }

    /** How many are posted at a time. */
    public int posted() {
        return posted;
    }

    /** Sets how many are posted at a time. */
    public void posted(int receives) {
        posted = receives;
    }

    private void setInt(int level, int name, int value) {
        try {
            socket.setInt(level, name, value);
        } catch (IOException e) {
            throw new ChannelException(e);
        }
    }

    /** Whether receives tell to which address a datagram was sent. */
    public boolean tellsDestinations() {
        return destinations;
    }

    /** Lets receives tell to which address a datagram was sent. */
    public void tellDestinations(boolean on) {
        try {
            options.tellDestinations(on);
        } catch (IOException e) {
            throw new ChannelException(e);
        }
        destinations = on;
        rearm.run();
    }

    /** Whether trains may come in whole. */
    public boolean isUdpGro() {
        return coalescing == Coalescing.ON;
    }

    /** Lets trains come in whole. */
    public void udpGro(boolean on) {
        synchronized (this) {
            Coalescing before = coalescing;
            if (!on && before != Coalescing.ON) {
                return;
            }
            if (on && controlRefused) {
                throw new ChannelException("WSARecvMsg is refused, and nothing else says where to cut trains");
            }
            if (on && (before == Coalescing.DRAINING || before == Coalescing.FAILED)) {
                throw new ChannelException("this Windows has left out the size by which to cut a train");
            }
            // Receives with room for trains come first: one that meets a smaller receive is cut, and its rest is lost.
            coalescing = Coalescing.ON;
            try {
                setInt(IPPROTO_UDP, WinsockConstants.UDP_RECV_MAX_COALESCED_SIZE, on ? MAX_PAYLOAD : 0);
                coalescing = on ? Coalescing.ON : Coalescing.OFF;
            } catch (ChannelException refused) {
                coalescing = before;
                throw refused;
            }
        }
        rearm.run();
    }

    /** Whether a receive that is posted now may bring a train. */
    boolean mayBringTrains() {
        Coalescing now = coalescing;
        return now == Coalescing.ON || now == Coalescing.DRAINING;
    }

    /** Whether receives ask for control data. */
    boolean wantsControl() {
        return (mayBringTrains() || destinations) && !controlRefused;
    }

    /**
     * A read came without the size to cut it by: no more of that kind. On the loop.
     *
     * @return whether coalescing was on until now
     */
    synchronized boolean coalescingFailed(Object channel) {
        if (coalescing != Coalescing.ON) {
            return false;
        }
        socket.trySetInt(IPPROTO_UDP, WinsockConstants.UDP_RECV_MAX_COALESCED_SIZE, 0);
        coalescing = Coalescing.DRAINING;
        LOGGER.warn("{}: a read without UDP_COALESCED_INFO was dropped; UDP_GRO is off from here on", channel);
        return true;
    }

    /**
     * The socket holds nothing. On the loop.
     *
     * @return whether it was the end of what came before coalescing was switched off in traffic
     */
    boolean socketIsEmpty() {
        if (coalescing != Coalescing.DRAINING) {
            return false;
        }
        coalescing = Coalescing.FAILED;
        return true;
    }

    /** A receive with control data was refused: the channel goes on without. On the loop. */
    synchronized void controlRefused(Object channel, int code) {
        if (controlRefused) {
            return;
        }
        if (coalescing == Coalescing.ON) {
            // First: a receive without control data could not cut what comes.
            socket.trySetInt(IPPROTO_UDP, WinsockConstants.UDP_RECV_MAX_COALESCED_SIZE, 0);
            coalescing = Coalescing.OFF;
        }
        controlRefused = true;
        LOGGER.warn(
                "{}: WSARecvMsg is refused ({}), goes on with WSARecvFrom; recipients are the local address",
                channel, WindowsErrors.describe(code));
    }
}
