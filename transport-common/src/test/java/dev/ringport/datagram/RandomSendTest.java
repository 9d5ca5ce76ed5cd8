// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.datagram;

import dev.ringport.datagram.FakePort.FakeSlot;
import dev.ringport.datagram.FakePort.Sent;
import dev.ringport.datagram.send.DatagramSender.Outcome;
import dev.ringport.datagram.send.SendOperation;
import dev.ringport.datagram.send.TrainBuilder;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelPromise;
import io.netty.channel.socket.DatagramPacket;
import io.netty.channel.unix.SegmentedDatagramPacket;
import io.netty.util.NetUtil;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * Random writes, flushes, cancellations, results, moves to another loop and closes against a system with a send buffer
 * of a limited size, which refuses any operation at any time, trains of a size that it took before too. Whatever happens,
 * each message leaves once, in order towards its peer, or its promise fails because its own datagram was refused by
 * itself, and nothing is lost or kept.
 */
class RandomSendTest {
    private static final int STEPS = 4_000;
    private static final int DATAGRAM_OVERHEAD = 700;
    private static final InetSocketAddress[] PEERS = {
        new InetSocketAddress(NetUtil.LOCALHOST4, 1), new InetSocketAddress(NetUtil.LOCALHOST4, 2),
        new InetSocketAddress(NetUtil.LOCALHOST4, 3)};
    private static final int[] SIZES = {12, 12, 12, 12, 40, 41, 300, 2_000, 9_000};

    private static final class Message {
        final InetSocketAddress to;
        final List<String> datagrams = new ArrayList<>();
        ByteBuf content = Unpooled.EMPTY_BUFFER;
        boolean flushed;
        int completions;
        ChannelPromise promise;

        Message(InetSocketAddress to) {
            this.to = to;
        }
    }

    private final FakeLoop loop = new FakeLoop();
    private final FakeDatagramChannel channel = loop.open();
    private final List<Message> messages = new ArrayList<>();
    private final Map<FakeSlot, Outcome> results = new LinkedHashMap<>();
    private final List<FakePort> ports = new ArrayList<>();
    private final List<Sent> wire = new ArrayList<>();
    private final Set<String> refusedAlone = new HashSet<>();
    private Random random = new Random();
    private int names;
    private long used;
    private long capacity;

    @AfterEach
    void end() {
        loop.end();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16})
    void eachMessageLeavesOnceOrFailsAndNothingIsKept(long seed) {
        random = new Random(seed);
        capacity = 20_000L + random.nextInt(200_000);
        usePort();
        channel.connect(PEERS[0]).syncUninterruptibly();
        channel.config().setMaxMessagesPerWrite(seed % 3 == 0 ? 5 : Integer.MAX_VALUE);
        channel.afterPump = this::systemCall;
        for (int i = 0; i < STEPS; i++) {
            step();
        }
        boolean close = seed % 2 == 0;
        ChannelFuture closed = close ? channel.close() : channel.newSucceededFuture();
        channel.flush();
        messages.forEach(message -> message.flushed = true);
        finishAll();
        loop.run();
        assertTrue(closed.isSuccess(), "the close does not end");
        check(close);
    }

    private void usePort() {
        FakePort port = new FakePort(channel, 1 + random.nextInt(20));
        ports.add(port);
        channel.port = port;
        port.room = capacity - used;
        if (ports.size() == 1) {
            channel.datagramSender().attach(port, new TrainBuilder(FakeDatagramChannel.CODEC), false);
        }
    }

    private void step() {
        switch (random.nextInt(20)) {
            case 0, 1, 2, 3, 4, 5, 6, 7 -> write();
            case 8, 9, 10 -> {
                messages.forEach(message -> message.flushed = true);
                channel.flush();
            }
            case 11, 12, 13, 14 -> deliverOne();
            case 15, 16 -> drain(random.nextInt(40_000));
            case 17 -> wakeWriter();
            case 18 -> cancelOne();
            default -> {
                if (random.nextInt(50) == 0) {
                    move();
                }
            }
        }
    }

    private void write() {
        Message message = new Message(PEERS[random.nextInt(PEERS.length)]);
        int kind = random.nextInt(12);
        int size = SIZES[random.nextInt(SIZES.length)];
        Object written;
        if (kind == 0) {
            int segments = 1 + random.nextInt(80);
            message.content = Unpooled.directBuffer();
            for (int i = 0; i < segments; i++) {
                append(message, 40);
            }
            written = new SegmentedDatagramPacket(message.content, 40, message.to);
        } else if (kind == 1) {
            message.content = Unpooled.compositeBuffer()
                    .addComponent(true, named(message, size))
                    .addComponent(true, Unpooled.directBuffer(1).writeByte('+'));
            message.datagrams.set(0, message.datagrams.get(0) + "+");
            written = new DatagramPacket(message.content, message.to);
        } else if (kind == 2 && message.to.equals(PEERS[0])) {
            message.content = named(message, size);
            written = message.content;
        } else {
            message.content = named(message, size);
            written = new DatagramPacket(message.content, message.to);
        }
        message.promise = channel.newPromise();
        message.promise.addListener(done -> {
            message.completions++;
            if (random.nextInt(10) == 0) {
                write();
            }
            if (random.nextInt(10) == 0) {
                messages.forEach(any -> any.flushed = true);
                channel.flush();
            }
        });
        messages.add(message);
        channel.queue(written, message.promise);
    }

    private ByteBuf named(Message message, int size) {
        message.content = Unpooled.directBuffer(size);
        append(message, size);
        return message.content;
    }

    private void append(Message message, int size) {
        String text = Packets.text("m" + names++ + "_", size);
        message.datagrams.add(text);
        message.content.writeBytes(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    private void cancelOne() {
        Message last = messages.isEmpty() ? null : messages.get(messages.size() - 1);
        if (last != null && !last.flushed) {
            last.promise.cancel(false);
        }
    }

    /** What a system answers besides success and a full buffer. A path that refuses trains may do so at any time. */
    private Outcome error() {
        return switch (random.nextInt(3)) {
            case 0 -> Outcome.ANSWERED;
            case 1 -> Outcome.TOO_LONG;
            default -> Outcome.FAILED;
        };
    }

    /** The system takes what was submitted, in order, and knows the result, which arrives some time later. */
    private void systemCall() {
        FakePort port = channel.port;
        for (int i = 0; i < port.inFlight.size(); i++) {
            FakeSlot slot = port.inFlight.get(i);
            if (results.containsKey(slot)) {
                continue;
            }
            SendOperation operation = slot.operation();
            long charge = operation.bytes() + (long) operation.datagrams() * DATAGRAM_OVERHEAD;
            Outcome outcome = Outcome.SENT;
            boolean train = operation.segmentSize() > 0;
            if (random.nextInt(train ? 4 : 30) == 0) {
                outcome = error();
                if (!train) {
                    refusedAlone.addAll(FakePort.payloads(operation));
                }
            } else if (used > 0 && used + charge > capacity) {
                outcome = Outcome.WOULD_BLOCK;
            } else {
                used += charge;
            }
            int before = port.wire.size();
            results.put(port.take(i, outcome), outcome);
            wire.addAll(port.wire.subList(before, port.wire.size()));
        }
        port.room = capacity - used;
    }

    private void deliverOne() {
        List<FakeSlot> known = new ArrayList<>(results.keySet());
        if (!known.isEmpty()) {
            FakeSlot slot = known.get(random.nextInt(known.size()));
            Outcome outcome = results.remove(slot);
            boolean failed = outcome != Outcome.SENT && outcome != Outcome.WOULD_BLOCK;
            channel.finish(slot, outcome, failed ? new IOException("scripted") : null);
        }
    }

    private void drain(long bytes) {
        used = Math.max(0, used - bytes);
        channel.port.room = capacity - used;
    }

    private void wakeWriter() {
        if (channel.waiting && used < capacity / 2) {
            channel.becomeWritable();
        }
    }

    private void finishAll() {
        for (int i = 0; !results.isEmpty() || channel.waiting; i++) {
            assertTrue(i < 1_000_000, "it does not end");
            drain(capacity);
            wakeWriter();
            deliverOne();
        }
        assertTrue(channel.port.inFlight.isEmpty());
    }

    private void move() {
        ChannelFuture left = channel.deregister();
        while (!results.isEmpty()) {
            deliverOne();
        }
        loop.run();
        assertTrue(left.isSuccess(), "the deregistration does not end");
        assertEquals(channel.port.slots(), channel.port.freeSlots());
        usePort();
        loop.join(channel);
    }

    private void check(boolean closed) {
        Map<String, Integer> times = new HashMap<>();
        wire.forEach(sent -> times.merge(sent.payload(), 1, Integer::sum));
        times.forEach((payload, count) -> assertEquals(1, count, () -> "sent more than once: " + payload));
        for (Message message : messages) {
            String name = message.datagrams.get(0);
            if (!message.promise.isDone()) {
                // Written by a listener behind the last flush.
                assertFalse(closed || message.flushed, () -> "stuck: " + name);
                continue;
            }
            assertEquals(1, message.completions);
            assertEquals(0, message.content.refCnt(), () -> "kept: " + name);
            long sent = message.datagrams.stream().filter(times::containsKey).count();
            if (message.promise.isSuccess()) {
                assertEquals(message.datagrams.size(), sent, () -> "not sent: " + name);
            } else if (message.promise.isCancelled()) {
                assertEquals(0, sent, () -> "cancelled and sent: " + name);
            } else if (!closed) {
                assertTrue(
                        message.datagrams.stream().anyMatch(refusedAlone::contains),
                        () -> "failed though none of its datagrams was refused by itself: " + name);
                if (message.datagrams.size() == 1) {
                    assertEquals(0, sent, () -> "failed and sent: " + name);
                }
            }
        }
        for (InetSocketAddress peer : PEERS) {
            int last = -1;
            for (Sent sent : wire) {
                InetSocketAddress to = sent.recipient() == null ? PEERS[0] : sent.recipient();
                if (to.equals(peer)) {
                    int name = Integer.parseInt(sent.payload().substring(1, sent.payload().indexOf('_')));
                    assertTrue(name > last, () -> "out of order: " + sent.payload().substring(0, 10));
                    last = name;
                }
            }
        }
        for (FakePort port : ports) {
            assertEquals(port.slots(), port.freeSlots(), "a slot was lost");
        }
        assertTrue(wire.size() > 500, "too little was sent to mean anything: " + wire.size());
    }
}
