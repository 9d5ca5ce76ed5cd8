// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.iocp.tcp;

import dev.ringport.iocp.abi.Overlapped;
import dev.ringport.iocp.abi.WindowsErrors;
import dev.ringport.iocp.loop.Addresses;
import dev.ringport.iocp.loop.OverlappedSocket;
import dev.ringport.iocp.loop.SocketOperation;
import dev.ringport.net.SocketAddressCodec;
import io.netty.channel.ChannelPromise;
import io.netty.channel.ConnectTimeoutException;
import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.channels.AlreadyConnectedException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ConnectionPendingException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

import static dev.ringport.iocp.abi.WinsockConstants.SOL_SOCKET;
import static dev.ringport.iocp.abi.WinsockConstants.SO_REUSE_UNICASTPORT;
import static dev.ringport.iocp.abi.WinsockConstants.SO_UPDATE_CONNECT_CONTEXT;

/** Connects one channel with {@code ConnectEx}, which wants a bound socket. Used on the loop only. */
final class StreamConnector {
    private final ConnectionChannel channel;
    private @Nullable ChannelPromise promise;
    private @Nullable Future<?> timeout;
    private @Nullable Connect connect;
    private @Nullable InetSocketAddress target;

    StreamConnector(ConnectionChannel channel) {
        this.channel = channel;
    }

    /** Starts unless that makes no sense now; the promise is told how it went. A connect that fails closes the channel. */
    void request(SocketAddress remote, @Nullable SocketAddress local, ChannelPromise toTell) {
        Exception senseless = null;
        if (channel.isEnding()) {
            senseless = new ClosedChannelException();
        } else if (promise != null) {
            senseless = new ConnectionPendingException();
        } else if (channel.isConnected()) {
            senseless = new AlreadyConnectedException();
        }
        if (senseless != null) {
            toTell.tryFailure(senseless);
            return;
        }
        try {
            connect(reachable(Addresses.requireResolved(remote)),
                    local == null ? null : Addresses.requireResolved(local), toTell);
        } catch (Throwable failed) {
            toTell.tryFailure(channel.annotated(failed, remote));
            close();
            channel.unsafe().close(channel.voidPromise());
        }
    }

    /** The loopback address in place of the wildcard, as NIO does: {@code ConnectEx} answers WSAEADDRNOTAVAIL otherwise. */
    private static InetSocketAddress reachable(InetSocketAddress remote) throws IOException {
        if (!remote.getAddress().isAnyLocalAddress()) {
            return remote;
        }
        byte[] loopback = remote.getAddress() instanceof Inet4Address ? new byte[]{127, 0, 0, 1} : new byte[16];
        if (loopback.length > 4) {
            loopback[15] = 1;
        }
        return new InetSocketAddress(InetAddress.getByAddress(loopback), remote.getPort());
    }

    private void connect(InetSocketAddress remote, @Nullable InetSocketAddress local, ChannelPromise toTell)
            throws IOException {
        OverlappedSocket socket = channel.socket();
        if (local != null) {
            channel.bindTo(local);
        } else if (socket.localAddress() == null) {
            // Lets the port be chosen when it connects, so that it can serve other peers too. Windows 10 and later.
            socket.trySetInt(SOL_SOCKET, SO_REUSE_UNICASTPORT, 1);
            InetAddress any = InetAddress.getByAddress(new byte[socket.isInet6() ? 16 : 4]);
            socket.bind(new InetSocketAddress(any, 0));
        }
        if (remote.getAddress().isLoopbackAddress()) {
            LoopbackConnect.prepare(socket);
        }
        promise = toTell;
        target = remote;
        Connect operation = new Connect();
        connect = operation;
        operation.start(remote);
        int millis = channel.config().getConnectTimeoutMillis();
        if (millis > 0) {
            timeout = channel.eventLoop().schedule(() -> timedOut(millis), millis, TimeUnit.MILLISECONDS);
        }
        toTell.addListener(future -> {
            if (future.isCancelled()) {
                stopTimeout();
                promise = null;
                channel.unsafe().close(channel.voidPromise());
            }
        });
    }

    private void timedOut(int millis) {
        ChannelPromise waiting = promise;
        if (waiting != null && !waiting.isDone() && waiting.tryFailure(
                new ConnectTimeoutException("connection timed out after " + millis + " ms: " + target))) {
            promise = null;
            channel.unsafe().close(channel.voidPromise());
        }
    }

    private void stopTimeout() {
        if (timeout != null) {
            timeout.cancel(false);
            timeout = null;
        }
    }

    void cancel() {
        Connect current = connect;
        if (current != null && current.isUnderWay()) {
            current.cancel(channel.socket());
        }
    }

    /** The channel is closed. */
    void close() {
        stopTimeout();
        ChannelPromise waiting = promise;
        promise = null;
        if (waiting != null) {
            waiting.tryFailure(new ClosedChannelException());
        }
    }

    void dispose() {
        if (connect != null) {
            connect.dispose();
            connect = null;
        }
    }

    private void ended(int code) {
        stopTimeout();
        dispose();
        ChannelPromise waiting = promise;
        InetSocketAddress remote = target;
        promise = null;
        if (channel.isClosing() || remote == null) {
            if (waiting != null) {
                waiting.tryFailure(new ClosedChannelException());
            }
            return;
        }
        Throwable failure = null;
        if (code == 0) {
            try {
                // Without it shutdown and getpeername do not work on Windows, though they do on Wine.
                OverlappedSocket socket = channel.socket();
                socket.call("setsockopt(SO_UPDATE_CONNECT_CONTEXT)", (capture, arena) -> socket.calls().winsock()
                        .setsockopt(capture, socket.handle(), SOL_SOCKET, SO_UPDATE_CONNECT_CONTEXT, 0, 0));
            } catch (IOException failed) {
                failure = failed;
            }
        } else {
            failure = WindowsErrors.unaskedException("ConnectEx", code);
        }
        channel.connected(remote, waiting, failure);
    }

    private final class Connect extends SocketOperation {
        private static final long NAME = Overlapped.BYTES;
        private static final long SENT = NAME + SocketAddressCodec.ROOM;
        private static final long BYTES = SENT + Integer.BYTES;

        Connect() {
            super(channel.atLoop(), BYTES);
        }

        void start(InetSocketAddress remote) {
            OverlappedSocket socket = channel.socket();
            int nameBytes = socket.encode(memory().asSlice(NAME, SocketAddressCodec.ROOM), remote);
            memory().set(ValueLayout.JAVA_INT, SENT, 0);
            long base = memory().address();
            long overlapped = begin();
            int result = socket.calls().extensions().connectEx(
                    loop().port().capture(), socket.handle(), base + NAME, nameBytes, 0, 0, base + SENT,
                    overlapped);
            started(result, result == 0 && !socket.skipsPackets(), 0);
        }

        @Override
        protected void ended(int code, int bytes) {
            StreamConnector.this.ended(code);
        }
    }
}
