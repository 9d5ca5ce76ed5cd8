// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.linux.channel;

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
 * The configuration of a UDP channel of Linux. Methods may be called from any thread; those that reach the socket throw
 * {@link ChannelException} with the system's error.
 *
 * @param <C> the transport's own
 */
public abstract class LinuxDatagramConfig<C extends LinuxDatagramConfig<C>> extends CompletionDatagramConfig {
    private static final int MAX_PAYLOAD = 65_535;
    private static final OptionTable<LinuxDatagramConfig<?>> OPTIONS = new OptionTable<LinuxDatagramConfig<?>>()
            .add(
                    LinuxChannelOptions.SO_REUSEPORT,
                    c -> c.isReusePort(),
                    LinuxDatagramConfig::setReusePort)
            .add(LinuxChannelOptions.IP_FREEBIND, c -> c.isFreeBind(), LinuxDatagramConfig::setFreeBind)
            .add(
                    LinuxChannelOptions.IP_TRANSPARENT,
                    c -> c.isIpTransparent(),
                    LinuxDatagramConfig::setIpTransparent)
            .add(
                    LinuxChannelOptions.IP_RECVORIGDSTADDR,
                    c -> c.isIpRecvOrigDestAddr(),
                    LinuxDatagramConfig::setIpRecvOrigDestAddr)
            .add(
                    LinuxChannelOptions.IP_MULTICAST_ALL,
                    c -> c.isIpMulticastAll(),
                    LinuxDatagramConfig::setIpMulticastAll)
            .add(LinuxChannelOptions.UDP_GRO, c -> c.isUdpGro(), LinuxDatagramConfig::setUdpGro)
            .add(
                    LinuxChannelOptions.MAX_DATAGRAM_PAYLOAD_SIZE,
                    c -> c.getMaxDatagramPayloadSize(),
                    LinuxDatagramConfig::setMaxDatagramPayloadSize)
            .add(
                    LinuxChannelOptions.UDP_AUTO_SEGMENTATION,
                    c -> c.isAutoSegmentation(),
                    LinuxDatagramConfig::setAutoSegmentation);

    private final LinuxSocket socket;
    private final LinuxSocketOptions options;
    private volatile boolean gro;
    private volatile boolean autoSegmentation = true;
    private volatile int maxDatagramPayloadSize;

    /** The configuration of a channel with that socket and its options. */
    protected LinuxDatagramConfig(LinuxDatagramChannel channel) {
        super(channel, channel.options());
        socket = channel.socket();
        options = channel.options();
    }

    /** This configuration. */
    protected abstract C self();

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

    /** See {@code SO_REUSEPORT} of the transport's options. */
    public boolean isReusePort() {
        return getFlag(SocketConstants.SOL_SOCKET, SocketConstants.SO_REUSEPORT);
    }

    /** See {@code SO_REUSEPORT} of the transport's options. */
    public C setReusePort(boolean reusePort) {
        setFlag(SocketConstants.SOL_SOCKET, SocketConstants.SO_REUSEPORT, reusePort);
        return self();
    }

    /** See {@code IP_FREEBIND} of the transport's options. */
    public boolean isFreeBind() {
        return getFlagByFamily(SocketConstants.IP_FREEBIND, SocketConstants.IPV6_FREEBIND);
    }

    /** See {@code IP_FREEBIND} of the transport's options. */
    public C setFreeBind(boolean freeBind) {
        setFlagByFamily(SocketConstants.IP_FREEBIND, SocketConstants.IPV6_FREEBIND, freeBind);
        return self();
    }

    /** See {@code IP_TRANSPARENT} of the transport's options. */
    public boolean isIpTransparent() {
        return getFlagByFamily(SocketConstants.IP_TRANSPARENT, SocketConstants.IPV6_TRANSPARENT);
    }

    /** See {@code IP_TRANSPARENT} of the transport's options. */
    public C setIpTransparent(boolean transparent) {
        setFlagByFamily(SocketConstants.IP_TRANSPARENT, SocketConstants.IPV6_TRANSPARENT, transparent);
        return self();
    }

    /** See {@code IP_RECVORIGDSTADDR} of the transport's options. */
    public boolean isIpRecvOrigDestAddr() {
        return getFlagByFamily(SocketConstants.IP_RECVORIGDSTADDR, SocketConstants.IPV6_RECVORIGDSTADDR);
    }

    /** See {@code IP_RECVORIGDSTADDR} of the transport's options. */
    public C setIpRecvOrigDestAddr(boolean receive) {
        setFlagByFamily(SocketConstants.IP_RECVORIGDSTADDR, SocketConstants.IPV6_RECVORIGDSTADDR, receive);
        return self();
    }

    /** See {@code IP_MULTICAST_ALL} of the transport's options. */
    public boolean isIpMulticastAll() {
        return getFlagByFamily(SocketConstants.IP_MULTICAST_ALL, SocketConstants.IPV6_MULTICAST_ALL);
    }

    /** See {@code IP_MULTICAST_ALL} of the transport's options. */
    public C setIpMulticastAll(boolean all) {
        setFlagByFamily(SocketConstants.IP_MULTICAST_ALL, SocketConstants.IPV6_MULTICAST_ALL, all);
        return self();
    }

    /** See {@code UDP_GRO} of the transport's options. */
    public boolean isUdpGro() {
        return gro;
    }

    /**
     * See {@code UDP_GRO} of the transport's options. May be called at any time. If the channel has a port, switching it off does
     * not reach the kernel: trains that wait would come without the size to cut them by. For pipelines there is no
     * difference.
     *
     * @throws ChannelException if it is to be switched on and the kernel does not know it
     */
    public C setUdpGro(boolean on) {
        try {
            socket.receiveTrains(on);
            gro = on;
            return self();
        } catch (IOException e) {
            throw new ChannelException(e);
        }
    }

    /** See {@code MAX_DATAGRAM_PAYLOAD_SIZE} of the transport's options. */
    @Override
    public int getMaxDatagramPayloadSize() {
        return maxDatagramPayloadSize;
    }

    /**
     * See {@code MAX_DATAGRAM_PAYLOAD_SIZE} of the transport's options. May be called at any time, and holds for what arrives
     * from then on.
     *
     * @throws IllegalArgumentException if negative or above 65,535
     */
    public C setMaxDatagramPayloadSize(int bytes) {
        maxDatagramPayloadSize = ObjectUtil.checkInRange(bytes, 0, MAX_PAYLOAD, "bytes");
        receiveRulesChanged();
        return self();
    }

    /** See {@code UDP_AUTO_SEGMENTATION} of the transport's options. */
    @Override
    public boolean isAutoSegmentation() {
        return autoSegmentation;
    }

    /** See {@code UDP_AUTO_SEGMENTATION} of the transport's options. */
    public C setAutoSegmentation(boolean on) {
        changing();
        autoSegmentation = on;
        return self();
    }
}
