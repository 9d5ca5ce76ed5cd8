// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.iocp.tcp;

import dev.ringport.iocp.loop.Addresses;
import dev.ringport.iocp.loop.OverlappedSocket;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelMetadata;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.ChannelPromise;
import io.netty.channel.FileRegion;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.ChannelInputShutdownReadComplete;
import io.netty.channel.socket.ServerSocketChannel;
import io.netty.channel.socket.SocketChannel;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.channels.NotYetConnectedException;
import org.jspecify.annotations.Nullable;

import static dev.ringport.iocp.abi.WinsockConstants.SD_RECEIVE;
import static dev.ringport.iocp.abi.WinsockConstants.SD_SEND;

/**
 * A TCP connection: what Netty asks of it goes to the reader, the writer and the connector, and what they find goes to
 * the pipeline. {@code IocpSocketChannel} adds the configuration.
 */
public abstract class ConnectionChannel extends AbstractStreamChannel implements SocketChannel {
    private static final ChannelMetadata METADATA = new ChannelMetadata(false, 16);

    private final StreamReader reader = new StreamReader(this);
    private final StreamWriter writer = new StreamWriter(this);
    private final StreamConnector connector = new StreamConnector(this);
    private volatile @Nullable InetSocketAddress remote;
    /** The halves end in any order, each for good. */
    private volatile boolean inputShutdown;
    private volatile boolean outputShutdown;
    /** The close is a reset: something failed, was lost or given up, or the user wants it so. For good. */
    private boolean reset;
    /** A close has ended the stream behind all that was flushed. A reset may follow, or have been decided on before. */
    private boolean endedByShutdown;

    /** A new socket. */
    protected ConnectionChannel(OverlappedSocket socket) {
        super(null, socket);
    }

    /** A connection that a server has accepted. */
    protected ConnectionChannel(
            Channel parent, OverlappedSocket connected, @Nullable InetSocketAddress local, InetSocketAddress remote) {
        super(parent, connected);
        local(local);
        this.remote = remote;
    }

    /** The last options, which have to wait for an explicit bind. */
    protected abstract void beforeBind() throws IOException;

    /** Seconds that a close waits for its data, 0 for a reset, or -1 for the default. */
    protected abstract int lingerSeconds();

    /** How long a close waits where nothing else is configured, in milliseconds. */
    protected abstract int closeTimeoutMillis();

    @Override
    public final ChannelMetadata metadata() {
        return METADATA;
    }

    @Override
    public final @Nullable ServerSocketChannel parent() {
        return (ServerSocketChannel) super.parent();
    }

    @Override
    public final boolean isActive() {
        return isOpen() && remote != null && !isClosedWhileRegistering();
    }

    boolean isConnected() {
        return remote != null;
    }

    @Override
    protected @Nullable SocketAddress remoteAddress0() {
        return remote;
    }

    @Override
    protected void doBind(SocketAddress address) throws Exception {
        bindTo(Addresses.requireResolved(address));
    }

    /** Binds to what the user has named. */
    final void bindTo(InetSocketAddress address) throws IOException {
        checkUnbound();
        beforeBind();
        socket().bind(address);
    }

    // Reading.

    @Override
    protected void doBeginRead() {
        reader.beginRead();
    }

    /** May be called by any thread. */
    protected final void autoReadCleared() {
        if (isRegistered() && eventLoop().inEventLoop()) {
            reader.autoReadCleared();
        } else if (isRegistered()) {
            eventLoop().execute(() -> {
                // Unless it was switched on again meanwhile.
                if (!config().isAutoRead()) {
                    reader.autoReadCleared();
                }
            });
        }
    }

    /** The peer has ended its stream. */
    void inputEnded() {
        if (config().isAllowHalfClosure()) {
            if (!inputShutdown) {
                inputShutdown = true;
                pipeline().fireUserEventTriggered(ChannelInputShutdownEvent.INSTANCE);
                if (isClosing()) {
                    return;
                }
            }
            pipeline().fireUserEventTriggered(ChannelInputShutdownReadComplete.INSTANCE);
        } else {
            unsafe().close(voidPromise());
        }
    }

    /** Nothing comes any more after the user has ended the input. */
    void inputStopped() {
        pipeline().fireUserEventTriggered(ChannelInputShutdownReadComplete.INSTANCE);
    }

    /** The connection is broken. */
    void inputFailed(IOException cause) {
        reset = true;
        pipeline().fireExceptionCaught(cause);
        unsafe().close(voidPromise());
    }

    @Override
    public final boolean isInputShutdown() {
        return inputShutdown || !isActive();
    }

    @Override
    public final ChannelFuture shutdownInput() {
        return shutdownInput(newPromise());
    }

    @Override
    public final ChannelFuture shutdownInput(ChannelPromise promise) {
        if (eventLoop().inEventLoop()) {
            shutdownInput0(promise);
        } else {
            eventLoop().execute(() -> shutdownInput0(promise));
        }
        return promise;
    }

    private void shutdownInput0(ChannelPromise promise) {
        try {
            if (!inputShutdown) {
                checkConnected();
                socket().shutdown(SD_RECEIVE);
                inputShutdown = true;
                reader.stop();
            }
            promise.setSuccess();
        } catch (IOException | NotYetConnectedException failed) {
            promise.setFailure(failed);
        }
    }

    /** A closed channel is told to be closed by its socket. */
    private void checkConnected() {
        if (!isConnected() && isOpen()) {
            throw new NotYetConnectedException();
        }
    }

    // Writing.

    @Override
    protected Object filterOutboundMessage(Object message) {
        if (message instanceof ByteBuf buffer) {
            return StreamMessages.sendable(alloc(), buffer);
        }
        if (message instanceof FileRegion) {
            return message;
        }
        throw new UnsupportedOperationException(
                "unsupported message type: " + message.getClass().getName() + " (expected: ByteBuf, FileRegion)");
    }

    @Override
    protected void doWrite(ChannelOutboundBuffer in) throws Exception {
        writer.write();
    }

    /** A send has failed: Netty closes the channel, or ends its output, as the configuration says. */
    void outputFailed() {
        reset = true;
        if (!isEnding()) {
            ((ConnectionUnsafe) actualUnsafe()).failFlushed();
        }
    }

    /** What is being sent has moved on: a close or the end of the output may be due. */
    void sendEnded() {
        writer.shutdownIfDone();
        if (isClosing() && writer.isFinished()) {
            endStream();
        }
        progressed();
    }

    @Override
    public final boolean isOutputShutdown() {
        return outputShutdown || !isActive();
    }

    @Override
    public final ChannelFuture shutdownOutput() {
        return shutdownOutput(newPromise());
    }

    @Override
    public final ChannelFuture shutdownOutput(ChannelPromise promise) {
        if (eventLoop().inEventLoop()) {
            writer.shutdown(promise);
        } else {
            eventLoop().execute(() -> writer.shutdown(promise));
        }
        return promise;
    }

    @Override
    protected void doShutdownOutput() throws Exception {
        checkConnected();
        outputShutdown = true;
        if (reset || writer.isCutShort()) {
            // The peer would take what it got for all there is. It sees a reset when the channel closes.
            reset = true;
            throw new IOException("the output ends without its end: what was flushed has not all left");
        }
        socket().shutdown(SD_SEND);
    }

    @Override
    public final boolean isShutdown() {
        return (inputShutdown && outputShutdown) || !isActive();
    }

    @Override
    public final ChannelFuture shutdown() {
        return shutdown(newPromise());
    }

    @Override
    public final ChannelFuture shutdown(ChannelPromise promise) {
        ChannelFuture output = shutdownOutput();
        output.addListener(_ -> {
            ChannelFuture input = shutdownInput();
            input.addListener(_ -> {
                Throwable cause = output.cause() != null ? output.cause() : input.cause();
                if (cause == null) {
                    promise.setSuccess();
                } else {
                    promise.setFailure(cause);
                }
            });
        });
        return promise;
    }

    // Connecting.

    /** Ends the output, which has nothing left to send. */
    void endOutput(ChannelPromise promise) {
        actualUnsafe().shutdownOutput(promise);
    }

    /** The failure with the address that it is about. */
    Throwable annotated(Throwable failure, SocketAddress to) {
        return ((ConnectionUnsafe) actualUnsafe()).annotated(failure, to);
    }

    /** The connection stands, or could not be made. */
    void connected(InetSocketAddress to, @Nullable ChannelPromise promise, @Nullable Throwable failure) {
        ConnectionUnsafe unsafe = (ConnectionUnsafe) actualUnsafe();
        if (failure != null) {
            if (promise != null) {
                promise.tryFailure(annotated(failure, to));
            }
            unsafe.close(voidPromise());
            return;
        }
        local(socket().localAddress());
        remote = to;
        boolean told = promise != null && promise.trySuccess();
        pipeline().fireChannelActive();
        if (!told) {
            unsafe.close(voidPromise());
        } else {
            reader.resume();
        }
    }

    // The end.

    @Override
    void startWaiting() {
        if (canStart() && isRegistered()) {
            atLoop().loop().idleReads().remove(reader);
            atLoop().loop().idleReads().add(reader, eventLoop());
            reader.resume();
            writer.resume();
        }
    }

    @Override
    void beginClose() {
        connector.cancel();
        if (reset || lingerSeconds() == 0) {
            writer.giveUp();
            reset = true;
            reader.cancel();
            writer.cancel();
            return;
        }
        writer.finish();
        if (writer.isFinished()) {
            endStream();
        }
    }

    @Override
    void aboutToClose(@Nullable ChannelOutboundBuffer in) {
        if (isConnected() && !outputShutdown && !writer.isFinishing() && in != null && in.size() > 0) {
            // Closed while it had no loop that could have sent the rest.
            reset = true;
        }
    }

    /** All that was flushed has left: the peer sees the end of the stream. */
    private void endStream() {
        if (!endedByShutdown && canStart()) {
            endedByShutdown = true;
            if (isConnected() && !outputShutdown && !reset && !writer.isCutShort()) {
                try {
                    socket().shutdown(SD_SEND);
                } catch (IOException gone) {
                    // The peer has reset the connection.
                }
            }
            reader.cancel();
        }
    }

    @Override
    void beginLeaving() {
        connector.cancel();
        reader.cancel();
    }

    @Override
    boolean hasUnfinishedWork() {
        return isClosing() ? !reset && !writer.isFinished() : writer.holdsChannel();
    }

    @Override
    int closeBoundMillis() {
        int linger = lingerSeconds();
        return linger > 0 ? Math.multiplyExact(linger, 1_000) : closeTimeoutMillis();
    }

    @Override
    void giveUp() {
        reset = true;
        writer.cancel();
        reader.cancel();
    }

    @Override
    void releaseOperations() {
        atLoop().loop().idleReads().remove(reader);
        reader.dispose();
        writer.dispose();
        connector.dispose();
    }

    @Override
    void beforeClose() {
        try {
            if (isConnected() && (reset || writer.isCutShort())) {
                // A reset, so that the peer does not take what it got for all there is.
                socket().setLinger(true, 0);
            } else if (lingerSeconds() > 0) {
                // The sends have ended; closesocket would block the loop, or answer WSAEWOULDBLOCK.
                socket().setLinger(false, 0);
            }
        } catch (IOException gone) {
            // Nothing is left to be told.
        }
    }

    @Override
    protected void doClose() throws Exception {
        super.doClose();
        connector.close();
        reader.close();
        writer.close();
    }

    @Override
    protected StreamUnsafe newUnsafe() {
        return new ConnectionUnsafe();
    }

    private final class ConnectionUnsafe extends StreamUnsafe {
        @Override
        public void connect(SocketAddress remoteAddress, @Nullable SocketAddress localAddress, ChannelPromise promise) {
            if (!promise.isDone() && ensureOpen(promise)) {
                connector.request(remoteAddress, localAddress, promise);
            }
        }

        @Override
        public boolean retryWhileEnding() {
            return writer.retryWhileEnding();
        }

        Throwable annotated(Throwable failure, SocketAddress to) {
            return annotateConnectException(failure, to);
        }

        /** Meets the failure in {@link #doWrite}. */
        void failFlushed() {
            flush0();
        }
    }
}
