// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.iocp.abi;

import dev.ringport.ffm.ErrorState;
import dev.ringport.ffm.NativeMemory;
import dev.ringport.ffm.SystemLibrary;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/** The functions of the system's {@code kernel32}. */
final class NativeKernel32 implements Kernel32 {
    private static final SystemLibrary LIBRARY = SystemLibrary.load("kernel32");

    private static final MethodHandle CREATE_IO_COMPLETION_PORT = capturing("CreateIoCompletionPort", "JJJJI");
    private static final MethodHandle GET_QUEUED_COMPLETION_STATUS_EX = capturing("GetQueuedCompletionStatusEx",
            "IJJIJII");
    private static final MethodHandle POST_QUEUED_COMPLETION_STATUS = capturing("PostQueuedCompletionStatus", "IJIJJ");
    private static final MethodHandle CANCEL_IO_EX = capturing("CancelIoEx", "IJJ");
    private static final MethodHandle SET_FILE_COMPLETION_NOTIFICATION_MODES = capturing(
            "SetFileCompletionNotificationModes", "IJI");
    private static final MethodHandle CREATE_FILE_W = capturing("CreateFileW", "JJIIJIIJ");
    private static final MethodHandle READ_FILE = capturing("ReadFile", "IJJIJJ");
    private static final MethodHandle GET_FILE_SIZE_EX = capturing("GetFileSizeEx", "IJJ");
    private static final MethodHandle CLOSE_HANDLE = capturing("CloseHandle", "IJ");

    NativeKernel32() {}

    /** Binds a function that leaves its code with the thread. */
    private static MethodHandle capturing(String name, String signature) {
        return LIBRARY.bind(name, signature, ErrorState.LAST_ERROR);
    }

    @Override
    public long createIoCompletionPort(MemorySegment capture, long file, long existing, long key, int threads) {
        try {
            return Answers.handle((long) CREATE_IO_COMPLETION_PORT.invokeExact(capture, file, existing, key, threads),
                    capture);
        } catch (Throwable t) {
            throw Answers.impossible(t);
        }
    }

    @Override
    public int getQueuedCompletionStatusEx(MemorySegment capture, long port, long entries, int count, long removed,
            int millis, boolean alertable) {
        try {
            // Only the result tells: the count may be 1 on a time-out.
            int failure = Answers.bool((int) GET_QUEUED_COMPLETION_STATUS_EX.invokeExact(capture, port, entries, count,
                    removed, millis, alertable ? 1 : 0), capture);
            return failure < 0 ? failure : NativeMemory.at(removed, Integer.BYTES).get(ValueLayout.JAVA_INT, 0);
        } catch (Throwable t) {
            throw Answers.impossible(t);
        }
    }

    @Override
    public int postQueuedCompletionStatus(MemorySegment capture, long port, int bytes, long key, long overlapped) {
        try {
            return Answers.bool((int) POST_QUEUED_COMPLETION_STATUS.invokeExact(capture, port, bytes, key, overlapped),
                    capture);
        } catch (Throwable t) {
            throw Answers.impossible(t);
        }
    }

    @Override
    public int cancelIoEx(MemorySegment capture, long handle, long overlapped) {
        try {
            return Answers.bool((int) CANCEL_IO_EX.invokeExact(capture, handle, overlapped), capture);
        } catch (Throwable t) {
            throw Answers.impossible(t);
        }
    }

    @Override
    public int setFileCompletionNotificationModes(MemorySegment capture, long handle, int flags) {
        try {
            return Answers.bool((int) SET_FILE_COMPLETION_NOTIFICATION_MODES.invokeExact(capture, handle, flags),
                    capture);
        } catch (Throwable t) {
            throw Answers.impossible(t);
        }
    }

    @Override
    public long createFileW(MemorySegment capture, long name, int access, int share, long security, int disposition,
            int flags, long template) {
        try {
            return Answers.file((long) CREATE_FILE_W.invokeExact(capture, name, access, share, security, disposition,
                    flags, template), capture);
        } catch (Throwable t) {
            throw Answers.impossible(t);
        }
    }

    @Override
    public int readFile(MemorySegment capture, long file, long buffer, int bytes, long read, long overlapped) {
        try {
            return Answers.bool((int) READ_FILE.invokeExact(capture, file, buffer, bytes, read, overlapped), capture);
        } catch (Throwable t) {
            throw Answers.impossible(t);
        }
    }

    @Override
    public int getFileSizeEx(MemorySegment capture, long file, long size) {
        try {
            return Answers.bool((int) GET_FILE_SIZE_EX.invokeExact(capture, file, size), capture);
        } catch (Throwable t) {
            throw Answers.impossible(t);
        }
    }

    @Override
    public int closeHandle(MemorySegment capture, long handle) {
        try {
            return Answers.bool((int) CLOSE_HANDLE.invokeExact(capture, handle), capture);
        } catch (Throwable t) {
            throw Answers.impossible(t);
        }
    }
}
