// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.iocp.udp;

import dev.ringport.datagram.CompletionDatagramChannel;
import dev.ringport.iocp.loop.CompletionLoop;
import dev.ringport.iocp.loop.LoopHandle;
import dev.ringport.iocp.loop.OverlappedSocket;
import dev.ringport.iocp.loop.SocketAtLoop;
import io.netty.channel.ChannelPromise;
import io.netty.channel.EventLoop;
import io.netty.channel.IoEvent;
import io.netty.channel.IoRegistration;
import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * A UDP channel: what the datagram core asks of it goes to the posted receives and the sends.
 * {@code IocpDatagramChannel} adds the configuration.
 */
public abstract class OverlappedDatagramChannel extends CompletionDatagramChannel {
    private static final int MAX_DATAGRAM = 65_535;

    /** The pass over what is to be sent. */
    private enum Pass {
        /** None. */
        NONE,
        /** Going on, perhaps further up the stack. */
        RUNNING,
        /** Going on, and another is to follow. */
        AGAIN
    }

    private final OverlappedSocket socket;
    private final SocketAtLoop atLoop;
    private final DatagramSocketOptions options;
    private final ReceiveSettings settings;
    private final CompletionLoop.TurnEnd endOfSends = this::settleSends;
    private @Nullable DatagramSends sends;
    private @Nullable DatagramReceives receives;
    private Pass pass = Pass.NONE;
    /** The socket is known to have a port, whoever chose it. */
    private boolean hasPort;
    /** The socket was bound, which a disconnect is to keep; it may lose the port all the same. */
    private boolean keepsPort;
    /** The loop is to call at the end of its turn. */
    private boolean sendsEnd;

    /** A new socket. */
    @SuppressWarnings("this-escape") // they only keep it
    protected OverlappedDatagramChannel(OverlappedSocket socket) {
        this.socket = socket;
        atLoop = new SocketAtLoop(this, socket, this::operationEnded);
        options = new DatagramSocketOptions(socket);
        settings = new ReceiveSettings(socket, options, this::rearm);
        socket.tellResets(false);
        socket.beforeChange(this::sendBeforeChange);
    }

    /** The socket. */
    protected final OverlappedSocket socket() {
        return socket;
    }

    /** The channel's place at its loop. */
    protected final SocketAtLoop atLoop() {
        return atLoop;
    }

    /** The options that any system has. */
    protected final DatagramSocketOptions options() {
        return options;
    }

    /** What receives are posted with. */
    protected final ReceiveSettings settings() {
        return settings;
    }

    @Override
    protected @Nullable Throwable refusal(EventLoop loop) {
        return atLoop.refusal(loop);
    }

    @Override
    public final Memberships memberships() {
        return options;
    }

    @Override
    public final boolean isOpen() {
        return socket.isOpen();
    }

    @Override
    protected AbstractUnsafe newUnsafe() {
        return new DatagramUnsafe();
    }

    @Override
    protected boolean isCompatible(EventLoop loop) {
        return SocketAtLoop.isCompatible(loop);
    }

    @Override
    protected boolean isInet6() {
        return socket.isInet6();
    }

    @Override
    protected void bindSocket(InetSocketAddress address) throws IOException {
        try {
            socket.bind(address);
        } catch (BindException taken) {
            if (options.keepsReuseBack()) {
                BindException explained = new BindException(
                        taken.getMessage()
                                + "; SO_REUSEADDR alone shares no address, SO_EXCLUSIVEADDRUSE must be false");
                explained.initCause(taken);
                throw explained;
            }
            throw taken;
        }
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
        // A flow ends before its connection.
        options.connected(false);
        try {
            socket.disconnect(keepsPort);
        } catch (IOException stillConnected) {
            options.connected(true);
            throw stillConnected;
        }
        socket.tellResets(false);
        hasPort = socket.localAddress() != null;
    }

    @Override
    protected @Nullable InetSocketAddress socketAddress() {
        return socket.localAddress();
    }

    @Override
    protected void doRegister(ChannelPromise promise) {
        atLoop.register((DatagramUnsafe) actualUnsafe(), promise, () -> joined(promise));
    }

    private void joined(ChannelPromise promise) {
        DatagramReceives with = new DatagramReceives(this, reader(), socket);
        DatagramSends through;
        try {
            through = new DatagramSends(this, socket, DatagramOffloads.of(socket));
        } catch (RuntimeException | Error noMemory) {
            with.detach();
            throw noMemory;
        }
        receives = with;
        reader().attach(with);
        sends = through;
        sender().attach(through, atLoop.loop().trains(), isInet6());
        joinedLoop(promise);
    }

    @Override
    protected void doDeregister() {
        if (!atLoop.isThere()) {
            return;
        }
        if (isOpen()) {
            sender().detach();
        }
        reader().detach();
        atLoop.loop().forgetTurnEnd(endOfSends);
        sendsEnd = false;
        if (receives != null) {
            receives.detach();
        }
        if (sends != null) {
            sends.detach();
        }
        receives = null;
        sends = null;
        atLoop.leave();
    }

    @Override
    protected void doClose() throws Exception {
        super.doClose();
        if (sends != null) {
            sends.cancelWait();
        }
        // A flow ends before its socket.
        options.close();
        socket.close();
    }

    @Override
    protected boolean loopTakesOperations() {
        return atLoop.takesOperations();
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
        return settings.mayBringTrains() ? MAX_DATAGRAM : Math.max(1, receiveLimit());
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
        if (pass != Pass.NONE) {
            // From a promise that is completed further up the stack.
            pass = Pass.AGAIN;
            return;
        }
        if (!loopTakesOperations()) {
            return;
        }
        try {
            do {
                pass = Pass.RUNNING;
                boolean more = sender().serve();
                // Messages that could not be sent: their promises are due.
                boolean settled = sender().inFlight() == 0 && sender().settle();
                if (more || settled) {
                    pass = Pass.AGAIN;
                }
            } while (pass == Pass.AGAIN && loopTakesOperations());
        } finally {
            pass = Pass.NONE;
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
        if (atLoop.isThere() && !sendsEnd) {
            sendsEnd = true;
            atLoop.loop().atEndOfTurn(endOfSends);
        }
    }

    /** Promises are due, or there may be room again. */
    void settleSends() {
        sendsEnd = false;
        boolean more = sender().settle();
        if (more || (sends != null && sends.takeStarved())) {
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
        if (sends != null) {
            sends.cancelWait();
        }
    }

    @Override
    protected int operationsInFlight() {
        // A send whose promise is still to be completed is not over.
        int unsettled = sendsEnd || (sends != null && sends.isWaiting()) ? 1 : 0;
        return atLoop.isThere() ? atLoop.inFlight() + unsettled : 0;
    }

    /** A class whose loading tells whether Netty has what datagram channels need of it. */
    public static Class<?> unsafeClass() {
        return DatagramUnsafe.class;
    }

    /**
     * The channel as its loop sees it. Not public: javac would give it a bridge to {@code deregister}, which is final before
     * Netty 4.2.11.
     */
    protected final class DatagramUnsafe extends CompletionUnsafe implements LoopHandle {
        @Override
        public void handle(IoRegistration at, IoEvent event) {
            throw new IllegalStateException("the channel submits no operations of this kind");
        }

        @Override
        public void close() {
            close(voidPromise());
        }

        @Override
        public void deregisterNow(ChannelPromise promise) {
            atLoop.deregister(promise, super::deregisterNow);
        }

        @Override
        public void loopStarted() {
            resume();
        }

        @Override
        public boolean retryWhileEnding() {
            return sends != null && sends.retryWhileEnding();
        }

        @Override
        public void closeWithoutWaiting() {
            OverlappedDatagramChannel.this.closeWithoutWaiting();
        }
    }
}
