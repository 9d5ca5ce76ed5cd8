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

import static dev.ringport.iocp.abi.WinsockConstants.IPPROTO_IP;
import static dev.ringport.iocp.abi.WinsockConstants.IPPROTO_IPV6;
import static dev.ringport.iocp.abi.WinsockConstants.IPPROTO_UDP;

/** What a channel's receives are posted with: how many, and what they ask for besides payload. From any thread. */
public final class ReceiveSettings {
    private static final InternalLogger LOGGER = InternalLoggerFactory.getInstance(ReceiveSettings.class);
    private static final int MAX_PAYLOAD = 65_535;
    private static final int DEFAULT_RECEIVES = 16;

    private final OverlappedSocket socket;
    private final Runnable rearm;
    private volatile boolean destinations;
    private volatile boolean trains;
    private volatile boolean controlRefused;
    private volatile int posted = DEFAULT_RECEIVES;

    /**
     * @param rearm has receives posted anew; called from any thread
     */
    ReceiveSettings(OverlappedSocket socket, Runnable rearm) {
        this.socket = socket;
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
        int value = on ? 1 : 0;
        if (socket.isInet6()) {
            setInt(IPPROTO_IPV6, WinsockConstants.IPV6_PKTINFO, value);
            // What comes over IPv4 may be told by either.
            socket.trySetInt(IPPROTO_IP, WinsockConstants.IP_PKTINFO, value);
        } else {
            setInt(IPPROTO_IP, WinsockConstants.IP_PKTINFO, value);
        }
        destinations = on;
        rearm.run();
    }

    /** Whether trains may come in whole. */
    public boolean isUdpGro() {
        return trains;
    }

    /** Lets trains come in whole. */
    public void udpGro(boolean on) {
        boolean before = trains;
        if (!on && !before) {
            return;
        }
        if (on && controlRefused) {
            throw new ChannelException("WSARecvMsg is refused, and nothing else says where to cut trains");
        }
        // Receives with room for trains come first: one that meets a smaller receive is cut, and its rest is lost.
        trains = on || before;
        try {
            setInt(IPPROTO_UDP, WinsockConstants.UDP_RECV_MAX_COALESCED_SIZE, on ? MAX_PAYLOAD : 0);
            trains = on;
        } catch (ChannelException refused) {
            trains = before;
            throw refused;
        }
        rearm.run();
    }

    /** Whether receives ask for control data. */
    boolean wantsControl() {
        return (trains || destinations) && !controlRefused;
    }

    /** A receive with control data was refused: the channel goes on without. On the loop. */
    void controlRefused(Object channel, int code) {
        if (controlRefused) {
            return;
        }
        if (trains) {
            // First: a receive without control data could not cut what comes.
            socket.trySetInt(IPPROTO_UDP, WinsockConstants.UDP_RECV_MAX_COALESCED_SIZE, 0);
            trains = false;
        }
        controlRefused = true;
        LOGGER.warn(
                "{}: WSARecvMsg is refused ({}), goes on with WSARecvFrom; recipients are the local address",
                channel, WindowsErrors.describe(code));
    }
}
