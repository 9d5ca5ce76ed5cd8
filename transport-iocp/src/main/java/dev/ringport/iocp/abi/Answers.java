// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.iocp.abi;

import dev.ringport.ffm.NativeCalls;
import java.lang.foreign.MemorySegment;

/** Turns what a function answers and the captured code into this package's convention: the value or a negated code. */
final class Answers {
    private Answers() {}

    /** A {@code BOOL}, the code in {@code GetLastError}. */
    static int bool(int result, MemorySegment capture) {
        return result != 0 ? 0 : failure(NativeCalls.lastError(capture));
    }

    /** A {@code BOOL}, the code in {@code WSAGetLastError}. */
    static int wsaBool(int result, MemorySegment capture) {
        return result != 0 ? 0 : failure(NativeCalls.wsaLastError(capture));
    }

    /** 0 or {@code SOCKET_ERROR}. */
    static int status(int result, MemorySegment capture) {
        return result == 0 ? 0 : failure(NativeCalls.wsaLastError(capture));
    }

    /** A count or {@code SOCKET_ERROR}. */
    static int count(int result, MemorySegment capture) {
        return result >= 0 ? result : failure(NativeCalls.wsaLastError(capture));
    }

    /** A {@code SOCKET} or {@code INVALID_SOCKET}. */
    static long socket(long result, MemorySegment capture) {
        return result != WindowsCalls.INVALID ? result : failure(NativeCalls.wsaLastError(capture));
    }

    /** A handle or null. */
    static long handle(long result, MemorySegment capture) {
        return result != 0 ? result : failure(NativeCalls.lastError(capture));
    }

    /** A handle or {@code INVALID_HANDLE_VALUE}. */
    static long file(long result, MemorySegment capture) {
        return result != WindowsCalls.INVALID ? result : failure(NativeCalls.lastError(capture));
    }

    /** Some functions fail and leave no code; that must not look like success. */
    private static int failure(int code) {
        return code != 0 ? -code : -WindowsErrors.NO_CODE;
    }

    static Error impossible(Throwable t) {
        if (t instanceof UnsatisfiedLinkError missing) {
            // Of a function that may be missing.
            return missing;
        }
        return new AssertionError("a downcall does not throw", t);
    }
}
