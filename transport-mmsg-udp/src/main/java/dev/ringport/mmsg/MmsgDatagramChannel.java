// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.mmsg;

import dev.ringport.linux.channel.LinuxDatagramChannel;
import dev.ringport.linux.socket.LinuxSocket;
import dev.ringport.linux.socket.UdpOffloads;
import dev.ringport.mmsg.engine.ChannelEngine;
import dev.ringport.mmsg.hosts.ChannelWatch;
import dev.ringport.mmsg.hosts.OwnLoop;
import io.netty.channel.ChannelException;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.ChannelPromise;
import io.netty.channel.EventLoop;
import io.netty.channel.IoEvent;
import io.netty.channel.IoEventLoop;
import io.netty.channel.IoRegistration;
import io.netty.channel.socket.InternetProtocolFamily;
import io.netty.channel.socket.SocketProtocolFamily;
import org.jspecify.annotations.Nullable;

/**
 * A UDP channel that receives and sends many datagrams a system call. It lives at a loop with a {@link MmsgIoHandler}.
 *
 * <p>Received packets have a direct content of their own, readable from index 0, that may be written and grows.
 * Their recipient is {@link #localAddress()}. Sends of one flush leave with one system call; datagrams with one
 * recipient and one size leave as one segmented send where the system can. A message that names a recipient goes to it also
 * while the channel is connected to another, as with Netty's epoll transport; NIO refuses that.
 *
 * <p>As with NIO, a connect that fails closes the channel, a bind that fails does not.
 */
@SuppressWarnings("deprecation") // of Netty: the receive handle and the old family type
public final class MmsgDatagramChannel extends LinuxDatagramChannel {
    private static final int MIN_FLUSH_ROUNDS = 2048;

    private final MmsgDatagramChannelConfig config;
    private @Nullable IoRegistration registrationAtLoop;
    private @Nullable MmsgRegistration registration;
    private @Nullable ChannelWatch watch;
    private @Nullable ChannelEngine engine;

    /** An IPv6 socket that also serves IPv4, or an IPv4 socket where the machine or the JVM prefers that. */
    public MmsgDatagramChannel() {
        this(socketOf((SocketProtocolFamily) null));
    }

    /**
     * A socket of the given family; null for the default.
     *
     * @throws ChannelException if the system has no such sockets
     */
    public MmsgDatagramChannel(@Nullable SocketProtocolFamily family) {
        this(socketOf(family));
    }

    /** As {@link #MmsgDatagramChannel(SocketProtocolFamily)}, for code that still uses Netty 4.1's type. */
    @Deprecated
    public MmsgDatagramChannel(@Nullable InternetProtocolFamily family) {
        this(socketOf(family == null ? null : family.toSocketProtocolFamily()));
    }

    /**
     * Takes over a UDP socket that was opened elsewhere, bound and connected or not. The channel closes it.
     *
     * @param fd its descriptor
     * @throws IllegalArgumentException if it is not a UDP socket
     */
    public MmsgDatagramChannel(int fd) {
        this(socketOf(fd));
        adopted(socket().localAddress(), socket().remoteAddress());
    }

    private static LinuxSocket socketOf(@Nullable SocketProtocolFamily family) {
        Mmsg.ensureAvailability();
        return LinuxSocket.forFamily(family);
    }

    private static LinuxSocket socketOf(int fd) {
        Mmsg.ensureAvailability();
        return LinuxSocket.forDescriptor(fd);
    }

    private MmsgDatagramChannel(LinuxSocket socket) {
        super(socket);
        config = new MmsgDatagramChannelConfig(this);
        if (UdpOffloads.receiving()) {
            config.setUdpGro(true);
        }
    }

    @Override
    public MmsgDatagramChannelConfig config() {
        return config;
    }

    /**
     * What the loop of this channel has counted, or null while the channel is not registered. All channels of a loop
     * share its counters.
     */
    public @Nullable MmsgCounters counters() {
        MmsgRegistration at = registration;
        return at == null ? null : at.handler().counters();
    }

    @Override
    protected AbstractUnsafe newUnsafe() {
        return new MmsgUnsafe();
    }

    @Override
    protected boolean isCompatible(EventLoop loop) {
        return loop instanceof IoEventLoop ioLoop && ioLoop.isCompatible(MmsgUnsafe.class);
    }

    @Override
    protected void doRegister(ChannelPromise promise) {
        ((IoEventLoop) eventLoop()).register((MmsgUnsafe) unsafe()).addListener(future -> {
            if (!future.isSuccess()) {
                promise.setFailure(future.cause());
                return;
            }
            IoRegistration wrapper = (IoRegistration) future.getNow();
            registrationAtLoop = wrapper;
            joined(wrapper.attachment());
            promise.setSuccess();
        });
    }

    private void joined(MmsgRegistration at) {
        registration = at;
        OwnLoop loop = at.handler().loop();
        ChannelWatch socketWatch = new ChannelWatch(socket().fd(), loop, at);
        ChannelEngine channel = new ChannelEngine(
                this, reader(), sender(), socket(), loop.engine(), socketWatch);
        socketWatch.tells(channel);
        watch = socketWatch;
        engine = channel;
        joinedLoop();
    }

    @Override
    protected void doDeregister() {
        IoRegistration wrapper = registrationAtLoop;
        ChannelEngine leaving = engine;
        if (wrapper == null || leaving == null) {
            return;
        }
        if (isOpen()) {
            sender().detach();
        }
        leaving.leave();
        reader().detach();
        if (watch != null) {
            watch.stop();
        }
        registrationAtLoop = null;
        registration = null;
        watch = null;
        engine = null;
        wrapper.cancel();
    }

    @Override
    protected void doClose() throws Exception {
        if (watch != null) {
            // Not left to the close: the descriptor may have a copy somewhere.
            watch.stop();
        }
        super.doClose();
    }

    @Override
    protected boolean loopTakesOperations() {
        return engine != null && engine.takesOperations();
    }

    // Sending.

    @Override
    protected void requestSend() {
        if (engine != null && loopTakesOperations()) {
            engine.sends().request();
        }
    }

    @Override
    protected void sendFlushed() {
        ChannelOutboundBuffer in = unsafe().outboundBuffer();
        if (engine != null && in != null && loopTakesOperations()) {
            // A round each, if all must go alone; bounded, because listeners may write for ever.
            engine.sends().flushNow(in.size() + MIN_FLUSH_ROUNDS);
        }
    }

    @Override
    protected void cancelWaits() {
        if (engine != null) {
            engine.sends().cancelWait();
        }
    }

    @Override
    protected int operationsInFlight() {
        return registration == null ? 0 : registration.inFlight();
    }

    /** The channel as its loop sees it. */
    final class MmsgUnsafe extends CompletionUnsafe implements MmsgIoHandle {
        @Override
        public void handle(IoRegistration at, IoEvent event) {
            throw new IllegalStateException("the channel waits for nothing of this kind");
        }

        @Override
        public void close() {
            close(voidPromise());
        }

        void closeWithoutWaiting() {
            MmsgDatagramChannel.this.closeWithoutWaiting();
        }
    }
}
