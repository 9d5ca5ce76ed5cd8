// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.uring;

import dev.ringport.datagram.CompletionDatagramConfig;
import dev.ringport.datagram.OptionTable;
import dev.ringport.linux.abi.SocketConstants;
import dev.ringport.linux.socket.LinuxSocket;
import dev.ringport.linux.socket.LinuxSocketOptions;
import dev.ringport.linux.socket.UnixRawOptions;
import io.netty.channel.ChannelException;
import io.netty.channel.ChannelOption;
import io.netty.util.internal.ObjectUtil;
import java.io.IOException;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The configuration of a {@link UringDatagramChannel}. Methods may be called from any thread; those that reach the
 * socket throw {@link ChannelException} with the system's error.
 */
public final class UringDatagramChannelConfig extends CompletionDatagramConfig {
    private static final int MAX_PAYLOAD = 65_535;
    private static final OptionTable<UringDatagramChannelConfig> OPTIONS = new OptionTable<UringDatagramChannelConfig>()
            .add(
                    UringChannelOption.SO_REUSEPORT,
                    c -> c.isReusePort(),
                    UringDatagramChannelConfig::setReusePort)
            .add(UringChannelOption.IP_FREEBIND, c -> c.isFreeBind(), UringDatagramChannelConfig::setFreeBind)
            .add(
                    UringChannelOption.IP_TRANSPARENT,
                    c -> c.isIpTransparent(),
                    UringDatagramChannelConfig::setIpTransparent)
            .add(
                    UringChannelOption.IP_RECVORIGDSTADDR,
                    c -> c.isIpRecvOrigDestAddr(),
                    UringDatagramChannelConfig::setIpRecvOrigDestAddr)
            .add(
                    UringChannelOption.IP_MULTICAST_ALL,
                    c -> c.isIpMulticastAll(),
                    UringDatagramChannelConfig::setIpMulticastAll)
            .add(UringChannelOption.UDP_GRO, c -> c.isUdpGro(), UringDatagramChannelConfig::setUdpGro)
            .add(
                    UringChannelOption.MAX_DATAGRAM_PAYLOAD_SIZE,
                    c -> c.getMaxDatagramPayloadSize(),
                    UringDatagramChannelConfig::setMaxDatagramPayloadSize)
            .add(
                    UringChannelOption.UDP_AUTO_SEGMENTATION,
                    c -> c.isAutoSegmentation(),
                    UringDatagramChannelConfig::setAutoSegmentation);

    private final LinuxSocket socket;
    private final LinuxSocketOptions options;
    private volatile boolean gro;
    private volatile boolean autoSegmentation = true;
    private volatile int maxDatagramPayloadSize;

    UringDatagramChannelConfig(UringDatagramChannel channel, LinuxSocket socket, LinuxSocketOptions options) {
        super(channel, options);
        this.socket = socket;
        this.options = options;
    }

    @Override
    protected Set<ChannelOption<?>> systemOptions() {
        return OPTIONS.options();
    }

    @Override
    @SuppressWarnings("TypeParameterUnusedInFormals")
    public <T> @Nullable T getOption(ChannelOption<T> option) {
        if (OPTIONS.has(option)) {
            return OPTIONS.get(this, option);
        }
        if (UnixRawOptions.isRaw(option)) {
            if (UnixRawOptions.isReceiveOffload(option)) {
                return UnixRawOptions.ofFlag(option, gro);
            }
            try {
                return UnixRawOptions.get(socket, option);
            } catch (IOException e) {
                throw new ChannelException(e);
            }
        }
        return super.getOption(option);
    }

    @Override
    public <T> boolean setOption(ChannelOption<T> option, T value) {
        if (UnixRawOptions.isRaw(option)) {
            validate(option, value);
            if (UnixRawOptions.isReceiveOffload(option)) {
                Boolean on = UnixRawOptions.flag(value);
                if (on != null) {
                    setUdpGro(on);
                    return true;
                }
            }
            try {
                UnixRawOptions.set(socket, option, value);
                return true;
            } catch (IOException e) {
                throw new ChannelException(e);
            }
        }
        if (OPTIONS.has(option)) {
            validate(option, value);
            return OPTIONS.set(this, option, value);
        }
        return super.setOption(option, value);
    }

    private boolean getFlag(int level, int name) {
        try {
            return socket.getInt(level, name) != 0;
        } catch (IOException e) {
            throw new ChannelException(e);
        }
    }

    private void setFlag(int level, int name, boolean on) {
        try {
            socket.setInt(level, name, on ? 1 : 0);
        } catch (IOException e) {
            throw new ChannelException(e);
        }
    }

    private boolean getFlagByFamily(int inetName, int inet6Name) {
        try {
            return options.getByFamily(inetName, inet6Name) != 0;
        } catch (IOException e) {
            throw new ChannelException(e);
        }
    }

    private void setFlagByFamily(int inetName, int inet6Name, boolean on) {
        try {
            options.setByFamily(inetName, inet6Name, on ? 1 : 0);
        } catch (IOException e) {
            throw new ChannelException(e);
        }
    }

    /** See {@link UringChannelOption#SO_REUSEPORT}. */
    public boolean isReusePort() {
        return getFlag(SocketConstants.SOL_SOCKET, SocketConstants.SO_REUSEPORT);
    }

    /** See {@link UringChannelOption#SO_REUSEPORT}. */
    public UringDatagramChannelConfig setReusePort(boolean reusePort) {
        setFlag(SocketConstants.SOL_SOCKET, SocketConstants.SO_REUSEPORT, reusePort);
        return this;
    }

    /** See {@link UringChannelOption#IP_FREEBIND}. */
    public boolean isFreeBind() {
        return getFlagByFamily(SocketConstants.IP_FREEBIND, SocketConstants.IPV6_FREEBIND);
    }

    /** See {@link UringChannelOption#IP_FREEBIND}. */
    public UringDatagramChannelConfig setFreeBind(boolean freeBind) {
        setFlagByFamily(SocketConstants.IP_FREEBIND, SocketConstants.IPV6_FREEBIND, freeBind);
        return this;
    }

    /** See {@link UringChannelOption#IP_TRANSPARENT}. */
    public boolean isIpTransparent() {
        return getFlagByFamily(SocketConstants.IP_TRANSPARENT, SocketConstants.IPV6_TRANSPARENT);
    }

    /** See {@link UringChannelOption#IP_TRANSPARENT}. */
    public UringDatagramChannelConfig setIpTransparent(boolean transparent) {
        setFlagByFamily(SocketConstants.IP_TRANSPARENT, SocketConstants.IPV6_TRANSPARENT, transparent);
        return this;
    }

    /** See {@link UringChannelOption#IP_RECVORIGDSTADDR}. */
    public boolean isIpRecvOrigDestAddr() {
        return getFlagByFamily(SocketConstants.IP_RECVORIGDSTADDR, SocketConstants.IPV6_RECVORIGDSTADDR);
    }

    /** See {@link UringChannelOption#IP_RECVORIGDSTADDR}. */
    public UringDatagramChannelConfig setIpRecvOrigDestAddr(boolean receive) {
        setFlagByFamily(SocketConstants.IP_RECVORIGDSTADDR, SocketConstants.IPV6_RECVORIGDSTADDR, receive);
        return this;
    }

    /** See {@link UringChannelOption#IP_MULTICAST_ALL}. */
    public boolean isIpMulticastAll() {
        return getFlagByFamily(SocketConstants.IP_MULTICAST_ALL, SocketConstants.IPV6_MULTICAST_ALL);
    }

    /** See {@link UringChannelOption#IP_MULTICAST_ALL}. */
    public UringDatagramChannelConfig setIpMulticastAll(boolean all) {
        setFlagByFamily(SocketConstants.IP_MULTICAST_ALL, SocketConstants.IPV6_MULTICAST_ALL, all);
        return this;
    }

    /** See {@link UringChannelOption#UDP_GRO}. */
    public boolean isUdpGro() {
        return gro;
    }

    /**
     * See {@link UringChannelOption#UDP_GRO}. May be called at any time. If the channel has a port, switching it off does
     * not reach the kernel: trains that wait would come without the size to cut them by. For pipelines there is no
     * difference.
     *
     * @throws ChannelException if it is to be switched on and the kernel does not know it
     */
    public UringDatagramChannelConfig setUdpGro(boolean on) {
        try {
            socket.receiveTrains(on);
            gro = on;
            return this;
        } catch (IOException e) {
            throw new ChannelException(e);
        }
    }

    /** See {@link UringChannelOption#MAX_DATAGRAM_PAYLOAD_SIZE}. */
    @Override
    public int getMaxDatagramPayloadSize() {
        return maxDatagramPayloadSize;
    }

    /**
     * See {@link UringChannelOption#MAX_DATAGRAM_PAYLOAD_SIZE}. May be called at any time, and holds for what arrives
     * from then on.
     *
     * @throws IllegalArgumentException if negative or above 65,535
     */
    public UringDatagramChannelConfig setMaxDatagramPayloadSize(int bytes) {
        maxDatagramPayloadSize = ObjectUtil.checkInRange(bytes, 0, MAX_PAYLOAD, "bytes");
        receiveRulesChanged();
        return this;
    }

    /** See {@link UringChannelOption#UDP_AUTO_SEGMENTATION}. */
    @Override
    public boolean isAutoSegmentation() {
        return autoSegmentation;
    }

    /** See {@link UringChannelOption#UDP_AUTO_SEGMENTATION}. */
    public UringDatagramChannelConfig setAutoSegmentation(boolean on) {
        changing();
        autoSegmentation = on;
        return this;
    }
}
