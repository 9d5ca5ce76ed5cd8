// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.iocp.loop;

import dev.ringport.iocp.abi.Overlapped;
import dev.ringport.iocp.abi.WindowsCalls;
import dev.ringport.iocp.abi.WindowsErrors;
import dev.ringport.iocp.abi.Wsabuf;
import dev.ringport.loop.KeptMemory;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Collections;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.WeakHashMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * Whether sockets can be moved to another completion port. The call for it says so of itself, which proves little: a
 * datagram socket and a stream are moved, there and back, and each time one operation that ends at once and one that
 * waits must post their packets at the new port alone, or none where the modes say so. On loopback, once for a system, by
 * a thread that ends with it: it takes milliseconds. Where packets stay away, which a machine that stands still looks like
 * too, it is tried several times before that is believed, and takes some seconds.
 */
final class MoveProbe {
    private static final int WAIT_MILLIS = 1_000;
    private static final int STRAY_MILLIS = 100;
    private static final int TRIES = 3;
    private static final int BATCH = 8;
    private static final int PAYLOAD_BYTES = 8;
    /** By the system's calls: none, or what was refused. */
    private static final Map<WindowsCalls, CompletableFuture<String>> REFUSALS = Collections
            .synchronizedMap(new WeakHashMap<>());

    private final WindowsCalls calls;
    /** Freed when nobody can reach it: after the probe, or never if an operation has not ended. */
    private final Arena arena = Arena.ofAuto();
    private final CompletionPort first;
    private final CompletionPort second;

    /** A packet did not come in time. */
    private static final class LateException extends IOException {
        private static final long serialVersionUID = 1;

        LateException(String message) {
            super(message);
        }
    }

    private MoveProbe(WindowsCalls calls) throws IOException {
        this.calls = calls;
        first = new CompletionPort(calls.kernel32(), BATCH, arena);
        try {
            second = new CompletionPort(calls.kernel32(), BATCH, arena);
        } catch (IOException | RuntimeException | Error failed) {
            first.close();
            throw failed;
        }
    }

    /** Why sockets cannot be moved here; empty if they can. Waits for the probe: not for event loops. */
    static String refusal(WindowsCalls calls) {
        return begun(calls).join();
    }

    /** Whether the probe is over and has seen sockets move. From any thread. */
    static boolean hasSeenMoves(WindowsCalls calls) {
        CompletableFuture<String> refusal = REFUSALS.get(calls);
        return refusal != null && refusal.isDone() && refusal.join().isEmpty();
    }

    /**
     * If the probe is not over, runs {@code then} once when it is, on any thread. From any thread.
     *
     * @return whether {@code then} will run
     */
    static boolean runWhenOver(WindowsCalls calls, Runnable then) {
        CompletableFuture<String> refusal = begun(calls);
        if (refusal.isDone()) {
            return false;
        }
        CompletableFuture<Void> _ = refusal.thenRun(then);
        return true;
    }

    /** The first call begins it. */
    private static CompletableFuture<String> begun(WindowsCalls calls) {
        CompletableFuture<String> refusal = new CompletableFuture<>();
        CompletableFuture<String> before = REFUSALS.putIfAbsent(calls, refusal);
        if (before != null) {
            return before;
        }
        try {
            Thread _ = Thread.ofPlatform().daemon().name("ringport-move-probe")
                    .start(() -> {
                        String found = "it could not be tried";
                        try {
                            found = tryOut(calls);
                        } finally {
                            // Deregistrations wait for it.
                            boolean _ = refusal.complete(found);
                        }
                    });
        } catch (OutOfMemoryError noThread) {
            // The next call may find one.
            REFUSALS.remove(calls);
            refusal.complete("no thread to try it: " + noThread.getMessage());
        }
        return refusal;
    }

    private static String tryOut(WindowsCalls calls) {
        try {
            for (int i = 1;; i++) {
                try {
                    tryOnce(calls);
                    return "";
                } catch (LateException late) {
                    if (i == TRIES) {
                        throw late;
                    }
                }
            }
        } catch (UnsupportedOperationException refused) {
            return String.valueOf((refused.getCause() == null ? refused : refused.getCause()).getMessage());
        } catch (IOException failed) {
            return String.valueOf(failed.getMessage());
        } catch (RuntimeException failed) {
            return failed.toString();
        } catch (OutOfMemoryError passing) {
            // The next call may have more.
            REFUSALS.remove(calls);
            return "no memory to try it";
        }
    }

    private static void tryOnce(WindowsCalls calls) throws IOException {
        MoveProbe probe = new MoveProbe(calls);
        try {
            probe.datagrams();
            probe.stream();
        } finally {
            probe.first.close();
            probe.second.close();
        }
    }

    private static InetSocketAddress loopback() throws IOException {
        return new InetSocketAddress(InetAddress.getByAddress(new byte[]{127, 0, 0, 1}), 0);
    }

    private static InetSocketAddress bound(OverlappedSocket socket) throws IOException {
        socket.bind(loopback());
        InetSocketAddress address = socket.localAddress();
        if (address == null) {
            throw new IOException("getsockname tells no port");
        }
        return address;
    }

    /** A socket that is connected to itself. */
    private void datagrams() throws IOException {
        OverlappedSocket socket = OverlappedSocket.open(calls, false, false);
        try {
            socket.connect(bound(socket));
            thereAndBack(socket, "a datagram socket");
        } finally {
            socket.close();
        }
    }

    /** A connection that waits to be accepted. */
    private void stream() throws IOException {
        OverlappedSocket listener = OverlappedSocket.open(calls, false, true);
        try {
            InetSocketAddress address = bound(listener);
            listener.listen(1);
            OverlappedSocket socket = OverlappedSocket.open(calls, false, true);
            try {
                socket.connect(address);
                thereAndBack(socket, "a stream");
            } finally {
                socket.close();
            }
        } finally {
            listener.close();
        }
    }

    private void thereAndBack(OverlappedSocket socket, String what) throws IOException {
        socket.attach(first);
        new Traffic(socket, first, second, what + " at its first port").run();
        socket.attach(second);
        new Traffic(socket, second, first, what + " that moved").run();
        socket.attach(first);
        new Traffic(socket, first, second, what + " that moved back").run();
    }

    /** A send, which as a rule ends at once, and a receive that waits until it has come or is cancelled. */
    private final class Traffic {
        private final OverlappedSocket socket;
        private final CompletionPort at;
        private final CompletionPort silent;
        private final String what;
        private final MemorySegment receive = arena.allocate(Overlapped.LAYOUT);
        private final MemorySegment send = arena.allocate(Overlapped.LAYOUT);
        private final MemorySegment numbers = arena.allocate(2L * Integer.BYTES, Integer.BYTES);
        /** Of operations whose packets are to come. */
        private final Set<Long> awaited = new HashSet<>();

        Traffic(OverlappedSocket socket, CompletionPort at, CompletionPort silent, String what) {
            this.socket = socket;
            this.at = at;
            this.silent = silent;
            this.what = what;
        }

        void run() throws IOException {
            try {
                begin(receive, calls.winsock().wsaRecv(
                        at.capture(), socket.handle(), buffer(), 1, numbers.address(),
                        numbers.address() + Integer.BYTES, receive.address(), 0), "WSARecv");
                begin(send, calls.winsock().wsaSend(
                        at.capture(), socket.handle(), buffer(), 1, numbers.address(), 0, send.address(), 0),
                        "WSASend");
                // A datagram has come; of a stream nothing does.
                int _ = calls.kernel32().cancelIoEx(at.capture(), socket.handle(), receive.address());
                long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(WAIT_MILLIS);
                while (!awaited.isEmpty() && deadline - System.nanoTime() > 0) {
                    take(WAIT_MILLIS);
                }
                // What should not be there was posted before the calls returned.
                take(0);
                if (!awaited.isEmpty()) {
                    throw new LateException("no packet of " + what);
                }
                if (silent.take(0) != 0) {
                    throw new IOException("a packet of " + what + " came to the other port");
                }
            } finally {
                takeStrays();
                if (!awaited.isEmpty()) {
                    KeptMemory.keep(arena, awaited.size(), 0);
                }
            }
        }

        /** Some may have ended all the same, at the wrong port, or end there now that they are cancelled. */
        private void takeStrays() {
            int strays = 1;
            while (strays > 0 && !awaited.isEmpty()) {
                strays = silent.take(STRAY_MILLIS);
                for (int i = 0; i < strays; i++) {
                    awaited.remove(silent.overlapped(i));
                }
            }
        }

        private long buffer() {
            MemorySegment buffer = arena.allocate(Wsabuf.LAYOUT);
            Wsabuf.len(buffer, 0, PAYLOAD_BYTES);
            Wsabuf.buf(buffer, 0, arena.allocate(PAYLOAD_BYTES).address());
            return buffer.address();
        }

        private void begin(MemorySegment overlapped, int result, String call) throws IOException {
            if (result < 0 && result != -WindowsErrors.WSA_IO_PENDING) {
                throw WindowsErrors.exception(call, -result);
            }
            if (result != 0 || !socket.skipsPackets()) {
                awaited.add(overlapped.address());
            }
        }

        private void take(int millis) throws IOException {
            int count = at.take(millis);
            if (count < 0) {
                throw WindowsErrors.exception("GetQueuedCompletionStatusEx", -count);
            }
            for (int i = 0; i < count; i++) {
                if (!awaited.remove(at.overlapped(i))) {
                    throw new IOException("a packet too many of " + what);
                }
            }
        }
    }
}
