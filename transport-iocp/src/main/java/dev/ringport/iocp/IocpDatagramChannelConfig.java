// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.iocp;

import dev.ringport.datagram.CompletionDatagramConfig;
import dev.ringport.datagram.OptionTable;
import dev.ringport.iocp.abi.WindowsErrors;
import dev.ringport.iocp.abi.WinsockConstants;
import io.netty.channel.ChannelException;
import io.netty.channel.ChannelOption;
import io.netty.util.internal.ObjectUtil;
import io.netty.util.internal.logging.InternalLogger;
import io.netty.util.internal.logging.InternalLoggerFactory;
import java.io.IOException;
import java.util.Set;
import org.jspecify.annotations.Nullable;

import static dev.ringport.iocp.abi.WinsockConstants.IPPROTO_IP;
import static dev.ringport.iocp.abi.WinsockConstants.IPPROTO_IPV6;
import static dev.ringport.iocp.abi.WinsockConstants.IPPROTO_UDP;
import static dev.ringport.iocp.abi.WinsockConstants.SOL_SOCKET;

/**
 * The configuration of an {@link IocpDatagramChannel}. Methods may be called from any thread; those that reach the
 * socket throw {@link ChannelException} with the system's error.
 *
 * <p>What differs from other systems: {@code SO_REUSEADDR} lets another socket, also one of another program, bind the
 * same address, and nobody knows which of the two gets a datagram; see {@link IocpChannelOption#SO_EXCLUSIVEADDRUSE}
 * for the opposite. {@code IP_TOS} has effect only on connected channels of users whom Windows lets mark their traffic
 * (administrators and network configuration operators), or where the registry allows it to all; the getter answers what
 * was set. {@code IP_MULTICAST_LOOP_DISABLED} is the receiver's, not the sender's.
 */
public final class IocpDatagramChannelConfig extends CompletionDatagramConfig {
    private static final InternalLogger LOGGER = InternalLoggerFactory.getInstance(IocpDatagramChannelConfig.class);
    private static final int MAX_PAYLOAD = 65_535;
    private static final int MAX_RECEIVES = 1024;
    private static final int DEFAULT_RECEIVES = 16;
    private static final OptionTable<IocpDatagramChannelConfig> OPTIONS = new OptionTable<IocpDatagramChannelConfig>()
            .add(
                    IocpChannelOption.RECEIVES_POSTED,
                    c -> c.getReceivesPosted(),
                    IocpDatagramChannelConfig::setReceivesPosted)
            .add(
                    IocpChannelOption.SO_EXCLUSIVEADDRUSE,
                    c -> c.isExclusiveAddressUse(),
                    IocpDatagramChannelConfig::setExclusiveAddressUse)
            .add(
                    IocpChannelOption.IP_RECVORIGDSTADDR,
                    c -> c.isIpRecvOrigDestAddr(),
                    IocpDatagramChannelConfig::setIpRecvOrigDestAddr)
            .add(IocpChannelOption.UDP_GRO, c -> c.isUdpGro(), IocpDatagramChannelConfig::setUdpGro)
            .add(
                    IocpChannelOption.MAX_DATAGRAM_PAYLOAD_SIZE,
                    c -> c.getMaxDatagramPayloadSize(),
                    IocpDatagramChannelConfig::setMaxDatagramPayloadSize)
            .add(
                    IocpChannelOption.UDP_AUTO_SEGMENTATION,
                    c -> c.isAutoSegmentation(),
                    IocpDatagramChannelConfig::setAutoSegmentation);

    private final IocpDatagramChannel owner;
    private final IocpSocket socket;
    private volatile boolean destinations;
    private volatile boolean trains;
    private volatile boolean controlRefused;
    private volatile boolean autoSegmentation = true;
    private volatile int maxDatagramPayloadSize;
    private volatile int receivesPosted = DEFAULT_RECEIVES;

    IocpDatagramChannelConfig(IocpDatagramChannel channel, IocpSocket socket, IocpSocketOptions options) {
        super(channel, options);
        owner = channel;
        this.socket = socket;
    }

    @Override
    protected Set<ChannelOption<?>> systemOptions() {
        return OPTIONS.options();
    }

    @Override
    @SuppressWarnings("TypeParameterUnusedInFormals")
    public <T> @Nullable T getOption(ChannelOption<T> option) {
        return OPTIONS.has(option) ? OPTIONS.get(this, option) : super.getOption(option);
    }

    @Override
    public <T> boolean setOption(ChannelOption<T> option, T value) {
        if (OPTIONS.has(option)) {
            validate(option, value);
            return OPTIONS.set(this, option, value);
        }
        return super.setOption(option, value);
    }

    private void setInt(int level, int name, int value) {
        try {
            socket.setInt(level, name, value);
        } catch (IOException e) {
            throw new ChannelException(e);
        }
    }

    /** See {@link IocpChannelOption#RECEIVES_POSTED}. */
    public int getReceivesPosted() {
        return receivesPosted;
    }

    /**
     * See {@link IocpChannelOption#RECEIVES_POSTED}. May be called at any time; receives that are posted already stay.
     *
     * @throws IllegalArgumentException if not 1 to 1024
     */
    public IocpDatagramChannelConfig setReceivesPosted(int receives) {
        receivesPosted = ObjectUtil.checkInRange(receives, 1, MAX_RECEIVES, "receives");
        return this;
    }

    /** See {@link IocpChannelOption#SO_EXCLUSIVEADDRUSE}. Default false for datagrams. */
    public boolean isExclusiveAddressUse() {
        try {
            return socket.getInt(SOL_SOCKET, WinsockConstants.SO_EXCLUSIVEADDRUSE) != 0;
        } catch (IOException e) {
            throw new ChannelException(e);
        }
    }

    /** See {@link IocpChannelOption#SO_EXCLUSIVEADDRUSE}. Before the bind, and not together with SO_REUSEADDR. */
    public IocpDatagramChannelConfig setExclusiveAddressUse(boolean exclusive) {
        setInt(SOL_SOCKET, WinsockConstants.SO_EXCLUSIVEADDRUSE, exclusive ? 1 : 0);
        return this;
    }

    /** See {@link IocpChannelOption#IP_RECVORIGDSTADDR}. */
    public boolean isIpRecvOrigDestAddr() {
        return destinations;
    }

    /** See {@link IocpChannelOption#IP_RECVORIGDSTADDR}. May be called at any time. */
    public IocpDatagramChannelConfig setIpRecvOrigDestAddr(boolean on) {
        int value = on ? 1 : 0;
        if (socket.isInet6()) {
            setInt(IPPROTO_IPV6, WinsockConstants.IPV6_PKTINFO, value);
            // What comes over IPv4 may be told by either.
            socket.trySetInt(IPPROTO_IP, WinsockConstants.IP_PKTINFO, value);
        } else {
            setInt(IPPROTO_IP, WinsockConstants.IP_PKTINFO, value);
        }
        destinations = on;
        owner.rearm();
        return this;
    }

    /** See {@link IocpChannelOption#UDP_GRO}. */
    public boolean isUdpGro() {
        return trains;
    }

    /**
     * See {@link IocpChannelOption#UDP_GRO}. Off only before the channel is bound: trains that wait then come without
     * the size to cut them by.
     *
     * @throws ChannelException if this Windows, or this socket's provider, does not hand over trains
     */
    public IocpDatagramChannelConfig setUdpGro(boolean on) {
        boolean before = trains;
        if (!on && !before) {
            return this;
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
        owner.rearm();
        return this;
    }

    /** Whether receives ask for control data. */
    boolean wantsControl() {
        return (trains || destinations) && !controlRefused;
    }

    /** A receive with control data was refused: the channel goes on without. On the loop. */
    void controlRefused(int code) {
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
                owner, WindowsErrors.describe(code));
    }

    /** See {@link IocpChannelOption#MAX_DATAGRAM_PAYLOAD_SIZE}. */
    @Override
    public int getMaxDatagramPayloadSize() {
        return maxDatagramPayloadSize;
    }

    /**
     * See {@link IocpChannelOption#MAX_DATAGRAM_PAYLOAD_SIZE}. May be called at any time.
     *
     * @throws IllegalArgumentException if negative or above 65,535
     */
    public IocpDatagramChannelConfig setMaxDatagramPayloadSize(int bytes) {
        maxDatagramPayloadSize = ObjectUtil.checkInRange(bytes, 0, MAX_PAYLOAD, "bytes");
        receiveRulesChanged();
        return this;
    }

    /** See {@link IocpChannelOption#UDP_AUTO_SEGMENTATION}. */
    @Override
    public boolean isAutoSegmentation() {
        return autoSegmentation;
    }

    /** See {@link IocpChannelOption#UDP_AUTO_SEGMENTATION}. */
    public IocpDatagramChannelConfig setAutoSegmentation(boolean on) {
        changing();
        autoSegmentation = on;
        return this;
    }
}
