// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.uring;

import dev.ringport.linux.channel.LinuxDatagramChannel;
import dev.ringport.linux.socket.LinuxSocket;
import dev.ringport.linux.socket.UdpOffloads;
import dev.ringport.loop.WrongLoop;
import dev.ringport.uring.loop.UringLoop;
import dev.ringport.uring.receive.UringReceive;
import dev.ringport.uring.ring.RingOperations;
import dev.ringport.uring.send.UringSends;
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
 * A UDP channel over io_uring. Needs a loop with a {@link UringIoHandler}.
 *
 * <p>Received packets have a direct content of their own, readable from index 0, that may be written and grows.
 * Their recipient is {@link #localAddress()}. Sends of one flush leave with one system call; datagrams with one
 * recipient and one size leave as one segmented send where the system can. A message that names a recipient goes to it also
 * while the channel is connected to another, as with Netty's epoll transport; NIO refuses that.
 *
 * <p>As with NIO, a connect that fails closes the channel, a bind that fails does not.
 */
@SuppressWarnings("deprecation") // of Netty: the receive handle and the old family type
public final class UringDatagramChannel extends LinuxDatagramChannel {
    private static final int MIN_FLUSH_ROUNDS = 2048;

    private final UringDatagramChannelConfig config;
    private @Nullable IoRegistration registrationAtLoop;
    private @Nullable UringRegistration registration;
    private @Nullable UringIoHandler handler;
    private @Nullable UringSends sends;
    private @Nullable UringReceive receive;

    /** An IPv6 socket that also serves IPv4, or an IPv4 socket where the machine or the JVM prefers that. */
    public UringDatagramChannel() {
        this(socketOf((SocketProtocolFamily) null));
    }

    /**
     * A socket of the given family; null for the default.
     *
     * @throws ChannelException if the system has no such sockets
     */
    public UringDatagramChannel(@Nullable SocketProtocolFamily family) {
        this(socketOf(family));
    }

    /** As {@link #UringDatagramChannel(SocketProtocolFamily)}, for code that still uses Netty 4.1's type. */
    @Deprecated
    public UringDatagramChannel(@Nullable InternetProtocolFamily family) {
        this(socketOf(family == null ? null : family.toSocketProtocolFamily()));
    }

    /**
     * Takes over a UDP socket that was opened elsewhere, bound and connected or not. The channel closes it.
     *
     * @param fd its descriptor
     * @throws IllegalArgumentException if it is not a UDP socket
     */
    public UringDatagramChannel(int fd) {
        this(socketOf(fd));
        adopted(socket().localAddress(), socket().remoteAddress());
    }

    private static LinuxSocket socketOf(@Nullable SocketProtocolFamily family) {
        Uring.ensureAvailability();
        return LinuxSocket.forFamily(family);
    }

    private static LinuxSocket socketOf(int fd) {
        Uring.ensureAvailability();
        return LinuxSocket.forDescriptor(fd);
    }

    private UringDatagramChannel(LinuxSocket socket) {
        super(socket);
        config = new UringDatagramChannelConfig(this);
        if (UdpOffloads.receiving()) {
            config.setUdpGro(true);
        }
    }

    @Override
    public UringDatagramChannelConfig config() {
        return config;
    }

    /**
     * What the loop of this channel has counted, or null while the channel is not registered. All channels of a loop
     * share its counters.
     */
    public @Nullable UringCounters counters() {
        UringIoHandler at = handler;
        return at == null ? null : at.counters();
    }

    @Override
    protected AbstractUnsafe newUnsafe() {
        return new UringUnsafe();
    }

    @Override
    protected boolean isCompatible(EventLoop loop) {
        return loop instanceof IoEventLoop ioLoop && ioLoop.isCompatible(UringUnsafe.class);
    }

    @Override
    protected @Nullable Throwable refusal(EventLoop loop) {
        return isCompatible(loop)
                ? null
                : WrongLoop.refusal(
                        UringDatagramChannel.class, "an event loop with a UringIoHandler", loop,
                        "make the group by new MultiThreadIoEventLoopGroup(UringIoHandler.newFactory()), or use a"
                                + " channel that any loop serves, MmsgDatagramChannel");
    }

    @Override
    protected void doRegister(ChannelPromise promise) {
        ((IoEventLoop) eventLoop()).register((UringUnsafe) actualUnsafe()).addListener(future -> {
            if (!future.isSuccess()) {
                promise.setFailure(future.cause());
                return;
            }
            IoRegistration wrapper = (IoRegistration) future.getNow();
            registrationAtLoop = wrapper;
            joined(wrapper.attachment(), promise);
            promise.setSuccess();
        });
    }

    private void joined(UringRegistration at, ChannelPromise promise) {
        registration = at;
        handler = at.handler();
        UringLoop loop = handler.loop();
        UringReceive receives = new UringReceive(
                this, reader(), socket(), at, loop.receives(), loop.trains().peers(isInet6()));
        receive = receives;
        reader().attach(receives);
        UringSends through = new UringSends(sender(), at, loop.sends(), socket(), UdpOffloads.segmentation());
        sends = through;
        sender().attach(through, loop.trains(), isInet6());
        joinedLoop(promise);
    }

    @Override
    protected void doDeregister() {
        IoRegistration wrapper = registrationAtLoop;
        UringIoHandler at = handler;
        if (wrapper == null || at == null) {
            return;
        }
        if (isOpen()) {
            sender().detach();
        }
        if (sends != null) {
            sends.leave();
        }
        reader().detach();
        if (receive != null) {
            receive.leave();
        }
        registrationAtLoop = null;
        registration = null;
        receive = null;
        sends = null;
        handler = null;
        wrapper.cancel();
    }

    @Override
    protected void doClose() throws Exception {
        UringIoHandler at = handler;
        if (at != null) {
            RingOperations operations = at.loop().operations();
            if (operations.isUsable() && operations.ring().submissions().pending() > 0) {
                // Entries that name this descriptor must not meet another socket with its number.
                operations.submit(false);
            }
        }
        super.doClose();
    }

    @Override
    protected boolean loopTakesOperations() {
        return handler != null && handler.loop().operations().isUsable();
    }

    // Sending.

    @Override
    protected void requestSend() {
        if (sends != null && loopTakesOperations()) {
            sends.request();
        }
    }

    @Override
    protected void sendFlushed() {
        ChannelOutboundBuffer in = unsafe().outboundBuffer();
        if (sends != null && in != null && loopTakesOperations()) {
            // A round each, if all must go alone; bounded, because listeners may write for ever.
            sends.flushNow(in.size() + MIN_FLUSH_ROUNDS);
        }
    }

    @Override
    protected void cancelWaits() {
        if (sends != null) {
            sends.cancelWait();
        }
    }

    @Override
    protected int operationsInFlight() {
        return registration == null ? 0 : registration.inFlight();
    }

    /** The channel as its loop sees it. */
    final class UringUnsafe extends CompletionUnsafe implements UringIoHandle {
        @Override
        public void handle(IoRegistration at, IoEvent event) {
            throw new IllegalStateException("the channel submits no operations of this kind");
        }

        @Override
        public void close() {
            close(voidPromise());
        }

        void loopStarted() {
            resume();
        }

        void closeWithoutWaiting() {
            UringDatagramChannel.this.closeWithoutWaiting();
        }
    }
}
