// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.iocp;

import dev.ringport.datagram.OptionTable;
import dev.ringport.iocp.loop.OverlappedSocket;
import dev.ringport.iocp.tcp.AddressUse;
import dev.ringport.iocp.tcp.KeepAliveTimes;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.ChannelException;
import io.netty.channel.ChannelOption;
import io.netty.channel.DefaultChannelConfig;
import io.netty.channel.MessageSizeEstimator;
import io.netty.channel.RecvByteBufAllocator;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.socket.SocketChannelConfig;
import io.netty.util.internal.ObjectUtil;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

import static dev.ringport.iocp.abi.WinsockConstants.IPPROTO_IP;
import static dev.ringport.iocp.abi.WinsockConstants.IPPROTO_IPV6;
import static dev.ringport.iocp.abi.WinsockConstants.IPPROTO_TCP;
import static dev.ringport.iocp.abi.WinsockConstants.IPV6_TCLASS;
import static dev.ringport.iocp.abi.WinsockConstants.IP_TOS;
import static dev.ringport.iocp.abi.WinsockConstants.SOL_SOCKET;
import static dev.ringport.iocp.abi.WinsockConstants.SO_RCVBUF;
import static dev.ringport.iocp.abi.WinsockConstants.SO_SNDBUF;
import static dev.ringport.iocp.abi.WinsockConstants.TCP_NODELAY;

/**
 * The configuration of an {@link IocpSocketChannel}. Methods may be called from any thread; those that reach the socket
 * throw {@link ChannelException} with the system's error.
 */
@SuppressWarnings("deprecation") // of Netty: overridden for their result's type
public final class IocpSocketChannelConfig extends DefaultChannelConfig implements SocketChannelConfig {
    private static final int DEFAULT_CLOSE_TIMEOUT_MILLIS = 10_000;
    private static final int HOUR_MILLIS = 3_600_000;
    private static final int MAX_LINGER_SECONDS = 65_535;
    private static final int MAX_KEEP_ALIVE_SECONDS = 32_767;
    private static final int MAX_KEEP_ALIVE_PROBES = 255;
    private static final OptionTable<IocpSocketChannelConfig> OPTIONS = new OptionTable<IocpSocketChannelConfig>()
            .add(ChannelOption.SO_RCVBUF, c -> c.getReceiveBufferSize(), (c, v) -> c.setReceiveBufferSize(v))
            .add(ChannelOption.SO_SNDBUF, c -> c.getSendBufferSize(), (c, v) -> c.setSendBufferSize(v))
            .add(ChannelOption.TCP_NODELAY, c -> c.isTcpNoDelay(), (c, v) -> c.setTcpNoDelay(v))
            .add(ChannelOption.SO_KEEPALIVE, c -> c.isKeepAlive(), (c, v) -> c.setKeepAlive(v))
            .add(ChannelOption.SO_REUSEADDR, c -> c.isReuseAddress(), (c, v) -> c.setReuseAddress(v))
            .add(
                    IocpChannelOption.SO_EXCLUSIVEADDRUSE,
                    c -> c.isExclusiveAddressUse(),
                    (c, v) -> c.setExclusiveAddressUse(v))
            .add(ChannelOption.SO_LINGER, c -> c.getSoLinger(), (c, v) -> c.setSoLinger(v))
            .add(ChannelOption.IP_TOS, c -> c.getTrafficClass(), (c, v) -> c.setTrafficClass(v))
            .add(ChannelOption.ALLOW_HALF_CLOSURE, c -> c.isAllowHalfClosure(), (c, v) -> c.setAllowHalfClosure(v))
            .add(
                    IocpChannelOption.CLOSE_TIMEOUT_MILLIS,
                    c -> c.getCloseTimeoutMillis(),
                    (c, v) -> c.setCloseTimeoutMillis(v))
            .add(IocpChannelOption.TCP_KEEPIDLE, c -> c.getTcpKeepIdle(), (c, v) -> c.setTcpKeepIdle(v))
            .add(IocpChannelOption.TCP_KEEPINTVL, c -> c.getTcpKeepIntvl(), (c, v) -> c.setTcpKeepIntvl(v))
            .add(IocpChannelOption.TCP_KEEPCNT, c -> c.getTcpKeepCnt(), (c, v) -> c.setTcpKeepCnt(v));

    private final Runnable autoReadCleared;
    private final OverlappedSocket socket;
    private final KeepAliveTimes keepAlive;
    private final AddressUse addressUse;
    private volatile boolean allowHalfClosure;
    private volatile int closeTimeoutMillis = DEFAULT_CLOSE_TIMEOUT_MILLIS;
    private volatile int linger = -1;
    private volatile int trafficClass;
    /** Known to be on: an option that says so again costs no call. */
    private volatile boolean noDelay;

    IocpSocketChannelConfig(IocpSocketChannel channel, OverlappedSocket socket, Runnable autoReadCleared) {
        super(channel);
        this.autoReadCleared = autoReadCleared;
        this.socket = socket;
        keepAlive = new KeepAliveTimes(socket);
        addressUse = new AddressUse(socket);
        // Netty's default. Refused only where the peer of an accepted connection is gone already.
        noDelay = socket.trySetInt(IPPROTO_TCP, TCP_NODELAY, 1);
    }

    @Override
    public Map<ChannelOption<?>, Object> getOptions() {
        Map<ChannelOption<?>, Object> all = new HashMap<>(super.getOptions());
        for (ChannelOption<?> option : OPTIONS.options()) {
            all.put(option, getOption(option));
        }
        return all;
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

    @Override
    protected void autoReadCleared() {
        autoReadCleared.run();
    }

    private interface Question<T> {
        T ask() throws IOException;
    }

    private interface Change {
        void make() throws IOException;
    }

    private static <T> T answer(Question<T> question) {
        try {
            return question.ask();
        } catch (IOException e) {
            throw new ChannelException(e);
        }
    }

    private IocpSocketChannelConfig apply(Change change) {
        try {
            change.make();
            return this;
        } catch (IOException e) {
            throw new ChannelException(e);
        }
    }

    private int get(int level, int name) {
        return answer(() -> socket.getInt(level, name));
    }

    private SocketChannelConfig set(int level, int name, int value) {
        return apply(() -> socket.setInt(level, name, value));
    }

    /** How long a close lets what was flushed leave, in milliseconds. Default 10,000. */
    public int getCloseTimeoutMillis() {
        return closeTimeoutMillis;
    }

    /**
     * Sets how long a close lets what was flushed leave; if that does not suffice the connection is reset. A positive
     * {@code SO_LINGER} is taken instead, and 0 resets at once.
     *
     * @param millis 0 to an hour
     * @throws IllegalArgumentException if out of range
     */
    public IocpSocketChannelConfig setCloseTimeoutMillis(int millis) {
        closeTimeoutMillis = ObjectUtil.checkInRange(millis, 0, HOUR_MILLIS, "millis");
        return this;
    }

    @Override
    public boolean isTcpNoDelay() {
        return get(IPPROTO_TCP, TCP_NODELAY) != 0;
    }

    @Override
    public SocketChannelConfig setTcpNoDelay(boolean tcpNoDelay) {
        if (tcpNoDelay && noDelay && socket.isOpen()) {
            return this;
        }
        SocketChannelConfig set = set(IPPROTO_TCP, TCP_NODELAY, tcpNoDelay ? 1 : 0);
        noDelay = tcpNoDelay;
        return set;
    }

    /** {@code SO_LINGER} in seconds, or -1 if it is off. */
    @Override
    public int getSoLinger() {
        return answer(socket::getLinger);
    }

    /** What was set, also when the socket is closed. */
    int getSoLingerOrDefault() {
        return linger;
    }

    /**
     * Sets {@code SO_LINGER}: positive, a close waits that many seconds for what was flushed and then resets; 0, it
     * resets at once; negative, off: {@link #getCloseTimeoutMillis()} is the bound.
     *
     * @throws IllegalArgumentException if more than 65,535
     */
    @Override
    public SocketChannelConfig setSoLinger(int soLinger) {
        if (soLinger > MAX_LINGER_SECONDS) {
            throw new IllegalArgumentException("soLinger: " + soLinger + " (expected: <= " + MAX_LINGER_SECONDS + ")");
        }
        return apply(() -> {
            socket.setLinger(soLinger >= 0, Math.max(0, soLinger));
            linger = Math.max(-1, soLinger);
        });
    }

    @Override
    public int getSendBufferSize() {
        return get(SOL_SOCKET, SO_SNDBUF);
    }

    @Override
    public SocketChannelConfig setSendBufferSize(int sendBufferSize) {
        return set(SOL_SOCKET, SO_SNDBUF, ObjectUtil.checkPositiveOrZero(sendBufferSize, "sendBufferSize"));
    }

    @Override
    public int getReceiveBufferSize() {
        return get(SOL_SOCKET, SO_RCVBUF);
    }

    @Override
    public SocketChannelConfig setReceiveBufferSize(int receiveBufferSize) {
        return set(SOL_SOCKET, SO_RCVBUF, ObjectUtil.checkPositiveOrZero(receiveBufferSize, "receiveBufferSize"));
    }

    @Override
    public boolean isKeepAlive() {
        return answer(keepAlive::isOn);
    }

    @Override
    public SocketChannelConfig setKeepAlive(boolean on) {
        return apply(() -> keepAlive.on(on));
    }

    /** Seconds that a connection is idle before it is probed. */
    public int getTcpKeepIdle() {
        return keepAlive.idle();
    }

    /**
     * Sets how many seconds a connection is idle before it is probed; {@link #setKeepAlive} switches probing on.
     *
     * @param seconds 1 to 32,767
     * @throws IllegalArgumentException if out of range
     */
    public IocpSocketChannelConfig setTcpKeepIdle(int seconds) {
        ObjectUtil.checkInRange(seconds, 1, MAX_KEEP_ALIVE_SECONDS, "seconds");
        return apply(() -> keepAlive.idle(seconds));
    }

    /** Seconds between probes. */
    public int getTcpKeepIntvl() {
        return keepAlive.interval();
    }

    /**
     * Sets how many seconds pass between probes.
     *
     * @param seconds 1 to 32,767
     * @throws IllegalArgumentException if out of range
     */
    public IocpSocketChannelConfig setTcpKeepIntvl(int seconds) {
        ObjectUtil.checkInRange(seconds, 1, MAX_KEEP_ALIVE_SECONDS, "seconds");
        return apply(() -> keepAlive.interval(seconds));
    }

    /**
     * How many probes stay unanswered before the connection ends; 0 if this Windows does not tell (before 10 1703) or the
     * channel is closed.
     */
    public int getTcpKeepCnt() {
        return keepAlive.count();
    }

    /**
     * Sets how many probes stay unanswered before the connection ends.
     *
     * @param probes 1 to 255
     * @throws IllegalArgumentException if out of range
     * @throws ChannelException also if this Windows has no such option (before 10 1703)
     */
    public IocpSocketChannelConfig setTcpKeepCnt(int probes) {
        ObjectUtil.checkInRange(probes, 1, MAX_KEEP_ALIVE_PROBES, "probes");
        return apply(() -> keepAlive.count(probes));
    }

    @Override
    public int getTrafficClass() {
        return trafficClass;
    }

    /**
     * Sets {@code IP_TOS}, and {@code IPV6_TCLASS} where the system knows it and the channel has no address of IPv4.
     * Windows ignores them unless an administrator allows them ({@code DisableUserTOSSetting} in the registry).
     */
    @Override
    public SocketChannelConfig setTrafficClass(int value) {
        ObjectUtil.checkInRange(value, 0, 255, "trafficClass");
        // Windows refuses options of IPv6 on a socket that has an address of IPv4.
        boolean inet6 = socket.isInet6() && !isBoundToInet() && socket.trySetInt(IPPROTO_IPV6, IPV6_TCLASS, value);
        if (!socket.trySetInt(IPPROTO_IP, IP_TOS, value) && !inet6) {
            set(IPPROTO_IP, IP_TOS, value);
        }
        trafficClass = value;
        return this;
    }

    private boolean isBoundToInet() {
        InetSocketAddress local = (InetSocketAddress) channel.localAddress();
        return local != null && local.getAddress() instanceof Inet4Address;
    }

    @Override
    public boolean isReuseAddress() {
        return addressUse.isReuse();
    }

    /**
     * Kept, and answered, and nothing more, as with the JDK on Windows. Together with {@link #setExclusiveAddressUse} of
     * false it is what Windows makes of {@code SO_REUSEADDR}, which lets any process take a port over, from a bind on.
     * Default false.
     */
    @Override
    public SocketChannelConfig setReuseAddress(boolean reuseAddress) {
        addressUse.reuse(reuseAddress);
        return this;
    }

    AddressUse addressUse() {
        return addressUse;
    }

    /** Whether nobody else may bind to an address that the channel is bound to explicitly. Default true. */
    public boolean isExclusiveAddressUse() {
        return addressUse.isExclusive();
    }

    /** Sets {@code SO_EXCLUSIVEADDRUSE}; takes effect at an explicit bind. */
    public IocpSocketChannelConfig setExclusiveAddressUse(boolean on) {
        addressUse.exclusive(on);
        return this;
    }

    /** Not known to Windows: no effect. */
    @Override
    public SocketChannelConfig setPerformancePreferences(int connectionTime, int latency, int bandwidth) {
        return this;
    }

    @Override
    public boolean isAllowHalfClosure() {
        return allowHalfClosure;
    }

    @Override
    public SocketChannelConfig setAllowHalfClosure(boolean allow) {
        allowHalfClosure = allow;
        return this;
    }

    @Override
    @Deprecated
    public SocketChannelConfig setMaxMessagesPerRead(int maxMessagesPerRead) {
        super.setMaxMessagesPerRead(maxMessagesPerRead);
        return this;
    }

    @Override
    public SocketChannelConfig setConnectTimeoutMillis(int connectTimeoutMillis) {
        super.setConnectTimeoutMillis(connectTimeoutMillis);
        return this;
    }

    @Override
    public SocketChannelConfig setMaxMessagesPerWrite(int maxMessagesPerWrite) {
        super.setMaxMessagesPerWrite(maxMessagesPerWrite);
        return this;
    }

    @Override
    public SocketChannelConfig setWriteSpinCount(int writeSpinCount) {
        super.setWriteSpinCount(writeSpinCount);
        return this;
    }

    @Override
    public SocketChannelConfig setAllocator(ByteBufAllocator allocator) {
        super.setAllocator(allocator);
        return this;
    }

    @Override
    public SocketChannelConfig setRecvByteBufAllocator(RecvByteBufAllocator allocator) {
        super.setRecvByteBufAllocator(allocator);
        return this;
    }

    @Override
    public SocketChannelConfig setAutoRead(boolean autoRead) {
        super.setAutoRead(autoRead);
        return this;
    }

    @Override
    public SocketChannelConfig setAutoClose(boolean autoClose) {
        super.setAutoClose(autoClose);
        return this;
    }

    @Override
    public SocketChannelConfig setWriteBufferWaterMark(WriteBufferWaterMark waterMark) {
        super.setWriteBufferWaterMark(waterMark);
        return this;
    }

    @Override
    public SocketChannelConfig setMessageSizeEstimator(MessageSizeEstimator estimator) {
        super.setMessageSizeEstimator(estimator);
        return this;
    }
}
