// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.iocp.abi;

import java.lang.foreign.MemorySegment;

/**
 * The functions of {@code kernel32} that the transport calls. Handles and pointers are {@code long}s, {@code DWORD}s are
 * {@code int}s. A failure is the negated Win32 error code; {@code capture} is the segment that the code is captured in,
 * one of the calling thread. An interface so that tests can answer as Windows would where no Windows is at hand.
 */
public interface Kernel32 {
    /** Makes a port ({@code file} -1, {@code existing} 0) or associates a handle with one. The port, or a negated code. */
    long createIoCompletionPort(MemorySegment capture, long file, long existing, long key, int threads);

    /** Takes up to {@code count} packets. How many, or a negated code: {@code WAIT_TIMEOUT} when none came in time. {@code removed} is the address of a {@code ULONG} for the call's own use. */
    int getQueuedCompletionStatusEx(MemorySegment capture, long port, long entries, int count, long removed, int millis,
            boolean alertable);

    /** Posts a packet. 0 or a negated code. */
    int postQueuedCompletionStatus(MemorySegment capture, long port, int bytes, long key, long overlapped);

    /** Cancels one operation, or with {@code overlapped} 0 all of the handle. 0 or a negated code. */
    int cancelIoEx(MemorySegment capture, long handle, long overlapped);

    /** Sets whether operations that end at once post a packet. 0 or a negated code. */
    int setFileCompletionNotificationModes(MemorySegment capture, long handle, int flags);

    /** Opens a file by its wide, null-terminated name. The handle, or a negated code. */
    long createFileW(MemorySegment capture, long name, int access, int share, long security, int disposition, int flags,
            long template);

    /** Reads from a file, at the offset in the {@code OVERLAPPED}; {@code read} is the address of a {@code DWORD}. 0 or a negated code. */
    int readFile(MemorySegment capture, long file, long buffer, int bytes, long read, long overlapped);

    /** Asks for the length of a file; {@code size} is the address of a {@code LARGE_INTEGER}. 0 or a negated code. */
    int getFileSizeEx(MemorySegment capture, long file, long size);

    /** Closes a port or a file. 0 or a negated code. */
    int closeHandle(MemorySegment capture, long handle);
}
