// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.iocp.selftest;

import dev.ringport.iocp.abi.WindowsErrors;
import dev.ringport.iocp.loop.CompletionPort;
import dev.ringport.loop.KeptMemory;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A port on which one thread waits for its operations one by one. */
final class PacketPort {
    private static final int BATCH = 8;
    private static final int CLOSE_MILLIS = 1_000;

    private final Bench bench;
    private final CompletionPort port;
    /** What each operation that has not ended belongs to. */
    private final Map<Long, Long> inFlight = new HashMap<>();
    private final Map<Long, Integer> ended = new HashMap<>();

    PacketPort(Bench bench) throws IOException {
        this.bench = bench;
        port = new CompletionPort(bench.calls.kernel32(), BATCH, bench.arena);
    }

    long handle() {
        return port.handle();
    }

    void associate(long socket) throws IOException {
        bench.checkTime();
        Bench.check("CreateIoCompletionPort", port.associate(socket));
    }

    /** Sends the port a packet of nobody's and takes it. */
    void wakeUp() throws IOException {
        Bench.check("PostQueuedCompletionStatus", port.post());
        Bench.expect(take(Bench.PATIENCE_MILLIS) == 1, "the packet did not come");
    }

    /** Notes an operation that has begun, or throws its failure. */
    void begun(String call, long socket, MemorySegment overlapped, int result) throws IOException {
        if (result != -WindowsErrors.WSA_IO_PENDING) {
            Bench.check(call, result);
        }
        inFlight.put(overlapped.address(), socket);
    }

    /** Waits for an operation that ends well, and answers its bytes. */
    int await(String call, MemorySegment overlapped) throws IOException {
        return Bench.check(call, end(call, overlapped));
    }

    /**
     * Waits for an operation, and cancels it when it takes too long.
     *
     * @return its bytes or a negated code
     */
    int end(String call, MemorySegment overlapped) throws IOException {
        if (!awaitPacket(overlapped, Bench.PATIENCE_MILLIS)) {
            Long socket = inFlight.get(overlapped.address());
            int cancelled = bench.kernel32()
                    .cancelIoEx(bench.capture, socket == null ? 0 : socket, overlapped.address());
            boolean came = awaitPacket(overlapped, CLOSE_MILLIS);
            throw new IOException(
                    call + " did not end within " + Bench.PATIENCE_MILLIS + " ms, CancelIoEx "
                            + (cancelled < 0 ? WindowsErrors.describe(-cancelled) : "ok") + ", then "
                            + (came ? "it ended" : "it did not end either"));
        }
        Integer result = ended.remove(overlapped.address());
        return result == null ? 0 : result;
    }

    /** As {@link #end}, but null if that takes longer: the operation goes on. */
    @Nullable
    Integer endWithin(MemorySegment overlapped, int millis) throws IOException {
        return awaitPacket(overlapped, millis) ? ended.remove(overlapped.address()) : null;
    }

    /** The operation's packet came elsewhere. */
    void forget(MemorySegment overlapped) {
        inFlight.remove(overlapped.address());
    }

    private boolean awaitPacket(MemorySegment overlapped, int millis) throws IOException {
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
        while (inFlight.containsKey(overlapped.address())) {
            long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
            if (left <= 0) {
                return false;
            }
            int _ = take((int) left);
        }
        return true;
    }

    /** Takes packets; how many. */
    int take(int millis) throws IOException {
        int count = Bench.check("GetQueuedCompletionStatusEx", port.take(millis));
        for (int i = 0; i < count; i++) {
            long overlapped = port.overlapped(i);
            if (inFlight.remove(overlapped) != null) {
                int code = port.code(i);
                ended.put(overlapped, code == 0 ? port.bytes(i) : -code);
            }
        }
        return count;
    }

    /** Sees off what was left under way; its sockets are closed by now. What does not end keeps its memory for good. */
    void close() throws IOException {
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(CLOSE_MILLIS);
        int closed;
        try {
            while (!inFlight.isEmpty() && System.nanoTime() < deadline) {
                int _ = take(CLOSE_MILLIS);
            }
        } finally {
            if (!inFlight.isEmpty()) {
                KeptMemory.keep(bench.arena, inFlight.size(), 0);
            }
            // Nobody waits on it, and what has not ended needs its memory alone.
            closed = bench.calls.kernel32().closeHandle(bench.capture, port.handle());
        }
        Bench.expect(inFlight.isEmpty(), inFlight.size() + " operation(s) did not end with their sockets");
        Bench.check("CloseHandle", closed);
    }
}
