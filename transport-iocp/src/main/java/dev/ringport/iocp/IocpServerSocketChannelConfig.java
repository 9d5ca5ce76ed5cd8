// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.iocp;

import dev.ringport.datagram.OptionTable;
import dev.ringport.iocp.loop.OverlappedSocket;
import dev.ringport.iocp.tcp.AddressUse;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.ChannelException;
import io.netty.channel.ChannelOption;
import io.netty.channel.DefaultChannelConfig;
import io.netty.channel.MessageSizeEstimator;
import io.netty.channel.RecvByteBufAllocator;
import io.netty.channel.ServerChannelRecvByteBufAllocator;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.socket.ServerSocketChannelConfig;
import io.netty.util.NetUtil;
import io.netty.util.internal.ObjectUtil;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

import static dev.ringport.iocp.abi.WinsockConstants.SOL_SOCKET;
import static dev.ringport.iocp.abi.WinsockConstants.SO_RCVBUF;

/**
 * The configuration of an {@link IocpServerSocketChannel}. Methods may be called from any thread; those that reach the
 * socket throw {@link ChannelException} with the system's error.
 */
@SuppressWarnings("deprecation") // of Netty: overridden for their result's type
public final class IocpServerSocketChannelConfig extends DefaultChannelConfig implements ServerSocketChannelConfig {
    private static final int DEFAULT_ACCEPTS = 16;
    private static final int MAX_ACCEPTS = 4096;
    private static final OptionTable<IocpServerSocketChannelConfig> OPTIONS = new OptionTable<IocpServerSocketChannelConfig>()
            .add(ChannelOption.SO_RCVBUF, c -> c.getReceiveBufferSize(), (c, v) -> c.setReceiveBufferSize(v))
            .add(ChannelOption.SO_REUSEADDR, c -> c.isReuseAddress(), (c, v) -> c.setReuseAddress(v))
            .add(ChannelOption.SO_BACKLOG, c -> c.getBacklog(), (c, v) -> c.setBacklog(v))
            .add(
                    IocpChannelOption.SO_EXCLUSIVEADDRUSE,
                    c -> c.isExclusiveAddressUse(),
                    (c, v) -> c.setExclusiveAddressUse(v))
            .add(IocpChannelOption.ACCEPTS_POSTED, c -> c.getAcceptsPosted(), (c, v) -> c.setAcceptsPosted(v));

    private final Runnable autoReadCleared;
    private final OverlappedSocket socket;
    private volatile int backlog = NetUtil.SOMAXCONN;
    private volatile int acceptsPosted = DEFAULT_ACCEPTS;
    /** What was set, or -1. */
    private volatile int receiveBuffer = -1;
    private final AddressUse addressUse;

    IocpServerSocketChannelConfig(
            IocpServerSocketChannel channel, OverlappedSocket socket, Runnable autoReadCleared) {
        super(channel, new ServerChannelRecvByteBufAllocator());
        this.autoReadCleared = autoReadCleared;
        this.socket = socket;
        addressUse = new AddressUse(socket);
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

    AddressUse addressUse() {
        return addressUse;
    }

    /** Whether nobody else may bind to the address. Default true. */
    public boolean isExclusiveAddressUse() {
        return addressUse.isExclusive();
    }

    /**
     * Sets {@code SO_EXCLUSIVEADDRUSE}; takes effect at the bind. An exclusive bind fails as long as connections that an
     * earlier listener of the same port has accepted are not ended, in this process too: a server that binds again while
     * those drain gets a {@link java.net.BindException}, and has to close them first or to try again. Without it Windows
     * lets anybody bind to the port beside this server if {@link #setReuseAddress} was asked for as well, and, if not,
     * whoever asks for {@code SO_REUSEADDR} himself.
     */
    public IocpServerSocketChannelConfig setExclusiveAddressUse(boolean on) {
        addressUse.exclusive(on);
        return this;
    }

    /** How many accepts are posted while the pipeline reads. Default 16. */
    public int getAcceptsPosted() {
        return acceptsPosted;
    }

    /**
     * Sets how many accepts are posted while the pipeline reads: so many connections of a burst are there at once, the
     * others wait in the backlog for the loop's next turn. Each holds a socket and 256 bytes.
     *
     * @param accepts 1 to 4096
     * @throws IllegalArgumentException if out of range
     */
    public IocpServerSocketChannelConfig setAcceptsPosted(int accepts) {
        acceptsPosted = ObjectUtil.checkInRange(accepts, 1, MAX_ACCEPTS, "accepts");
        return this;
    }

    @Override
    public int getBacklog() {
        return backlog;
    }

    /**
     * Sets how many connections wait to be accepted, beside the accepts that are posted; takes effect at the bind. Default
     * {@link NetUtil#SOMAXCONN}; 0 is 50, as with NIO. More than 200 are asked for as a hint, which Windows before 8 does
     * not know, and 65,535 at most; {@code Integer.MAX_VALUE} leaves it to Windows.
     *
     * @throws IllegalArgumentException if negative
     */
    @Override
    public ServerSocketChannelConfig setBacklog(int backlog) {
        this.backlog = ObjectUtil.checkPositiveOrZero(backlog, "backlog");
        return this;
    }

    @Override
    public boolean isReuseAddress() {
        return addressUse.isReuse();
    }

    /**
     * Kept, and answered, and nothing more, as with the JDK on Windows: a server that starts again needs it on other
     * systems, and here it would let any process take the port over. Together with {@link #setExclusiveAddressUse} of
     * false it is what Windows makes of {@code SO_REUSEADDR}, from the bind on. Default false.
     */
    @Override
    public ServerSocketChannelConfig setReuseAddress(boolean reuseAddress) {
        addressUse.reuse(reuseAddress);
        return this;
    }

    /** Connections have it from their first byte on, whatever they inherit. */
    void prepareAccepted(OverlappedSocket accepted) throws IOException {
        int bytes = receiveBuffer;
        if (bytes >= 0) {
            accepted.setInt(SOL_SOCKET, SO_RCVBUF, bytes);
        }
    }

    @Override
    public int getReceiveBufferSize() {
        try {
            return socket.getInt(SOL_SOCKET, SO_RCVBUF);
        } catch (IOException e) {
            throw new ChannelException(e);
        }
    }

    /** Sets {@code SO_RCVBUF}, which connections that are accepted from then on have too. */
    @Override
    public ServerSocketChannelConfig setReceiveBufferSize(int receiveBufferSize) {
        try {
            socket.setInt(SOL_SOCKET, SO_RCVBUF,
                    ObjectUtil.checkPositiveOrZero(receiveBufferSize, "receiveBufferSize"));
            receiveBuffer = receiveBufferSize;
            return this;
        } catch (IOException e) {
            throw new ChannelException(e);
        }
    }

    /** Not known to Windows: no effect. */
    @Override
    public ServerSocketChannelConfig setPerformancePreferences(int connectionTime, int latency, int bandwidth) {
        return this;
    }

    @Override
    @Deprecated
    public ServerSocketChannelConfig setMaxMessagesPerRead(int maxMessagesPerRead) {
        super.setMaxMessagesPerRead(maxMessagesPerRead);
        return this;
    }

    @Override
    public ServerSocketChannelConfig setConnectTimeoutMillis(int connectTimeoutMillis) {
        super.setConnectTimeoutMillis(connectTimeoutMillis);
        return this;
    }

    @Override
    public ServerSocketChannelConfig setWriteSpinCount(int writeSpinCount) {
        super.setWriteSpinCount(writeSpinCount);
        return this;
    }

    @Override
    public ServerSocketChannelConfig setAllocator(ByteBufAllocator allocator) {
        super.setAllocator(allocator);
        return this;
    }

    @Override
    public ServerSocketChannelConfig setRecvByteBufAllocator(RecvByteBufAllocator allocator) {
        super.setRecvByteBufAllocator(allocator);
        return this;
    }

    @Override
    public ServerSocketChannelConfig setAutoRead(boolean autoRead) {
        super.setAutoRead(autoRead);
        return this;
    }

    @Override
    public ServerSocketChannelConfig setWriteBufferHighWaterMark(int bytes) {
        super.setWriteBufferHighWaterMark(bytes);
        return this;
    }

    @Override
    public ServerSocketChannelConfig setWriteBufferLowWaterMark(int bytes) {
        super.setWriteBufferLowWaterMark(bytes);
        return this;
    }

    @Override
    public ServerSocketChannelConfig setWriteBufferWaterMark(WriteBufferWaterMark waterMark) {
        super.setWriteBufferWaterMark(waterMark);
        return this;
    }

    @Override
    public ServerSocketChannelConfig setMessageSizeEstimator(MessageSizeEstimator estimator) {
        super.setMessageSizeEstimator(estimator);
        return this;
    }
}
