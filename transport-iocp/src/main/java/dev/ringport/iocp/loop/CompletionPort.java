// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.iocp.loop;

import dev.ringport.ffm.NativeCalls;
import dev.ringport.iocp.abi.Kernel32;
import dev.ringport.iocp.abi.OverlappedEntry;
import dev.ringport.iocp.abi.WindowsCalls;
import dev.ringport.iocp.abi.WindowsErrors;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** A completion port: makes it, associates sockets, takes packets in batches, posts wake-ups. It knows no socket. */
public final class CompletionPort {
    private final Kernel32 kernel32;
    private final MemorySegment capture;
    private final MemorySegment entries;
    private final MemorySegment removed;
    private final int batch;
    private final long handle;
    private long dequeues;

    /**
     * @param batch the most packets taken with one call
     * @param arena outlives the port
     */
    public CompletionPort(Kernel32 kernel32, int batch, Arena arena) throws IOException {
        this.kernel32 = kernel32;
        this.batch = batch;
        // Each call takes hold of a shared arena's segments and lets go of them, two atomic updates; of these it does not.
        capture = Arena.ofAuto().allocate(NativeCalls.CAPTURE);
        entries = arena.allocate(batch * OverlappedEntry.BYTES, Long.BYTES);
        removed = arena.allocate(ValueLayout.JAVA_INT);
        // One thread at a time takes packets: the loop's.
        long made = kernel32.createIoCompletionPort(NativeCalls.threadCapture(), WindowsCalls.INVALID, 0, 0, 1);
        if (made <= 0) {
            throw WindowsErrors.exception("CreateIoCompletionPort", (int) -made);
        }
        handle = made;
    }

    /** The segment that captures the codes of calls on the loop. */
    public MemorySegment capture() {
        return capture;
    }

    /** The port's handle. */
    public long handle() {
        return handle;
    }

    /** Packets of this socket's operations come to this port from now on, for the socket's whole life. 0 or a negated code. */
    public int associate(long socket) {
        long result = kernel32.createIoCompletionPort(NativeCalls.threadCapture(), socket, handle, 0, 0);
        return result < 0 ? (int) result : 0;
    }

    /**
     * Takes packets.
     *
     * @param millis how long to wait for the first; 0 not at all, -1 for ever
     * @return how many, 0 when none came in time, or a negated code
     */
    public int take(int millis) {
        dequeues++;
        int count = kernel32.getQueuedCompletionStatusEx(
                capture, handle, entries.address(), batch, removed.address(), millis, false);
        return count == -WindowsErrors.WAIT_TIMEOUT ? 0 : count;
    }

    /** The {@code OVERLAPPED} of a packet that was taken; 0 for a wake-up. */
    public long overlapped(int index) {
        return OverlappedEntry.lpOverlapped(entries, index * OverlappedEntry.BYTES);
    }

    /** How the operation of a packet ended: 0 or a code. */
    public int code(int index) {
        return WindowsErrors.fromStatus(OverlappedEntry.internal(entries, index * OverlappedEntry.BYTES));
    }

    /** The bytes that the operation of a packet transferred. */
    public int bytes(int index) {
        return OverlappedEntry.dwNumberOfBytesTransferred(entries, index * OverlappedEntry.BYTES);
    }

    /** Posts a packet without an operation. From any thread. 0 or a negated code. */
    public int post() {
        return kernel32.postQueuedCompletionStatus(NativeCalls.threadCapture(), handle, 0, 0, 0);
    }

    /** How many packets one call takes at most. */
    public int batch() {
        return batch;
    }

    /** Calls that asked for packets so far. */
    public long dequeues() {
        return dequeues;
    }

    /** Closes the port. Nobody may be in {@link #take} or {@link #post}. */
    public void close() {
        kernel32.closeHandle(NativeCalls.threadCapture(), handle);
    }
}
