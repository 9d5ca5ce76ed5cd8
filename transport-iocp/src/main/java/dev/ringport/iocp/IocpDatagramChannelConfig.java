// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.iocp;

import dev.ringport.datagram.CompletionDatagramConfig;
import dev.ringport.datagram.OptionTable;
import dev.ringport.iocp.udp.DatagramSocketOptions;
import dev.ringport.iocp.udp.ReceiveSettings;
import io.netty.channel.ChannelException;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.DatagramChannelConfig;
import io.netty.util.internal.ObjectUtil;
import java.io.IOException;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The configuration of an {@link IocpDatagramChannel}. Methods may be called from any thread; those that reach the
 * socket throw {@link ChannelException} with the system's error.
 *
 * <p>What differs from other systems: {@code SO_REUSEADDR} alone opens nothing. On Windows it would let any program bind
 * the same address, and nobody knows which of the two gets a datagram. Listeners that really share a port, as those of
 * multicast groups do, set {@link IocpChannelOption#SO_EXCLUSIVEADDRUSE} to false and {@code SO_REUSEADDR} to true, each
 * of them and before the bind. (NIO's datagram channels are exclusive too, until {@code SO_REUSEADDR} is set before the
 * bind.) {@code IP_TOS} has effect only on connected channels of users whom Windows lets mark their traffic
 * (administrators and network configuration operators), or where the registry allows it to all; the getter answers what
 * was set. {@code IP_MULTICAST_LOOP_DISABLED} is the receiver's, not the sender's.
 */
public final class IocpDatagramChannelConfig extends CompletionDatagramConfig {
    private static final int MAX_PAYLOAD = 65_535;
    private static final int MAX_RECEIVES = 1024;
    private static final int MAX_PROCESSOR = 65_535;
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
                    IocpChannelOption.SIO_CPU_AFFINITY,
                    c -> c.getCpuAffinity(),
                    IocpDatagramChannelConfig::setCpuAffinity)
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

    private final DatagramSocketOptions options;
    private final ReceiveSettings settings;
    private volatile boolean autoSegmentation = true;
    private volatile int maxDatagramPayloadSize;
    private volatile int cpuAffinity = -1;

    IocpDatagramChannelConfig(IocpDatagramChannel channel, DatagramSocketOptions options, ReceiveSettings settings) {
        super(channel, options);
        this.options = options;
        this.settings = settings;
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

    /** See {@link IocpChannelOption#RECEIVES_POSTED}. */
    public int getReceivesPosted() {
        return settings.posted();
    }

    /**
     * See {@link IocpChannelOption#RECEIVES_POSTED}. May be called at any time; receives that are posted already stay.
     *
     * @throws IllegalArgumentException if not 1 to 1024
     */
    public IocpDatagramChannelConfig setReceivesPosted(int receives) {
        settings.posted(ObjectUtil.checkInRange(receives, 1, MAX_RECEIVES, "receives"));
        return this;
    }

    /** See {@link IocpChannelOption#SO_EXCLUSIVEADDRUSE}. Default true. */
    public boolean isExclusiveAddressUse() {
        try {
            return options.isExclusive();
        } catch (IOException e) {
            throw new ChannelException(e);
        }
    }

    /** See {@link IocpChannelOption#SO_EXCLUSIVEADDRUSE}. Before the bind. */
    public IocpDatagramChannelConfig setExclusiveAddressUse(boolean exclusive) {
        try {
            options.setExclusive(exclusive);
            return this;
        } catch (IOException e) {
            throw new ChannelException(e);
        }
    }

    /** Whether {@code SO_REUSEADDR} was asked for, which alone opens the address to nobody. Default false. */
    @Override
    public boolean isReuseAddress() {
        return super.isReuseAddress();
    }

    /**
     * Keeps {@code SO_REUSEADDR}. It has effect once {@link IocpChannelOption#SO_EXCLUSIVEADDRUSE} was set to false, in
     * either order, before the bind.
     */
    @Override
    public DatagramChannelConfig setReuseAddress(boolean reuse) {
        return super.setReuseAddress(reuse);
    }

    /** See {@link IocpChannelOption#SIO_CPU_AFFINITY}. */
    public int getCpuAffinity() {
        return cpuAffinity;
    }

    /**
     * See {@link IocpChannelOption#SIO_CPU_AFFINITY}. Before the bind. Once set it cannot be taken back. It gives up
     * {@link IocpChannelOption#SO_EXCLUSIVEADDRUSE}, beside which nobody else could be bound.
     *
     * @throws IllegalArgumentException if not 0 to 65,535
     * @throws ChannelException if this Windows, or this socket's provider, does not share ports
     */
    public IocpDatagramChannelConfig setCpuAffinity(int processor) {
        ObjectUtil.checkInRange(processor, 0, MAX_PROCESSOR, "processor");
        try {
            options.receiveOf(processor);
        } catch (IOException e) {
            throw new ChannelException(e);
        }
        cpuAffinity = processor;
        return this;
    }

    /** See {@link IocpChannelOption#IP_RECVORIGDSTADDR}. */
    public boolean isIpRecvOrigDestAddr() {
        return settings.tellsDestinations();
    }

    /** See {@link IocpChannelOption#IP_RECVORIGDSTADDR}. May be called at any time. */
    public IocpDatagramChannelConfig setIpRecvOrigDestAddr(boolean on) {
        settings.tellDestinations(on);
        return this;
    }

    /** See {@link IocpChannelOption#UDP_GRO}. */
    public boolean isUdpGro() {
        return settings.isUdpGro();
    }

    /**
     * See {@link IocpChannelOption#UDP_GRO}. Off only before the channel is bound: trains that wait then come without
     * the size to cut them by.
     *
     * @throws ChannelException if this Windows, or this socket's provider, does not hand over trains, or has handed over
     *     one to this channel without the size to cut it by
     */
    public IocpDatagramChannelConfig setUdpGro(boolean on) {
        settings.udpGro(on);
        return this;
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
