// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.iocp.loop;

import dev.ringport.iocp.abi.Overlapped;
import dev.ringport.iocp.abi.WindowsErrors;
import java.lang.foreign.MemorySegment;

/**
 * An overlapped operation, and the native memory that Windows may touch while it is under way: the {@code OVERLAPPED} at
 * offset 0, behind it whatever a subclass lays out (buffers, address, header, control data). A subclass also holds the
 * payload. From {@link #begin} until {@link #completed} all of it belongs to Windows.
 *
 * <p>Each {@link #begin} is followed by one {@link #started} and by exactly one {@link #completed}, which the loop calls
 * from its turn: with the packet from the port, or, if Windows posts none, with the result of the call itself. Used on
 * the loop only.
 */
public abstract class Operation {
    private enum State {
        IDLE,
        /** Windows has it; a packet will tell. */
        UNDER_WAY,
        /** It has ended, and waits in the loop's queue to be told. */
        ENDED
    }

    private final OperationTable table;
    private final MemorySegment memory;
    private final long address;
    private State state = State.IDLE;
    private boolean disposed;
    private boolean freed;
    private int code;
    private int bytes;

    /**
     * @param size native memory in bytes, the {@code OVERLAPPED} included
     */
    protected Operation(OperationTable table, long size) {
        this.table = table;
        memory = table.allocate(size);
        address = memory.address();
        try {
            table.add(address, this);
        } catch (OutOfMemoryError noRoom) {
            table.giveBack(memory);
            throw noRoom;
        }
    }

    /** The operation's native memory. It starts with the {@code OVERLAPPED}. */
    protected final MemorySegment memory() {
        return memory;
    }

    /** The address of the {@code OVERLAPPED}, by which packets are matched. */
    public final long address() {
        return address;
    }

    /** Windows owns the memory from here. The answer is the address of the {@code OVERLAPPED}, zeroed. */
    public long begin() {
        if (state != State.IDLE || disposed) {
            throw new IllegalStateException("under way or given back: " + this);
        }
        Overlapped.clear(memory, 0);
        state = State.UNDER_WAY;
        table.began();
        return address;
    }

    /**
     * What the call answered.
     *
     * @param result 0 or a negated code
     * @param packet whether a packet follows although the result is not {@code WSA_IO_PENDING}
     * @param transferred bytes, if the call ended at once
     */
    public final void started(int result, boolean packet, int transferred) {
        if (result != -WindowsErrors.WSA_IO_PENDING && !packet) {
            end(-result, result == 0 ? transferred : 0);
        }
    }

    /** A call that was not made after {@link #begin}: the operation ends with the code. */
    public final void abandon(int errorCode) {
        end(errorCode, 0);
    }

    private void end(int endCode, int transferred) {
        state = State.ENDED;
        code = endCode;
        bytes = transferred;
        table.ended(this);
    }

    /** The packet has come. */
    final void packet(int endCode, int transferred) {
        if (state != State.UNDER_WAY) {
            throw new IllegalStateException("a packet for an operation that is not under way: " + this);
        }
        finish(endCode, transferred);
    }

    /** Tells what ended without a packet. */
    final void tell() {
        finish(code, bytes);
    }

    private void finish(int endCode, int transferred) {
        state = State.IDLE;
        table.finished();
        try {
            completed(endCode, transferred);
        } finally {
            freeIfDisposed();
        }
    }

    /** Whether {@link #completed} is still to come. */
    public final boolean isInFlight() {
        return state != State.IDLE;
    }

    /** Whether Windows has the operation: one that has ended and is still to be told can no longer be cancelled. */
    public final boolean isUnderWay() {
        return state == State.UNDER_WAY;
    }

    /**
     * The operation has ended, and its memory is the program's again.
     *
     * @param endCode 0, or a code of {@link WindowsErrors}
     * @param transferred bytes; also with {@code WSAEMSGSIZE} on a receive
     */
    protected abstract void completed(int endCode, int transferred);

    /**
     * Gives the native memory back: now, or when Windows has ended the operation. It can't begin again. Nothing if that
     * was done already.
     */
    public final void dispose() {
        disposed = true;
        freeIfDisposed();
    }

    private void freeIfDisposed() {
        if (disposed && !freed && state == State.IDLE) {
            freed = true;
            table.remove(address);
            table.giveBack(memory);
        }
    }
}
