// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.iocp;

import dev.ringport.iocp.abi.WindowsCalls;
import dev.ringport.iocp.loop.OverlappedSocket;
import dev.ringport.iocp.udp.OverlappedDatagramChannel;
import io.netty.channel.ChannelException;
import io.netty.channel.socket.InternetProtocolFamily;
import io.netty.channel.socket.SocketProtocolFamily;
import org.jspecify.annotations.Nullable;

/**
 * A UDP channel over Winsock overlapped I/O. Needs a loop with an {@link IocpIoHandler}, and stays with the loop it was
 * first registered with unless Windows can move it (see {@link Iocp#canMoveSockets()}).
 *
 * <p>Received packets have a direct content of their own, readable from index 0, that may be written and grows. Their
 * recipient is {@link #localAddress()}. While auto-read is on several receives are posted, 16 by default (see
 * {@link IocpChannelOption#RECEIVES_POSTED}), each with a buffer of the expected size.
 *
 * <p>A channel that was not bound, one with {@code DATAGRAM_CHANNEL_ACTIVE_ON_REGISTRATION}, gets a port with its first
 * send and receives from then on: nobody could send it anything before.
 *
 * <p>As with NIO, a connected channel sends to its peer alone: a message to another recipient fails with
 * {@code AlreadyConnectedException}. Joining a group twice, and leaving or blocking in a group that is not joined,
 * succeed and change nothing. A port that is unreachable is told to connected channels alone, as
 * {@code PortUnreachableException}: to the pipeline, by the receives that are posted, at most once a turn of the loop.
 * With auto-read off none is posted, and Windows keeps the error: the next {@code read()} tells the pipeline of it and
 * stays outstanding, or a write fails with it, where Windows fails that.
 */
@SuppressWarnings("deprecation") // of Netty: the old family type
public final class IocpDatagramChannel extends OverlappedDatagramChannel {
    private final IocpDatagramChannelConfig config;

    /** An IPv6 socket that also serves IPv4, or an IPv4 socket where the machine or the JVM prefers that. */
    public IocpDatagramChannel() {
        this((SocketProtocolFamily) null);
    }

    /**
     * A socket of the given family; null for the default.
     *
     * @throws ChannelException if the system has no such sockets
     */
    public IocpDatagramChannel(@Nullable SocketProtocolFamily family) {
        this(systemCalls(), family);
    }

    /** As {@link #IocpDatagramChannel(SocketProtocolFamily)}, for code that still uses Netty 4.1's type. */
    @Deprecated
    public IocpDatagramChannel(@Nullable InternetProtocolFamily family) {
        this(family == null ? null : family.toSocketProtocolFamily());
    }

    @SuppressWarnings("this-escape") // the configuration only keeps it
    IocpDatagramChannel(WindowsCalls calls, @Nullable SocketProtocolFamily family) {
        super(OverlappedSocket.forFamily(calls, family, false));
        config = new IocpDatagramChannelConfig(this, options(), settings());
    }

    private static WindowsCalls systemCalls() {
        Iocp.ensureAvailability();
        return WindowsCalls.system();
    }

    @Override
    public IocpDatagramChannelConfig config() {
        return config;
    }

    /**
     * What the loop of this channel has counted, or null while the channel is not registered. All channels of a loop
     * share its counters.
     */
    public @Nullable IocpCounters counters() {
        return IocpCounters.of(atLoop());
    }
}
