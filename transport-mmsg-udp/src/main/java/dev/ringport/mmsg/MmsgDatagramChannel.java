// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.mmsg;

import dev.ringport.datagram.receive.DatagramReader;
import dev.ringport.datagram.send.DatagramSender;
import dev.ringport.linux.channel.LinuxDatagramChannel;
import dev.ringport.linux.socket.LinuxSocket;
import dev.ringport.linux.socket.UdpOffloads;
import dev.ringport.loop.WrongLoop;
import dev.ringport.mmsg.engine.ChannelEngine;
import dev.ringport.mmsg.engine.Hosted;
import dev.ringport.mmsg.hosts.Hosts;
import dev.ringport.mmsg.hosts.OwnPlace;
import io.netty.channel.Channel;
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
 * A UDP channel that receives and sends many datagrams a system call. It lives at any event loop: best at one with a
 * {@link MmsgIoHandler} or with Netty's handlers for epoll or io_uring, which watch its socket; at any other, such as NIO's,
 * one thread of the process watches the sockets of all such channels and hands the turn to the loop.
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
    private final AtAnyLoop hosted = new AtAnyLoop();
    private @Nullable IoRegistration registration;
    private @Nullable ChannelEngine place;
    private volatile @Nullable MmsgCounters counters;

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
        return counters;
    }

    @Override
    protected AbstractUnsafe newUnsafe() {
        return new MmsgUnsafe();
    }

    private static boolean isOwn(EventLoop loop) {
        return loop instanceof IoEventLoop ioLoop && ioLoop.isCompatible(MmsgUnsafe.class);
    }

    @Override
    protected boolean isCompatible(EventLoop loop) {
        return isOwn(loop) || Hosts.canServe(loop);
    }

    @Override
    protected @Nullable Throwable refusal(EventLoop loop) {
        return isCompatible(loop)
                ? null
                : WrongLoop.refusal(
                        MmsgDatagramChannel.class, "an event loop that runs by itself", loop,
                        "use a group such as new MultiThreadIoEventLoopGroup(MmsgIoHandler.newFactory())");
    }

    @Override
    protected void doRegister(ChannelPromise promise) {
        EventLoop loop = eventLoop();
        if (isOwn(loop)) {
            ((IoEventLoop) loop).register((MmsgUnsafe) actualUnsafe()).addListener(future -> {
                if (future.isSuccess()) {
                    IoRegistration wrapper = (IoRegistration) future.getNow();
                    registration = wrapper;
                    MmsgRegistration at = wrapper.attachment();
                    joined(new OwnPlace(at.handler().loop(), at, hosted), at.handler().counters(), promise);
                    promise.setSuccess();
                } else {
                    promise.setFailure(future.cause());
                }
            });
            return;
        }
        Hosts.take(loop, hosted, new Hosts.Taken() {
            @Override
            public void at(ChannelEngine taken) {
                joined(taken, new MmsgCounters(taken.counters()), promise);
                promise.setSuccess();
            }

            @Override
            public void refused(Throwable cause) {
                promise.setFailure(cause);
            }
        });
    }

    private void joined(ChannelEngine at, MmsgCounters loopCounters, ChannelPromise promise) {
        place = at;
        counters = loopCounters;
        joinedLoop(promise);
    }

    @Override
    protected void doDeregister() {
        ChannelEngine leaving = place;
        if (leaving == null) {
            return;
        }
        if (isOpen()) {
            sender().detach();
        }
        leaving.leave();
        reader().detach();
        place = null;
        counters = null;
        IoRegistration own = registration;
        registration = null;
        if (own != null) {
            own.cancel();
        }
    }

    @Override
    protected void doClose() throws Exception {
        if (place != null) {
            place.stop();
        }
        super.doClose();
    }

    @Override
    protected boolean loopTakesOperations() {
        return place != null && place.takesOperations();
    }

    // Sending.

    @Override
    protected void requestSend() {
        if (place != null && loopTakesOperations()) {
            place.sends().request();
        }
    }

    @Override
    protected void sendFlushed() {
        ChannelOutboundBuffer in = unsafe().outboundBuffer();
        if (place != null && in != null && loopTakesOperations()) {
            // A round each, if all must go alone; bounded, because listeners may write for ever.
            place.sends().flushNow(in.size() + MIN_FLUSH_ROUNDS);
        }
    }

    @Override
    protected void cancelWaits() {
        if (place != null) {
            place.cancelWaits();
        }
    }

    @Override
    protected int operationsInFlight() {
        return place == null ? 0 : place.inFlight();
    }

    /** The channel as whatever loop it is at sees it. */
    private final class AtAnyLoop implements Hosted {
        @Override
        public Channel channel() {
            return MmsgDatagramChannel.this;
        }

        @Override
        public LinuxSocket socket() {
            return MmsgDatagramChannel.this.socket();
        }

        @Override
        public DatagramReader reader() {
            return MmsgDatagramChannel.this.reader();
        }

        @Override
        public DatagramSender sender() {
            return MmsgDatagramChannel.this.sender();
        }

        @Override
        public void progressed() {
            operationEnded();
        }

        @Override
        public void close() {
            unsafe().close(voidPromise());
        }

        @Override
        public void closeWithoutWaiting() {
            MmsgDatagramChannel.this.closeWithoutWaiting();
        }

        @Override
        public String toString() {
            return MmsgDatagramChannel.this.toString();
        }
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
