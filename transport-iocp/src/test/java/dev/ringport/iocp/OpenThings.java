// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.iocp;

import dev.ringport.ffm.NativeMemory;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/** The system's calls with a qWAVE that succeeds, and a count of what they open and close. */
final class OpenThings {
    /** They answer nothing, or a code that is none's failure. */
    static final List<String> CANNOT_FAIL = List
            .of("freeAddrInfoW", "freeAddrInfoExW", "wsaSetLastError", "wsaGetLastError", "getAcceptExSockaddrs");
    private static final Set<String> CLOSERS = Set.of("closesocket", "closeHandle", "qosCloseHandle", "wsaCleanup");
    private static final Set<String> OF_64_BITS = Set
            .of("wsaSocketW", "accept", "createIoCompletionPort", "createFileW");
    /** None that a handle of the system has. */
    private static final long FIRST_QUALITY = 1L << 40;

    private final ReplacedCalls calls = new ReplacedCalls();
    private final Map<Object, String> open = new ConcurrentHashMap<>();
    private final Set<String> made = ConcurrentHashMap.newKeySet();
    private final AtomicLong qualities = new AtomicLong(FIRST_QUALITY);

    OpenThings() {
        for (String maker : OF_64_BITS) {
            calls.on(maker, (real, arguments) -> {
                Object handle = real.call();
                // Of the calls for ports those that associate a socket open nothing.
                if ((long) handle > 0 && !(maker.equals("createIoCompletionPort") && (long) arguments[1] != -1)) {
                    opened(maker, handle);
                }
                return handle;
            });
        }
        calls.on("qosCreateHandle", (real, arguments) -> {
            long quality = qualities.getAndIncrement();
            NativeMemory.at((long) arguments[2], Long.BYTES).set(ValueLayout.JAVA_LONG, 0, quality);
            opened("qosCreateHandle", quality);
            return 0;
        });
        calls.on("qosAddSocketToFlow", (real, arguments) -> 0);
        calls.on("qosSetFlow", (real, arguments) -> 0);
        CLOSERS.forEach(closer -> calls.on(closer, (real, arguments) -> close(closer, real, arguments)));
    }

    private void opened(String maker, Object handle) {
        made.add(maker);
        open.put(handle, maker);
    }

    private Object close(String closer, ReplacedCalls.Real real, Object[] arguments) throws Throwable {
        if (arguments.length > 1) {
            open.remove(arguments[1]);
        }
        return closer.equals("qosCloseHandle") ? 0 : real.call();
    }

    ReplacedCalls calls() {
        return calls;
    }

    /** Lets a function fail from now on; those that close do so all the same. */
    void fail(String function, int code) {
        calls.on(function, (real, arguments) -> {
            if (CLOSERS.contains(function)) {
                Object _ = close(function, real, arguments);
            }
            if (OF_64_BITS.contains(function)) {
                return (long) -code;
            }
            return -code;
        });
    }

    /** The functions that have opened something. */
    Set<String> made() {
        return made;
    }

    /** What is open, by its number. */
    Map<Object, String> left() {
        return open;
    }
}
