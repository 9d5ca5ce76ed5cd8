// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.uring;

import dev.ringport.datagram.CompletionDatagramChannel;
import dev.ringport.datagram.DatagramSender;
import dev.ringport.uring.ring.Operation;
import io.netty.channel.ChannelException;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.ChannelPromise;
import io.netty.channel.EventLoop;
import io.netty.channel.IoEvent;
import io.netty.channel.IoEventLoop;
import io.netty.channel.IoRegistration;
import io.netty.channel.socket.DatagramPacket;
import io.netty.channel.socket.InternetProtocolFamily;
import io.netty.channel.socket.SocketProtocolFamily;
import java.io.IOException;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * A UDP channel over io_uring. Needs a loop with a {@link UringIoHandler}.
 *
 * <p>Received packets have a direct content of their own, readable from index 0, that may be written and grows.
 * Their recipient is {@link #localAddress()}. Sends of one flush leave with one system call; datagrams with one
 * recipient and one size leave as one segmented send where the system can.
 */
@SuppressWarnings("deprecation") // of Netty: the receive handle and the old family type
public final class UringDatagramChannel extends CompletionDatagramChannel {
    private static final int MIN_FLUSH_ROUNDS = 2048;

    private final UringSocket socket;
    private final UringSocketOptions options;
    private final UringDatagramChannelConfig config;
    private @Nullable IoRegistration registrationAtLoop;
    private @Nullable UringRegistration registration;
    private @Nullable UringIoHandler handler;
    private @Nullable DatagramSender sender;
    private @Nullable UringSendPort port;
    private @Nullable UringReceiver receiver;
    private boolean writeEnqueued;
    private boolean settleEnqueued;
    private boolean starved;

    /** An IPv6 socket that also serves IPv4, or an IPv4 socket where the machine or the JVM prefers that. */
    public UringDatagramChannel() {
        this(UringSocket.forFamily(null));
    }

    /**
     * A socket of the given family; null for the default.
     *
     * @throws ChannelException if the system has no such sockets
     */
    public UringDatagramChannel(@Nullable SocketProtocolFamily family) {
        this(UringSocket.forFamily(family));
    }

    /** As {@link #UringDatagramChannel(SocketProtocolFamily)}, for code that still uses Netty 4.1's type. */
    @Deprecated
    public UringDatagramChannel(@Nullable InternetProtocolFamily family) {
        this(UringSocket.forFamily(family == null ? null : family.toSocketProtocolFamily()));
    }

    /**
     * Takes over a UDP socket that was opened elsewhere, bound and connected or not. The channel closes it.
     *
     * @param fd its descriptor
     * @throws IllegalArgumentException if it is not a UDP socket
     */
    public UringDatagramChannel(int fd) {
        this(UringSocket.forDescriptor(fd));
        config.adoptSocketOptions();
        adopted(socket.localAddress(), socket.remoteAddress());
    }

    private UringDatagramChannel(UringSocket socket) {
        this.socket = socket;
        options = new UringSocketOptions(socket);
        config = new UringDatagramChannelConfig(this, socket, options);
    }

    @Override
    public UringDatagramChannelConfig config() {
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
    public @Nullable UringCounters counters() {
        UringIoHandler at = handler;
        return at == null ? null : at.counters();
    }

    @Override
    public boolean isOpen() {
        return socket.isOpen();
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
    protected boolean isInet6() {
        return socket.isInet6();
    }

    @Override
    protected void bindSocket(InetSocketAddress address) throws IOException {
        socket.bind(address);
    }

    @Override
    protected void connectSocket(InetSocketAddress address) throws IOException {
        socket.connect(address);
    }

    @Override
    protected void disconnectSocket() throws IOException {
        socket.disconnect();
    }

    @Override
    protected @Nullable InetSocketAddress socketAddress() {
        return socket.localAddress();
    }

    @Override
    protected void doRegister(ChannelPromise promise) {
        ((IoEventLoop) eventLoop()).register((UringUnsafe) unsafe()).addListener(future -> {
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

    private void joined(UringRegistration at) {
        registration = at;
        handler = at.handler();
        receiver = new UringReceiver(this, at, isInet6());
        UringSendPort through = new UringSendPort(this, at, socket);
        port = through;
        if (sender == null) {
            sender = new DatagramSender(through, handler.planner(), isInet6());
            sender.connectedTo(remoteAddress());
        } else {
            sender.attach(through, handler.planner());
        }
        joinedLoop();
    }

    @Override
    protected void doDeregister() {
        IoRegistration wrapper = registrationAtLoop;
        UringIoHandler at = handler;
        if (wrapper == null || at == null) {
            return;
        }
        if (sender != null && isOpen()) {
            sender.detach();
        }
        at.writers().forget(this);
        forget(at, receiver);
        forget(at, port == null ? null : port.waitForRoom());
        registrationAtLoop = null;
        registration = null;
        receiver = null;
        port = null;
        handler = null;
        wrapper.cancel();
    }

    private static void forget(UringIoHandler at, @Nullable Operation operation) {
        // One that is in flight after all keeps its place, and with it its memory, until it completes.
        if (operation != null && !operation.isInFlight()) {
            at.operations().remove(operation);
        }
    }

    @Override
    protected void doClose() throws Exception {
        UringIoHandler at = handler;
        if (at != null && at.isUsable() && at.ring().submissions().pending() > 0) {
            // Entries that name this descriptor must not meet another socket with its number.
            at.ring().submit(false);
        }
        super.doClose();
        socket.close();
    }

    @Override
    protected boolean loopTakesOperations() {
        return handler != null && handler.isUsable();
    }

    // Receiving.

    @Override
    protected void armReceive(boolean continuous) {
        UringIoHandler at = handler;
        UringReceiver with = receiver;
        if (at == null || with == null || !at.isUsable()) {
            return;
        }
        try {
            with.arm(socket.fd(), continuous);
        } catch (IOException | RuntimeException | Error noSlots) {
            eventLoop().execute(() -> reader().ended(noSlots));
        }
    }

    @Override
    protected void cancelReceive() {
        if (handler != null && receiver != null) {
            handler.cancel(receiver);
        }
    }

    @Override
    protected void joinReadBatch() {
        if (handler != null && handler.isInTurn()) {
            handler.joinReadBatch(this);
        }
    }

    void endReadBatch() {
        reader().endBatch();
        // An adaptive allocator may expect more by now.
        fitReceive();
    }

    void deliver(DatagramPacket packet) {
        reader().received(packet);
    }

    void deliveryFailed(Throwable cause) {
        reader().deliveryFailed(cause);
    }

    void receiveEnded(@Nullable IOException failure) {
        reader().ended(failure);
    }

    @Override
    protected int receiveLimit() {
        return reader().receiveLimit(config.getMaxDatagramPayloadSize());
    }

    /** How much room a receive of this channel needs. */
    int receiveBytes() {
        return config.isUdpGro() ? Integer.MAX_VALUE : receiveLimit();
    }

    /** An option changed how much room a receive needs. From any thread. */
    void receiveSizeChanged() {
        if (isRegistered()) {
            if (eventLoop().inEventLoop()) {
                fitReceive();
            } else {
                eventLoop().execute(this::fitReceive);
            }
        }
    }

    private void fitReceive() {
        if (receiver != null && !receiver.hasRoomFor(receiveBytes())) {
            reader().rearm();
        }
    }

    // Sending.

    @Override
    protected @Nullable DatagramSender sender() {
        return sender;
    }

    @Override
    protected void requestPump() {
        UringIoHandler at = handler;
        if (at == null || !at.isUsable()) {
            return;
        }
        if (at.isInTurn()) {
            at.writers().enqueue(this);
        } else {
            at.writers().flushNow(this);
        }
    }

    @Override
    protected void sendFlushed() {
        UringIoHandler at = handler;
        ChannelOutboundBuffer in = unsafe().outboundBuffer();
        if (at != null && in != null && at.isUsable()) {
            // A round each, if all must go alone; bounded, because listeners may write for ever.
            at.writers().flushNow(this, in.size() + MIN_FLUSH_ROUNDS);
        }
    }

    /** The loop no longer serves this channel. */
    void leaveQueues() {
        writeEnqueued = false;
        settleEnqueued = false;
        starved = false;
    }

    boolean pumpWrites() {
        writeEnqueued = false;
        if (sender != null) {
            sender.segmentAutomatically(config.isAutoSegmentation());
        }
        return pump();
    }

    boolean settleWrites() {
        settleEnqueued = false;
        return settle();
    }

    boolean enqueueWrites() {
        boolean added = !writeEnqueued;
        writeEnqueued = true;
        return added;
    }

    boolean isWriteEnqueued() {
        return writeEnqueued;
    }

    /** Marks that the channel found no free slot; true if it was not marked. */
    boolean enqueueStarved() {
        boolean added = !starved;
        starved = true;
        return added;
    }

    /** The channel was taken out of the queue of those that found no free slot. */
    void leaveStarved() {
        starved = false;
    }

    boolean enqueueSettle() {
        boolean added = !settleEnqueued;
        settleEnqueued = true;
        return added;
    }

    @Override
    protected void cancelWaits() {
        if (handler != null && port != null) {
            handler.cancel(port.waitForRoom());
        }
    }

    /** Arms the wait for room that found too many others waiting; false if it is no longer wanted. */
    boolean armWait() {
        if (port == null || isEnding()) {
            return false;
        }
        port.awaitWritable();
        return true;
    }

    /** A wait or a send of this channel has ended. */
    void operationOver() {
        operationEnded();
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
