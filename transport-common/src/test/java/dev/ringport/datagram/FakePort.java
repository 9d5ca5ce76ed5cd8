// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.datagram;

import dev.ringport.datagram.send.DatagramSender.Outcome;
import dev.ringport.datagram.send.SendEngine;
import dev.ringport.datagram.send.SendOperation;
import dev.ringport.datagram.send.SendSlot;
import dev.ringport.ffm.NativeMemory;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A system whose results the test decides. It reads payloads where a real one would: in native memory, by address. */
final class FakePort implements SendEngine {
    /** A datagram that left. The recipient is null if the call named none. */
    record Sent(@Nullable InetSocketAddress recipient, String payload) {}

    static final class FakeSlot extends SendSlot {}

    /** What left, in the order in which the system took it. */
    final List<Sent> wire = new ArrayList<>();
    /** What was submitted and has no result yet, in order. */
    final List<FakeSlot> inFlight = new ArrayList<>();
    /** Datagrams of each send that was submitted. */
    final List<Integer> sendSizes = new ArrayList<>();
    private final ArrayDeque<FakeSlot> free = new ArrayDeque<>();
    private final Set<FakeSlot> claimed = Collections.newSetFromMap(new IdentityHashMap<>());
    private final int slots;
    private final FakeDatagramChannel channel;
    long room = Long.MAX_VALUE;
    boolean segments = true;
    int mostSegments = SendOperation.MAX_SEGMENTS;
    boolean sendsPastConnection = true;
    boolean starved;
    int waitsAsked;

    FakePort(FakeDatagramChannel channel, int slots) {
        this.channel = channel;
        this.slots = slots;
        for (int i = 0; i < slots; i++) {
            free.add(new FakeSlot());
        }
    }

    int freeSlots() {
        return free.size();
    }

    int slots() {
        return slots;
    }

    @Override
    public @Nullable SendSlot claim() {
        FakeSlot slot = free.poll();
        if (slot == null) {
            starved = true;
            return null;
        }
        claimed.add(slot);
        return slot;
    }

    @Override
    public void release(SendSlot slot) {
        if (!(slot instanceof FakeSlot fake) || !claimed.remove(fake) || inFlight.contains(fake)) {
            throw new AssertionError("released a slot that is not out, or is in flight");
        }
        free.push(fake);
        if (starved) {
            starved = false;
            channel.pumpLater();
        }
    }

    @Override
    public void submit(SendSlot slot, SendOperation operation) {
        FakeSlot fake = (FakeSlot) slot;
        if (!claimed.contains(fake) || inFlight.contains(fake)) {
            throw new AssertionError("submitted a slot that is not out, or twice");
        }
        inFlight.add(fake);
        sendSizes.add(payloads(operation).size());
    }

    @Override
    public long sendBufferRoom() {
        return room;
    }

    @Override
    public void awaitWritable() {
        waitsAsked++;
        channel.waiting = true;
    }

    @Override
    public boolean canSegment() {
        return segments;
    }

    @Override
    public int maxSegments() {
        return mostSegments;
    }

    @Override
    public boolean sendsPastConnection() {
        return sendsPastConnection;
    }

    /** The system takes or refuses an operation; nobody hears of it yet. */
    FakeSlot take(int index, Outcome outcome) {
        FakeSlot slot = inFlight.get(index);
        if (outcome == Outcome.SENT) {
            for (String payload : payloads(slot.operation())) {
                wire.add(new Sent(slot.operation().recipient() == null ? null : slot.operation().recipient().address(),
                        payload));
            }
        }
        return slot;
    }

    /** The result of an operation arrives. */
    void result(FakeSlot slot, Outcome outcome, @Nullable Throwable cause) {
        inFlight.remove(slot);
        slot.operation().sender().completed(slot, outcome, cause);
    }

    static List<String> payloads(SendOperation slot) {
        byte[] all = new byte[slot.bytes()];
        int end = 0;
        for (int i = 0; i < slot.pieces(); i++) {
            MemorySegment piece = NativeMemory.at(slot.address(i), slot.length(i));
            MemorySegment.copy(piece, ValueLayout.JAVA_BYTE, 0, all, end, slot.length(i));
            end += slot.length(i);
        }
        int size = slot.segmentSize() == 0 ? Math.max(1, all.length) : slot.segmentSize();
        List<String> datagrams = new ArrayList<>();
        for (int offset = 0; offset == 0 || offset < all.length; offset += size) {
            datagrams.add(new String(
                    all, offset, Math.min(size, all.length - offset), StandardCharsets.ISO_8859_1));
        }
        return datagrams;
    }
}
