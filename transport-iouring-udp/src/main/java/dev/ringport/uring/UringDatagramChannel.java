// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.uring;

import dev.ringport.datagram.CompletionDatagramChannel;
import dev.ringport.datagram.DatagramSender;
import dev.ringport.datagram.SendPort;
import dev.ringport.datagram.SendSlot;
import dev.ringport.uring.abi.Errno;
import dev.ringport.uring.abi.SocketConstants;
import dev.ringport.uring.ring.Operation;
import io.netty.channel.ChannelException;
import io.netty.channel.ChannelPromise;
import io.netty.channel.EventLoop;
import io.netty.channel.IoEvent;
import io.netty.channel.IoEventLoop;
import io.netty.channel.IoRegistration;
import io.netty.channel.RecvByteBufAllocator;
import io.netty.channel.socket.DatagramPacket;
import io.netty.channel.socket.InternetProtocolFamily;
import io.netty.channel.socket.SocketProtocolFamily;
import io.netty.util.NetUtil;
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
    private final UringSocket socket;
    private final UringSocketOptions options;
    private final UringDatagramChannelConfig config;
    private final Port port = new Port();
    private final WaitForRoom waitForRoom = new WaitForRoom();
    private @Nullable IoRegistration registrationAtLoop;
    private @Nullable UringRegistration registration;
    private @Nullable UringIoHandler handler;
    private @Nullable DatagramSender sender;
    private @Nullable UringReceiver receiver;
    private RecvByteBufAllocator.@Nullable Handle sizeHandle;
    private boolean writeEnqueued;
    private boolean settleEnqueued;

    /** An IPv6 socket that also serves IPv4, or an IPv4 socket where the machine or the JVM prefers that. */
    public UringDatagramChannel() {
        this(open(null));
    }

    /**
     * A socket of the given family; null for the default.
     *
     * @throws ChannelException if the system has no such sockets
     */
    public UringDatagramChannel(@Nullable SocketProtocolFamily family) {
        this(open(family));
    }

    /** As {@link #UringDatagramChannel(SocketProtocolFamily)}, for code that still uses Netty 4.1's type. */
    @Deprecated
    public UringDatagramChannel(@Nullable InternetProtocolFamily family) {
        this(open(family == null ? null : family.toSocketProtocolFamily()));
    }

    /**
     * Takes over a UDP socket that was opened elsewhere, bound and connected or not. The channel closes it.
     *
     * @param fd its descriptor
     * @throws IllegalArgumentException if it is not a UDP socket
     */
    public UringDatagramChannel(int fd) {
        this(adopt(fd));
        adopted(socket.localAddress(), socket.remoteAddress());
    }

    private UringDatagramChannel(UringSocket socket) {
        this.socket = socket;
        options = new UringSocketOptions(socket);
        config = new UringDatagramChannelConfig(this, socket, options);
    }

    private static UringSocket open(@Nullable SocketProtocolFamily family) {
        Uring.ensureAvailability();
        try {
            if (family != null) {
                return UringSocket.open(switch (family) {
                    case INET -> false;
                    case INET6 -> true;
                    default -> throw new IllegalArgumentException("a UDP channel is INET or INET6, not " + family);
                });
            }
            return NetUtil.isIpV4StackPreferred() ? UringSocket.open(false) : openDualStack();
        } catch (IOException e) {
            throw new ChannelException("cannot open a UDP socket", e);
        }
    }

    private static UringSocket openDualStack() throws IOException {
        try {
            return UringSocket.open(true);
        } catch (IOException noInet6) {
            return UringSocket.open(false);
        }
    }

    private static UringSocket adopt(int fd) {
        Uring.ensureAvailability();
        try {
            return UringSocket.adopt(fd);
        } catch (IOException e) {
            throw new ChannelException("cannot take over descriptor " + fd, e);
        }
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
        handler.operations().add(waitForRoom);
        if (sender == null) {
            sender = new DatagramSender(port, handler.planner(), isInet6());
            sender.connectedTo(remoteAddress());
        } else {
            sender.attach(port, handler.planner());
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
        forget(at, waitForRoom);
        registrationAtLoop = null;
        registration = null;
        receiver = null;
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
        } catch (IOException noSlots) {
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

    /** The longest datagram that the user expects, in bytes: what is longer is cut. */
    int receiveLimit() {
        int max = config.getMaxDatagramPayloadSize();
        if (max > 0) {
            return max;
        }
        RecvByteBufAllocator.Handle guessing = sizeHandle;
        if (guessing == null) {
            guessing = unsafe().recvBufAllocHandle();
            sizeHandle = guessing;
        }
        return guessing.guess();
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
        if (at != null && at.isUsable()) {
            at.writers().flushNow(this);
        }
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

    boolean enqueueSettle() {
        boolean added = !settleEnqueued;
        settleEnqueued = true;
        return added;
    }

    void sendCompleted(UringSendSlot slot, int res) {
        UringIoHandler at = handler;
        UringRegistration by = registration;
        if (sender == null || at == null) {
            throw new IllegalStateException("a send completed that nobody started");
        }
        boolean segmented = slot.segmentSize() > 0;
        if (res >= 0) {
            at.counters().sends++;
            at.counters().segmented += segmented ? (slot.bytes() + slot.segmentSize() - 1) / slot.segmentSize() : 0;
            sender.completed(slot, DatagramSender.Outcome.SENT, null);
        } else if (res == -Errno.EAGAIN) {
            at.counters().sendsDelayed++;
            sender.completed(slot, DatagramSender.Outcome.WOULD_BLOCK, null);
        } else if (segmented && (res == -Errno.EIO || res == -Errno.EINVAL)) {
            at.counters().segmentationRefused++;
            sender.completed(slot, DatagramSender.Outcome.SEGMENTATION_REFUSED, null);
        } else if (segmented && res == -Errno.EMSGSIZE) {
            at.counters().segmentationRefused++;
            sender.completed(slot, DatagramSender.Outcome.SEGMENT_TOO_LONG, null);
        } else {
            sender.completed(slot, DatagramSender.Outcome.FAILED, Errno.exception("sendmsg", -res));
        }
        if (by != null) {
            by.ended();
        }
        at.writers().toSettle(this);
    }

    @Override
    protected void cancelWaits() {
        if (handler != null) {
            handler.cancel(waitForRoom);
        }
    }

    void armWait() {
        if (!isEnding()) {
            port.awaitWritable();
        }
    }

    @Override
    protected int operationsInFlight() {
        return registration == null ? 0 : registration.inFlight();
    }

    /** The sends of this channel, as operations of its loop's ring. */
    private final class Port implements SendPort {
        private UringIoHandler at() {
            UringIoHandler at = handler;
            if (at == null) {
                throw new IllegalStateException("the channel is at no loop");
            }
            return at;
        }

        @Override
        public @Nullable SendSlot claim() {
            return at().writers().claim(UringDatagramChannel.this);
        }

        @Override
        public void release(SendSlot slot) {
            at().writers().release((UringSendSlot) slot);
        }

        @Override
        public void submit(SendSlot slot) {
            UringIoHandler at = at();
            at.makeRoom();
            if (registration != null) {
                registration.began();
            }
            UringSendSlot send = (UringSendSlot) slot;
            send.prepare(at.ring().submissions(), socket.fd(), at.operations().begin(send.operation()));
        }

        @Override
        public long sendBufferRoom() {
            return socket.sendBufferRoom(at().ring().capture(), at().scratch());
        }

        @Override
        public void awaitWritable() {
            if (at().isUsable() && at().writers().beginWait(UringDatagramChannel.this)) {
                waitForRoom.arm(at());
            }
        }

        @Override
        public boolean canSegment() {
            return Uring.canSegment();
        }
    }

    /** Waits until the socket's send buffer has room again. */
    private final class WaitForRoom extends Operation {
        void arm(UringIoHandler at) {
            at.makeRoom();
            if (registration != null) {
                registration.began();
            }
            at.ring().submissions()
                    .preparePoll(socket.fd(), SocketConstants.POLLOUT, false, at.operations().begin(this));
        }

        @Override
        public void completed(int res, int flags) {
            UringIoHandler at = handler;
            UringRegistration by = registration;
            if (at == null || by == null) {
                return;
            }
            by.ended();
            at.writers().endWait();
            if (sender != null) {
                sender.writable();
                at.writers().enqueue(UringDatagramChannel.this);
            }
            operationEnded();
        }
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

        void closeWithoutWaiting() {
            UringDatagramChannel.this.closeWithoutWaiting();
        }
    }
}
