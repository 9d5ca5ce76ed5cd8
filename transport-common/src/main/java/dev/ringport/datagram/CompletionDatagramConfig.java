// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.datagram;

import dev.ringport.datagram.SocketOptions.Option;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.ChannelException;
import io.netty.channel.ChannelOption;
import io.netty.channel.DefaultChannelConfig;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.MessageSizeEstimator;
import io.netty.channel.RecvByteBufAllocator;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.socket.DatagramChannelConfig;
import io.netty.util.internal.ObjectUtil;
import java.io.IOException;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The configuration that both transports' datagram channels share. Each getter and setter may be called from any
 * thread; one that reaches the socket throws a {@link ChannelException} with the system's error, or with a
 * {@code ClosedChannelException} after close.
 */
public abstract class CompletionDatagramConfig extends DefaultChannelConfig implements DatagramChannelConfig {
    private static final int MAX_OCTET = 255;
    private static final int DEFAULT_RECEIVE_BYTES = 2048;
    @SuppressWarnings("deprecation") // the option is, without another in its place
    private static final OptionTable<CompletionDatagramConfig> OPTIONS = new OptionTable<CompletionDatagramConfig>()
            .add(ChannelOption.SO_BROADCAST, c -> c.isBroadcast(), CompletionDatagramConfig::setBroadcast)
            .add(ChannelOption.SO_RCVBUF, c -> c.getReceiveBufferSize(), CompletionDatagramConfig::setReceiveBufferSize)
            .add(ChannelOption.SO_SNDBUF, c -> c.getSendBufferSize(), CompletionDatagramConfig::setSendBufferSize)
            .add(ChannelOption.SO_REUSEADDR, c -> c.isReuseAddress(), CompletionDatagramConfig::setReuseAddress)
            .add(ChannelOption.IP_TOS, c -> c.getTrafficClass(), CompletionDatagramConfig::setTrafficClass)
            .add(ChannelOption.IP_MULTICAST_TTL, c -> c.getTimeToLive(), CompletionDatagramConfig::setTimeToLive)
            .add(ChannelOption.IP_MULTICAST_ADDR, c -> c.getInterface(), CompletionDatagramConfig::setInterface)
            .add(
                    ChannelOption.IP_MULTICAST_IF,
                    c -> c.getNetworkInterface(),
                    CompletionDatagramConfig::setNetworkInterface)
            .add(
                    ChannelOption.IP_MULTICAST_LOOP_DISABLED,
                    c -> c.isLoopbackModeDisabled(),
                    CompletionDatagramConfig::setLoopbackModeDisabled)
            .add(
                    ChannelOption.DATAGRAM_CHANNEL_ACTIVE_ON_REGISTRATION,
                    c -> c.isActiveOnRegistration(),
                    CompletionDatagramConfig::setActiveOnRegistration);

    private final SocketOptions socket;
    private volatile boolean activeOnRegistration;
    private volatile @Nullable NetworkInterface multicastInterface;

    /** Starts with {@code FixedRecvByteBufAllocator(2048)}, as Netty's datagram channels do. */
    protected CompletionDatagramConfig(CompletionDatagramChannel channel, SocketOptions socket) {
        // Only this constructor gives the allocator the metadata's 16 messages a read.
        super(channel, new FixedRecvByteBufAllocator(DEFAULT_RECEIVE_BYTES));
        this.socket = socket;
    }

    /** The options of the system's own, besides those that both systems know. */
    protected abstract Set<ChannelOption<?>> systemOptions();

    @Override
    public Map<ChannelOption<?>, Object> getOptions() {
        Set<ChannelOption<?>> all = new HashSet<>(OPTIONS.options());
        all.addAll(systemOptions());
        return getOptions(super.getOptions(), all.toArray(new ChannelOption<?>[0]));
    }

    @Override
    @SuppressWarnings("TypeParameterUnusedInFormals")
    public <T> @Nullable T getOption(ChannelOption<T> option) {
        return OPTIONS.has(option) ? OPTIONS.get(this, option) : super.getOption(option);
    }

    @Override
    public <T> boolean setOption(ChannelOption<T> option, T value) {
        validate(option, value);
        return OPTIONS.set(this, option, value) || super.setOption(option, value);
    }

    /** Whether the channel is active as soon as it is registered, without being bound. Default false. */
    public boolean isActiveOnRegistration() {
        return activeOnRegistration;
    }

    /**
     * Sets whether the channel is active as soon as it is registered.
     *
     * @throws IllegalStateException if the channel is registered
     */
    public CompletionDatagramConfig setActiveOnRegistration(boolean active) {
        if (channel.isRegistered()) {
            throw new IllegalStateException("can only be changed before the channel is registered");
        }
        activeOnRegistration = active;
        return this;
    }

    @Override
    protected void autoReadCleared() {
        ((CompletionDatagramChannel) channel).autoReadCleared();
    }

    /** Whether runs of plain datagrams to one recipient leave as segmented sends. */
    public abstract boolean isAutoSegmentation();

    /** Something changes that datagrams leave with: those that were sent before leave first. */
    protected final void changing() {
        ((CompletionDatagramChannel) channel).sendBeforeChange();
    }

    /** Reads a number from the socket. */
    protected final int get(Option option) {
        try {
            return socket.get(option);
        } catch (IOException e) {
            throw new ChannelException(e);
        }
    }

    /** Sets a number on the socket. */
    protected final void set(Option option, int value) {
        try {
            socket.set(option, value);
        } catch (IOException e) {
            throw new ChannelException(e);
        }
    }

    @Override
    public int getSendBufferSize() {
        return get(Option.SEND_BUFFER);
    }

    @Override
    public DatagramChannelConfig setSendBufferSize(int bytes) {
        set(Option.SEND_BUFFER, ObjectUtil.checkPositive(bytes, "sendBufferSize"));
        return this;
    }

    @Override
    public int getReceiveBufferSize() {
        return get(Option.RECEIVE_BUFFER);
    }

    @Override
    public DatagramChannelConfig setReceiveBufferSize(int bytes) {
        set(Option.RECEIVE_BUFFER, ObjectUtil.checkPositive(bytes, "receiveBufferSize"));
        return this;
    }

    @Override
    public int getTrafficClass() {
        return get(Option.TRAFFIC_CLASS);
    }

    @Override
    public DatagramChannelConfig setTrafficClass(int trafficClass) {
        set(Option.TRAFFIC_CLASS, ObjectUtil.checkInRange(trafficClass, 0, MAX_OCTET, "trafficClass"));
        return this;
    }

    @Override
    public boolean isReuseAddress() {
        return get(Option.REUSE_ADDRESS) != 0;
    }

    @Override
    public DatagramChannelConfig setReuseAddress(boolean reuse) {
        set(Option.REUSE_ADDRESS, reuse ? 1 : 0);
        return this;
    }

    @Override
    public boolean isBroadcast() {
        return get(Option.BROADCAST) != 0;
    }

    @Override
    public DatagramChannelConfig setBroadcast(boolean broadcast) {
        set(Option.BROADCAST, broadcast ? 1 : 0);
        return this;
    }

    @Override
    public boolean isLoopbackModeDisabled() {
        return get(Option.MULTICAST_LOOP) == 0;
    }

    @Override
    public DatagramChannelConfig setLoopbackModeDisabled(boolean disabled) {
        set(Option.MULTICAST_LOOP, disabled ? 0 : 1);
        return this;
    }

    @Override
    public int getTimeToLive() {
        return get(Option.MULTICAST_TTL);
    }

    @Override
    public DatagramChannelConfig setTimeToLive(int ttl) {
        set(Option.MULTICAST_TTL, ObjectUtil.checkInRange(ttl, 0, MAX_OCTET, "ttl"));
        return this;
    }

    /** One of the addresses of {@link #getNetworkInterface()}, or null. */
    @Override
    public @Nullable InetAddress getInterface() {
        NetworkInterface through = multicastInterface;
        return through == null ? null : through.inetAddresses().findFirst().orElse(null);
    }

    @Override
    public DatagramChannelConfig setInterface(InetAddress address) {
        try {
            NetworkInterface through = NetworkInterface.getByInetAddress(address);
            if (through == null) {
                throw new ChannelException("no network interface has the address " + address);
            }
            return setNetworkInterface(through);
        } catch (SocketException e) {
            throw new ChannelException(e);
        }
    }

    /** The interface that was set, or null while the system chooses. */
    @Override
    public @Nullable NetworkInterface getNetworkInterface() {
        return multicastInterface;
    }

    @Override
    public DatagramChannelConfig setNetworkInterface(NetworkInterface through) {
        try {
            socket.setMulticastInterface(through);
            multicastInterface = through;
            return this;
        } catch (IOException e) {
            throw new ChannelException(e);
        }
    }

    @Override
    @Deprecated
    public DatagramChannelConfig setMaxMessagesPerRead(int maxMessagesPerRead) {
        super.setMaxMessagesPerRead(maxMessagesPerRead);
        return this;
    }

    @Override
    public DatagramChannelConfig setMaxMessagesPerWrite(int maxMessagesPerWrite) {
        super.setMaxMessagesPerWrite(maxMessagesPerWrite);
        return this;
    }

    @Override
    public DatagramChannelConfig setWriteSpinCount(int writeSpinCount) {
        super.setWriteSpinCount(writeSpinCount);
        return this;
    }

    @Override
    public DatagramChannelConfig setConnectTimeoutMillis(int connectTimeoutMillis) {
        super.setConnectTimeoutMillis(connectTimeoutMillis);
        return this;
    }

    @Override
    public DatagramChannelConfig setAllocator(ByteBufAllocator allocator) {
        super.setAllocator(allocator);
        return this;
    }

    @Override
    public DatagramChannelConfig setRecvByteBufAllocator(RecvByteBufAllocator allocator) {
        super.setRecvByteBufAllocator(allocator);
        receiveRulesChanged();
        return this;
    }

    /**
     * The largest datagram to expect, in bytes; 0 leaves it to the RECVBUF_ALLOCATOR's guess. What is longer is cut.
     */
    public abstract int getMaxDatagramPayloadSize();

    /** To be called when {@link #getMaxDatagramPayloadSize} answers another number from now on. From any thread. */
    protected final void receiveRulesChanged() {
        // The superclass's constructor sets the allocator before it knows the channel.
        if (channel != null) {
            ((CompletionDatagramChannel) channel).receiveRulesChanged();
        }
    }

    @Override
    public DatagramChannelConfig setAutoRead(boolean autoRead) {
        super.setAutoRead(autoRead);
        return this;
    }

    @Override
    public DatagramChannelConfig setAutoClose(boolean autoClose) {
        super.setAutoClose(autoClose);
        return this;
    }

    @Override
    public DatagramChannelConfig setMessageSizeEstimator(MessageSizeEstimator estimator) {
        super.setMessageSizeEstimator(estimator);
        return this;
    }

    @Override
    public DatagramChannelConfig setWriteBufferWaterMark(WriteBufferWaterMark writeBufferWaterMark) {
        super.setWriteBufferWaterMark(writeBufferWaterMark);
        return this;
    }
}
