// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.iocp;

import dev.ringport.ffm.NativeMemory;
import dev.ringport.iocp.abi.Linger;
import dev.ringport.iocp.abi.WinsockConstants;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** How streams end, in calls. */
final class StreamEnds {
    /** {@code shutdown} of the output. */
    static final String SHUTDOWN = "shutdown " + WinsockConstants.SD_SEND;
    /** {@code SO_LINGER} such that closesocket resets the connection. */
    static final String RESET = "linger 1 0";
    static final String CLOSE = "closesocket";

    private StreamEnds() {}

    /** What is called from now on, in its order. */
    static List<String> of(ReplacedCalls calls) {
        List<String> seen = new CopyOnWriteArrayList<>();
        calls.on("shutdown", (real, arguments) -> {
            seen.add("shutdown " + arguments[2]);
            return real.call();
        }).on("closesocket", (real, arguments) -> {
            seen.add(CLOSE);
            return real.call();
        }).on("setsockopt", (real, arguments) -> {
            if ((int) arguments[3] == WinsockConstants.SO_LINGER) {
                MemorySegment linger = NativeMemory.at((long) arguments[4], Linger.BYTES);
                seen.add("linger " + Linger.lOnoff(linger, 0) + " " + Linger.lLinger(linger, 0));
            }
            return real.call();
        });
        return seen;
    }
}
