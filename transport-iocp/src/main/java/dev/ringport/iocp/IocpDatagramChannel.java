// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.iocp;

import dev.ringport.datagram.CompletionDatagramChannel;
import dev.ringport.iocp.abi.WindowsCalls;
import io.netty.channel.ChannelException;
import io.netty.channel.ChannelPromise;
import io.netty.channel.EventLoop;
import io.netty.channel.IoEvent;
import io.netty.channel.IoEventLoop;
import io.netty.channel.IoRegistration;
import io.netty.channel.socket.InternetProtocolFamily;
import io.netty.channel.socket.SocketProtocolFamily;
import java.io.IOException;
import java.net.InetSocketAddress;
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
 */
@SuppressWarnings("deprecation") // of Netty: the receive handle and the old family type
public final class IocpDatagramChannel extends CompletionDatagramChannel {
    private static final int MAX_DATAGRAM = 65_535;

    private final IocpSocket socket;
    private final SocketAtLoop atLoop;
    private final IocpSocketOptions options;
    private final IocpDatagramChannelConfig config;
    private final IocpIoHandler.TurnEnd endOfSends = this::settleSends;
    private @Nullable IocpRegistration registration;
    private @Nullable IocpIoHandler handler;
    private @Nullable IocpSendPort port;
    private @Nullable IocpReceives receives;
    private boolean hasPort;
    private boolean keepsPort;
    private boolean sendsEnd;
    private boolean serving;
    private boolean serveAgain;

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

    @SuppressWarnings("this-escape") // socket and configuration only keep it
    IocpDatagramChannel(WindowsCalls calls, @Nullable SocketProtocolFamily family) {
        socket = IocpSocket.forFamily(calls, family, false);
        atLoop = new SocketAtLoop(this, socket);
        options = new IocpSocketOptions(socket);
        config = new IocpDatagramChannelConfig(this, socket, options);
        socket.tellResets(false);
        socket.beforeChange(this::sendBeforeChange);
    }

    private static WindowsCalls systemCalls() {
        Iocp.ensureAvailability();
        return WindowsCalls.system();
    }

    @Override
    protected @Nullable Throwable refusal(EventLoop loop) {
        return atLoop.refusal(loop);
    }

    @Override
    public IocpDatagramChannelConfig config() {
        return config;
    }

    @Override
    public Memberships memberships() {
        return options;
    }

    /**
     * What the loop of this channel has counted, or null while the channel is not registered. All channels of a loop
     * share its counters.
     */
    public @Nullable IocpCounters counters() {
        IocpIoHandler at = handler;
        return at == null ? null : at.counters();
    }

    @Override
    public boolean isOpen() {
        return socket.isOpen();
    }

    @Override
    protected AbstractUnsafe newUnsafe() {
        return new IocpDatagramUnsafe();
    }

    @Override
    protected boolean isCompatible(EventLoop loop) {
        return loop instanceof IoEventLoop ioLoop && ioLoop.isCompatible(IocpHandle.class);
    }

    @Override
    protected boolean isInet6() {
        return socket.isInet6();
    }

    @Override
    protected void bindSocket(InetSocketAddress address) throws IOException {
        socket.bind(address);
        keepsPort = true;
        portChosen();
    }

    @Override
    protected void connectSocket(InetSocketAddress address) throws IOException {
        socket.connect(address);
        socket.tellResets(true);
        options.connected(true);
        portChosen();
    }

    private void portChosen() {
        hasPort = true;
        if (receives != null) {
            receives.portChosen();
        }
    }

    @Override
    protected void disconnectSocket() throws IOException {
        options.connected(false);
        socket.disconnect(keepsPort);
        socket.tellResets(false);
        hasPort = socket.localAddress() != null;
    }

    @Override
    protected @Nullable InetSocketAddress socketAddress() {
        return socket.localAddress();
    }

    @Override
    protected void doRegister(ChannelPromise promise) {
        atLoop.register((IocpDatagramUnsafe) actualUnsafe(), promise, this::joined);
    }

    private void joined(IocpRegistration at) {
        registration = at;
        handler = at.handler();
        IocpReceives with = new IocpReceives(this, reader(), socket, at);
        receives = with;
        reader().attach(with);
        IocpSendPort through = new IocpSendPort(this, socket, at, DatagramOffloads.canSegment(socket));
        port = through;
        sender().attach(through, handler.trains(), isInet6());
        joinedLoop();
    }

    @Override
    protected void doDeregister() {
        IocpIoHandler at = handler;
        if (at == null) {
            return;
        }
        if (isOpen()) {
            sender().detach();
        }
        reader().detach();
        at.forgetTurnEnd(endOfSends);
        sendsEnd = false;
        if (receives != null) {
            receives.detach();
        }
        if (port != null) {
            port.detach();
        }
        registration = null;
        receives = null;
        port = null;
        handler = null;
        atLoop.leave();
    }

    @Override
    protected void doClose() throws Exception {
        super.doClose();
        if (port != null) {
            port.cancelWait();
        }
        // A flow ends before its socket.
        options.close();
        socket.close();
    }

    @Override
    protected boolean loopTakesOperations() {
        return handler != null && handler.isUsable();
    }

    // Receiving.

    /** Whether the socket has a port, from which on it may receive. */
    boolean hasPort() {
        if (!hasPort) {
            hasPort = socket.localAddress() != null;
        }
        return hasPort;
    }

    /** Whether receives may be posted. */
    boolean mayReceive() {
        return !isEnding() && isOpen() && loopTakesOperations();
    }

    /** Whether receives are posted that go on. */
    boolean isReceiving() {
        return receives != null && receives.isGoingOn();
    }

    /** An error is told of a datagram that was sent in vain. */
    void unreachable(IOException cause) {
        reader().toldWhileArmed(cause);
    }

    /** The longest datagram to hand up, in bytes. */
    int receiveLimit() {
        return reader().limit();
    }

    /** How many bytes a receive has room for. */
    int receiveRoom() {
        return config.isUdpGro() ? MAX_DATAGRAM : Math.max(1, receiveLimit());
    }

    @Override
    protected void receiveRulesChanged() {
        super.receiveRulesChanged();
        rearm();
    }

    /** An option changed what receives are posted with. From any thread. */
    void rearm() {
        if (isRegistered()) {
            if (eventLoop().inEventLoop()) {
                reader().cancel();
            } else {
                eventLoop().execute(reader()::cancel);
            }
        }
    }

    // Sending.

    @Override
    protected void requestSend() {
        if (serving) {
            // From a promise that is completed further up the stack.
            serveAgain = true;
            return;
        }
        if (!loopTakesOperations()) {
            return;
        }
        serving = true;
        try {
            do {
                serveAgain = false;
                boolean more = sender().serve();
                // Messages that could not be sent: their promises are due.
                boolean settled = sender().inFlight() == 0 && sender().settle();
                serveAgain |= more || settled;
            } while (serveAgain && loopTakesOperations());
        } finally {
            serving = false;
        }
        if (!hasPort && sender().inFlight() > 0 && socket.localAddress() != null) {
            // The first send has chosen it, unless it failed.
            portChosen();
        }
    }

    /** Windows may have buffers again. */
    void roomAwaited() {
        sender().writable();
    }

    @Override
    protected void sendFlushed() {
        requestSend();
    }

    /** An operation of this channel other than a receive has ended. */
    void sendEnded() {
        if (handler != null && !sendsEnd) {
            sendsEnd = true;
            handler.atEndOfTurn(endOfSends);
        }
    }

    /** Promises are due, or there may be room again. */
    void settleSends() {
        sendsEnd = false;
        boolean more = sender().settle();
        if (more || (port != null && port.takeStarved())) {
            requestSend();
        }
        operationEnded();
    }

    @Override
    protected boolean waitsForRoomAtClose() {
        return true;
    }

    @Override
    protected void cancelWaits() {
        if (port != null) {
            port.cancelWait();
        }
    }

    @Override
    protected int operationsInFlight() {
        // A send whose promise is still to be completed is not over.
        int unsettled = sendsEnd || (port != null && port.isWaiting()) ? 1 : 0;
        return registration == null ? 0 : registration.inFlight() + unsettled;
    }

    /** The channel as its loop sees it. */
    final class IocpDatagramUnsafe extends CompletionUnsafe implements IocpHandle {
        @Override
        public void handle(IoRegistration at, IoEvent event) {
            throw new IllegalStateException("the channel submits no operations of this kind");
        }

        @Override
        public void close() {
            close(voidPromise());
        }

        @Override
        public void loopStarted() {
            resume();
        }

        @Override
        public boolean retryWhileEnding() {
            return port != null && port.retryWhileEnding();
        }

        @Override
        public void closeWithoutWaiting() {
            IocpDatagramChannel.this.closeWithoutWaiting();
        }
    }
}
