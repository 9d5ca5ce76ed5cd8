// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.datagram;

import dev.ringport.datagram.FakePort.FakeSlot;
import dev.ringport.datagram.receive.Arrival;
import dev.ringport.datagram.receive.DatagramReader;
import dev.ringport.datagram.receive.Ending;
import dev.ringport.datagram.receive.ReceiveEngine;
import dev.ringport.datagram.send.DatagramSender;
import dev.ringport.datagram.send.DatagramSender.Outcome;
import dev.ringport.datagram.send.TrainBuilder;
import dev.ringport.net.AddressFamilies;
import dev.ringport.net.SocketAddressCodec;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelPromise;
import io.netty.channel.EventLoop;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A datagram channel over a {@link FakePort}: channel, outbound buffer and pipeline are real, the system is not. */
final class FakeDatagramChannel extends CompletionDatagramChannel {
    static final SocketAddressCodec CODEC = new SocketAddressCodec(new AddressFamilies(2, 10));

    final FakeSocketOptions options = new FakeSocketOptions();
    /** One letter for each call: Receive armed once, or in Multitude, or Cancelled. */
    final StringBuilder receives = new StringBuilder();
    FakePort port = new FakePort(this, 16);
    boolean waiting;
    boolean waitsForRoomAtClose;
    /** Where a real transport enters the system. */
    Runnable afterPump = () -> {};
    private final FakeDatagramConfig config = new FakeDatagramConfig(this, options);
    private @Nullable InetSocketAddress own;
    @Nullable
    IOException connectFails;
    @Nullable
    IOException armFails;
    boolean armed;
    boolean joinedBatch;
    int received;
    int truncated;
    int dropped;
    private boolean cancelled;
    private boolean open = true;
    private boolean pumpLater;
    private boolean inTurn;

    // What a test does.

    void queue(Object message) {
        ChannelFuture _ = write(message);
    }

    void queue(Object message, ChannelPromise promise) {
        ChannelFuture _ = write(message, promise);
    }

    void send(Object message) {
        ChannelFuture _ = writeAndFlush(message);
    }

    void end() {
        shut();
        while (!port.inFlight.isEmpty()) {
            finishNext(Outcome.SENT);
        }
        if (armed) {
            receiveEnds(null);
        }
    }

    void shut() {
        ChannelFuture _ = close();
    }

    void pumpLater() {
        pumpLater = true;
    }

    /** Requests to pump wait for {@link #serve()}, as in a turn of a loop. */
    void holdPumps(boolean hold) {
        inTurn = hold;
    }

    void serve() {
        for (int i = 0; i < 10_000 && pumpLater; i++) {
            pumpLater = false;
            pumpLater |= sender().serve();
            if (sender().inFlight() == 0 && sender().settle()) {
                pumpLater = true;
            }
            afterPump.run();
        }
        if (pumpLater) {
            throw new AssertionError("a busy loop");
        }
    }

    /** A result arrives, promises complete, and what that made room for is submitted. */
    void finish(FakeSlot slot, Outcome outcome, @Nullable Throwable cause) {
        port.result(slot, outcome, cause);
        settleAndServe();
    }

    void finishNext(Outcome outcome) {
        FakeSlot slot = port.take(0, outcome);
        finish(slot, outcome, outcome == Outcome.FAILED ? new IOException("scripted") : null);
    }

    void settleAndServe() {
        if (sender().settle()) {
            pumpLater = true;
        }
        serve();
    }

    /** All that is in flight is sent, and what follows from it. */
    void sendAll() {
        for (int i = 0; !port.inFlight.isEmpty(); i++) {
            if (i > 100_000) {
                throw new AssertionError("it does not end");
            }
            finishNext(Outcome.SENT);
        }
    }

    void becomeWritable() {
        if (!waiting) {
            throw new AssertionError("nobody waits");
        }
        waiting = false;
        sender().writable();
        pumpLater = true;
        serve();
        operationEnded();
    }

    List<String> wire() {
        List<String> payloads = new ArrayList<>();
        port.wire.forEach(sent -> payloads.add(sent.payload()));
        return payloads;
    }

    /** A datagram arrives; a receive armed for one has ended with it. */
    void arrive(ByteBuf content, boolean more) {
        arriveTrain(content, 0);
        if (!more) {
            receiveEnds(null);
        }
    }

    /** A train arrives. */
    void arriveTrain(ByteBuf content, int segmentSize) {
        Arrival arrival = arrival(content);
        arrival.segmentSize(segmentSize);
        reader().arrived(arrival, new FakePayload(content));
    }

    /** Something arrives that may be a train. */
    void arriveUnmarked(ByteBuf content) {
        Arrival arrival = arrival(content);
        arrival.unmarked();
        reader().arrived(arrival, new FakePayload(content));
    }

    void arrive(FakePayload payload) {
        reader().arrived(arrival(payload.content), payload);
    }

    private static Arrival arrival(ByteBuf content) {
        Arrival arrival = new Arrival();
        arrival.reset(content.readableBytes());
        arrival.sender(Packets.A);
        return arrival;
    }

    void receiveEnds(@Nullable Throwable failure) {
        receiveEnds(failure == null ? Ending.DONE : Ending.FAULT, failure);
    }

    void receiveEnds(Ending ending, @Nullable Throwable failure) {
        if (!armed) {
            throw new AssertionError("no receive is armed");
        }
        armed = false;
        cancelled = false;
        reader().ended(ending, failure);
    }

    void endTurn() {
        if (joinedBatch) {
            joinedBatch = false;
            reader().endBatch();
        }
    }

    boolean isCancelled() {
        return cancelled;
    }

    /** The receives; one letter for each call. */
    private final class FakeReceives implements ReceiveEngine {
        @Override
        public boolean takesOperations() {
            return true;
        }

        @Override
        public void arm(boolean continuous) throws IOException {
            if (armed) {
                throw new AssertionError("two receives");
            }
            receives.append(continuous ? 'M' : 'R');
            if (armFails != null) {
                throw armFails;
            }
            armed = true;
        }

        @Override
        public void cancel() {
            if (cancelled) {
                throw new AssertionError("cancelled twice");
            }
            cancelled = true;
            receives.append('C');
        }

        @Override
        public void joinBatch() {
            joinedBatch = true;
        }

        @Override
        public void count(int datagrams, int cut) {
            received += datagrams;
            truncated += cut;
        }

        @Override
        public void countDropped() {
            dropped++;
        }
    }

    DatagramReader datagramReader() {
        return reader();
    }

    void giveUpWaiting() {
        closeWithoutWaiting();
    }

    DatagramSender datagramSender() {
        return sender();
    }

    // What the system does.

    @Override
    protected void bindSocket(InetSocketAddress address) {
        own = new InetSocketAddress(address.getAddress(), address.getPort() == 0 ? 40_000 : address.getPort());
    }

    @Override
    protected void connectSocket(InetSocketAddress address) throws IOException {
        if (connectFails != null) {
            throw connectFails;
        }
        if (own == null) {
            own = Packets.LOCAL;
        }
    }

    @Override
    protected void disconnectSocket() {
        own = null;
    }

    @Override
    protected @Nullable InetSocketAddress socketAddress() {
        return own;
    }

    @Override
    protected boolean isInet6() {
        return false;
    }

    @Override
    protected void requestSend() {
        pumpLater = true;
        if (!inTurn) {
            serve();
        }
    }

    @Override
    protected void sendFlushed() {
        pumpLater = true;
        serve();
    }

    @Override
    protected void cancelWaits() {
        waiting = false;
    }

    @Override
    protected boolean waitsForRoomAtClose() {
        return waitsForRoomAtClose;
    }

    @Override
    protected int operationsInFlight() {
        return port.inFlight.size() + (armed ? 1 : 0) + (waiting ? 1 : 0);
    }

    @Override
    public FakeDatagramConfig config() {
        return config;
    }

    @Override
    protected AbstractUnsafe newUnsafe() {
        return new CompletionUnsafe() {};
    }

    @Override
    protected boolean isCompatible(EventLoop loop) {
        return true;
    }

    @Override
    protected void doRegister(ChannelPromise promise) {
        sender().attach(port, new TrainBuilder(CODEC), false);
        reader().attach(new FakeReceives());
        joinedLoop(promise);
        promise.setSuccess();
    }

    @Override
    protected void doDeregister() {
        if (operationsInFlight() > 0 && isOpen()) {
            throw new AssertionError("left the loop with operations in flight");
        }
        reader().detach();
        if (isOpen()) {
            sender().detach();
        }
    }

    @Override
    protected void doClose() throws Exception {
        super.doClose();
        own = null;
        open = false;
    }

    @Override
    public boolean isOpen() {
        return open;
    }

    @Override
    public Memberships memberships() {
        throw new UnsupportedOperationException();
    }

    static final class FakeSocketOptions implements SocketOptions {
        final Map<Option, Integer> values = new EnumMap<>(Option.class);
        @Nullable
        NetworkInterface multicastInterface;
        @Nullable
        IOException failure;

        @Override
        public int get(Option option) throws IOException {
            check();
            return values.getOrDefault(option, 0);
        }

        @Override
        public void set(Option option, int value) throws IOException {
            check();
            values.put(option, value);
        }

        @Override
        public void setMulticastInterface(NetworkInterface networkInterface) throws IOException {
            check();
            multicastInterface = networkInterface;
        }

        private void check() throws IOException {
            if (failure != null) {
                throw failure;
            }
        }
    }
}
