// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.iocp.loop;

import io.netty.util.collection.LongObjectHashMap;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * The operations of one loop, found by the address of their {@code OVERLAPPED}. The strong references here keep alive
 * what Windows may touch. On the loop only.
 */
public final class OperationTable {
    private final LongObjectHashMap<Operation> operations = new LongObjectHashMap<>();
    private final ArrayDeque<Operation> ended = new ArrayDeque<>();
    private final SlotMemory memory;
    private int inFlight;

    public OperationTable(Arena arena) {
        memory = new SlotMemory(arena);
    }

    MemorySegment allocate(long bytes) {
        return memory.allocate(bytes);
    }

    void giveBack(MemorySegment segment) {
        memory.giveBack(segment);
    }

    void add(long overlapped, Operation operation) {
        operations.put(overlapped, operation);
    }

    void remove(long overlapped) {
        operations.remove(overlapped);
    }

    void began() {
        inFlight++;
    }

    void ended(Operation operation) {
        ended.add(operation);
    }

    void finished() {
        inFlight--;
    }

    /**
     * Hands a packet to its operation.
     *
     * @return false if no operation has this {@code OVERLAPPED}
     */
    public boolean packet(long overlapped, int code, int bytes) {
        Operation operation = operations.get(overlapped);
        if (operation == null) {
            return false;
        }
        operation.packet(code, bytes);
        return true;
    }

    /** The next operation that ended without a packet, or null. {@link Operation#tell} is due. */
    public @Nullable Operation pollEnded() {
        return ended.poll();
    }

    /** Tells an operation from {@link #pollEnded} that it has ended. */
    public void tell(Operation operation) {
        operation.tell();
    }

    /** How many operations have ended without a packet and are still to be told. */
    public int endedCount() {
        return ended.size();
    }

    /** Operations that have begun and were not told of their end. */
    public int inFlight() {
        return inFlight;
    }

    /** Operations that hold memory of this loop. */
    public int size() {
        return operations.size();
    }

    /** Native memory of all operations. */
    public long bytes() {
        return memory.bytes();
    }
}
