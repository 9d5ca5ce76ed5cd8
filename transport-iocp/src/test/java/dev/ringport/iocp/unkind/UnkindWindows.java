// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.iocp.unkind;

import dev.ringport.ffm.NativeCalls;
import dev.ringport.ffm.NativeMemory;
import dev.ringport.iocp.ReplacedCalls;
import dev.ringport.iocp.ReplacedCalls.Real;
import dev.ringport.iocp.abi.Linger;
import dev.ringport.iocp.abi.Overlapped;
import dev.ringport.iocp.abi.WindowsCalls;
import dev.ringport.iocp.abi.WindowsErrors;
import dev.ringport.iocp.abi.Wsabuf;
import dev.ringport.iocp.loop.OverlappedSocket;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

import static dev.ringport.iocp.abi.WinsockConstants.FILE_SKIP_COMPLETION_PORT_ON_SUCCESS;
import static dev.ringport.iocp.abi.WinsockConstants.SOCK_DGRAM;
import static dev.ringport.iocp.abi.WinsockConstants.SOL_SOCKET;
import static dev.ringport.iocp.abi.WinsockConstants.SO_LINGER;
import static dev.ringport.iocp.abi.WinsockConstants.SO_UPDATE_ACCEPT_CONTEXT;
import static dev.ringport.iocp.abi.WinsockConstants.SO_UPDATE_CONNECT_CONTEXT;

/**
 * Stands between the program and its Windows, and ends calls as a Windows may end them: see {@link Unkindness}. What a
 * socket receives stays what the system received, in the order of its receives.
 */
public final class UnkindWindows {
    private static final int STATUS_PENDING = 0x103;
    /** {@code NTSTATUS} that carries a Win32 code. */
    private static final long STATUS_WIN32 = 0xC007_0000L;
    /** What a count holds that Windows has not written. */
    private static final int NO_COUNT = 0x5eed_5eed;
    /** Below what any system gives out by itself: Wine's, which is Linux, from here on, Windows from 49,152. */
    private static final int FIRST_PORT_GIVEN_OUT = 32_768;
    /** Windows reserves ports in such numbers for its virtual machines. */
    private static final int PORTS_RESERVED_TOGETHER = 100;
    private static final VarHandle STATUS = ValueLayout.JAVA_INT.varHandle();
    private static final long AT_ONCE_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

    private final WindowsCalls system;
    private final Chances chances;
    private final Map<Long, UnkindPort> ports = new ConcurrentHashMap<>();
    private final Map<Long, UnkindSocket> sockets = new ConcurrentHashMap<>();

    /** An overlapped call: the socket whose operation it is, and where its arguments have what. */
    private record Started(
            Real real, UnkindSocket socket, UnkindPort port, long handle, long overlapped, long countAt,
            boolean receivesStream) {}

    private UnkindWindows(WindowsCalls system, Chances chances) {
        this.system = system;
        this.chances = chances;
    }

    /** The calls of the system, as the seed decides. */
    static WindowsCalls over(WindowsCalls system, Chances chances) {
        return new UnkindWindows(system, chances).calls();
    }

    private WindowsCalls calls() {
        ReplacedCalls calls = new ReplacedCalls();
        ports(calls);
        sockets(calls);
        streams(calls);
        datagrams(calls);
        return calls.over(system);
    }

    private void ports(ReplacedCalls calls) {
        calls.on("createIoCompletionPort", (real, arguments) -> {
            long made = (long) real.call();
            UnkindSocket socket = sockets.get((Long) arguments[1]);
            if (made > 0 && (Long) arguments[1] == WindowsCalls.INVALID) {
                ports.put(made, new UnkindPort(chances));
            } else if (made > 0 && socket != null) {
                socket.key = (Long) arguments[3];
                socket.port = ports.get((Long) arguments[2]);
            }
            return made;
        }).on("closeHandle", (real, arguments) -> {
            ports.remove((Long) arguments[1]);
            return real.call();
        }).on("setFileCompletionNotificationModes", (real, arguments) -> {
            int result = (int) real.call();
            UnkindSocket socket = sockets.get((Long) arguments[1]);
            if (result == 0 && socket != null) {
                socket.skipsPackets = ((Integer) arguments[2] & FILE_SKIP_COMPLETION_PORT_ON_SUCCESS) != 0;
            }
            return result;
        }).on("getQueuedCompletionStatusEx", (real, arguments) -> {
            UnkindPort port = ports.get((Long) arguments[1]);
            return port == null ? real.call() : port.take(millis -> {
                arguments[5] = millis;
                return (int) real.call();
            }, (Long) arguments[2], (Integer) arguments[3], (Integer) arguments[5]);
        }).on("cancelIoEx", (real, arguments) -> cancel(real, (Long) arguments[1], (Long) arguments[2]));
    }

    private Object cancel(Real real, long handle, long overlapped) throws Throwable {
        UnkindSocket socket = sockets.get(handle);
        UnkindPort port = socket == null ? null : socket.port;
        if (port == null || overlapped == 0) {
            return real.call();
        }
        if (port.isHeld(overlapped)) {
            return -WindowsErrors.ERROR_NOT_FOUND;
        }
        if (chances.take(Unkindness.LATE_CANCEL)) {
            port.cancelLater(
                    overlapped, () -> system.kernel32().cancelIoEx(NativeCalls.threadCapture(), handle, overlapped));
            return 0;
        }
        return real.call();
    }

    private void sockets(ReplacedCalls calls) {
        calls.on("wsaSocketW", (real, arguments) -> {
            long made = (long) real.call();
            if (made > 0) {
                sockets.put(made, new UnkindSocket((Integer) arguments[2] == SOCK_DGRAM));
            }
            return made;
        }).on("bind", (real, arguments) -> isReserved(arguments)
                ? -WindowsErrors.WSAEACCES
                : bound(real, (Long) arguments[1]))
                .on("connect", (real, arguments) -> bound(real, (Long) arguments[1]))
                .on("shutdown", (real, arguments) -> withContext(real, (Long) arguments[1]))
                .on("getpeername", (real, arguments) -> withContext(real, (Long) arguments[1]))
                .on("setsockopt", (real, arguments) -> {
                    int result = (int) real.call();
                    UnkindSocket socket = sockets.get((Long) arguments[1]);
                    if (result == 0 && socket != null && (Integer) arguments[2] == SOL_SOCKET) {
                        optionSet(socket, (Integer) arguments[3], (Long) arguments[4]);
                    }
                    return result;
                })
                .on("closesocket", (real, arguments) -> {
                    closing((Long) arguments[1]);
                    return real.call();
                });
    }

    /** Whether a bind names a port that is reserved. */
    private boolean isReserved(Object[] arguments) {
        int bytes = (Integer) arguments[3];
        InetSocketAddress to = OverlappedSocket.CODEC.read(NativeMemory.at((Long) arguments[2], bytes), 0, bytes);
        boolean isReserved = to != null && isReserved(chances, to.getPort());
        if (isReserved) {
            chances.happened(Unkindness.PORT_RESERVED);
        }
        return isReserved;
    }

    /** Whether Windows keeps the port for others. */
    static boolean isReserved(Chances chances, int port) {
        return port != 0 && port < FIRST_PORT_GIVEN_OUT
                && chances.holds(Unkindness.PORT_RESERVED, port / PORTS_RESERVED_TOGETHER);
    }

    private static void optionSet(UnkindSocket socket, int name, long value) {
        switch (name) {
            case SO_UPDATE_ACCEPT_CONTEXT, SO_UPDATE_CONNECT_CONTEXT -> socket.lacksContext = false;
            case SO_LINGER -> {
                MemorySegment linger = NativeMemory.at(value, Linger.BYTES);
                socket.resets = Linger.lOnoff(linger, 0) != 0 && Linger.lLinger(linger, 0) == 0;
            }
            default -> {
            }
        }
    }

    private Object bound(Real real, long handle) throws Throwable {
        int result = (int) real.call();
        UnkindSocket socket = sockets.get(handle);
        if (result == 0 && socket != null) {
            socket.bound = true;
        }
        return result;
    }

    private Object withContext(Real real, long handle) throws Throwable {
        UnkindSocket socket = sockets.get(handle);
        if (socket != null && socket.lacksContext) {
            chances.happened(Unkindness.NO_CONTEXT);
            return -WindowsErrors.WSAENOTCONN;
        }
        return real.call();
    }

    private void closing(long handle) {
        UnkindSocket socket = sockets.remove(handle);
        UnkindPort port = socket == null ? null : socket.port;
        if (port != null && port.closing(handle) && !socket.resets) {
            chances.happened(Unkindness.ABORTIVE_CLOSE);
            try (Arena arena = Arena.ofConfined()) {
                MemorySegment linger = arena.allocate(Linger.LAYOUT);
                Linger.lOnoff(linger, 0, 1);
                system.winsock().setsockopt(
                        NativeCalls.threadCapture(), handle, SOL_SOCKET, SO_LINGER, linger.address(),
                        (int) Linger.BYTES);
            }
        }
    }

    private void streams(ReplacedCalls calls) {
        calls.on("acceptEx", (real, arguments) -> {
            UnkindSocket accepted = sockets.get((Long) arguments[2]);
            if (accepted != null) {
                accepted.bound = true;
                accepted.lacksContext = true;
            }
            Started started = started(real, arguments, 8, -1, false);
            return started == null ? real.call() : accept(started);
        }).on("connectEx", (real, arguments) -> {
            UnkindSocket socket = sockets.get((Long) arguments[1]);
            if (socket != null && !socket.bound) {
                chances.happened(Unkindness.UNBOUND);
                return -WindowsErrors.WSAEINVAL;
            }
            if (socket != null) {
                socket.lacksContext = true;
            }
            return start(started(real, arguments, 7, -1, false), real);
        }).on("transmitFile", (real, arguments) -> start(started(real, arguments, 5, -1, false), real))
                .on("wsaRecv", (real, arguments) -> {
                    Started started = started(real, arguments, 6, 4, true);
                    return hasBuffers(started) ? start(started, real) : -WindowsErrors.WSAENOBUFS;
                })
                .on("wsaSend", (real, arguments) -> {
                    Started started = started(real, arguments, 6, 4, false);
                    return hasBuffers(started) ? send(started, real, arguments) : -WindowsErrors.WSAENOBUFS;
                });
    }

    private Object accept(Started started) throws Throwable {
        if (!chances.take(Unkindness.ACCEPT_FAILED)) {
            return start(started, started.real);
        }
        if (chances.next(Unkindness.ACCEPT_FAILED, 2) == 0) {
            return -WindowsErrors.WSAECONNRESET;
        }
        later(started, STATUS_WIN32 | WindowsErrors.ERROR_NETNAME_DELETED, 0);
        return -WindowsErrors.WSA_IO_PENDING;
    }

    private boolean hasBuffers(@Nullable Started started) {
        return started == null || !chances.take(Unkindness.NO_BUFFERS);
    }

    /** Maybe of a part of the buffers. */
    private Object send(@Nullable Started started, Real real, Object[] arguments) throws Throwable {
        long buffers = (Long) arguments[2];
        int count = (Integer) arguments[3];
        MemorySegment all = NativeMemory.at(buffers, count * Wsabuf.BYTES);
        long bytes = 0;
        for (int i = 0; i < count; i++) {
            bytes += Wsabuf.len(all, i * Wsabuf.BYTES);
        }
        if (started == null || started.socket.datagram || bytes < 2 || !chances.take(Unkindness.PARTIAL_SEND)) {
            return start(started, real);
        }
        long rest = 1L + chances.next(Unkindness.PARTIAL_SEND, (int) bytes - 1);
        // Of WSABUFs Winsock keeps a copy.
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment part = arena.allocate(all.byteSize(), Long.BYTES).copyFrom(all);
            int used = 0;
            for (; rest > 0; used++) {
                int length = (int) Math.min(rest, Wsabuf.len(part, used * Wsabuf.BYTES));
                Wsabuf.len(part, used * Wsabuf.BYTES, length);
                rest -= length;
            }
            arguments[2] = part.address();
            arguments[3] = used;
            return start(started, real);
        }
    }

    private void datagrams(ReplacedCalls calls) {
        calls.on("wsaRecvFrom", (real, arguments) -> receive(started(real, arguments, 8, 4, false), real))
                .on("wsaRecvMsg", (real, arguments) -> receive(started(real, arguments, 4, 3, false), real))
                .on("wsaSendTo", (real, arguments) -> sendDatagram(started(real, arguments, 8, 4, false), real))
                .on("wsaSendMsg", (real, arguments) -> sendDatagram(started(real, arguments, 5, 4, false), real));
    }

    private Object receive(@Nullable Started started, Real real) throws Throwable {
        if (started != null && !started.socket.bound) {
            chances.happened(Unkindness.UNBOUND);
            return -WindowsErrors.WSAEINVAL;
        }
        return start(started, real);
    }

    private Object sendDatagram(@Nullable Started started, Real real) throws Throwable {
        if (!hasBuffers(started)) {
            return -WindowsErrors.WSAENOBUFS;
        }
        if (started != null) {
            started.socket.bound = true;
        }
        return start(started, real);
    }

    /** Null for a call that is not overlapped or whose socket has no port. */
    private @Nullable Started started(Real real, Object[] arguments, int overlapped, int count, boolean receives) {
        UnkindSocket socket = sockets.get((Long) arguments[1]);
        UnkindPort port = socket == null ? null : socket.port;
        if (socket == null || port == null || (Long) arguments[overlapped] == 0) {
            return null;
        }
        return new Started(
                real, socket, port, (Long) arguments[1], (Long) arguments[overlapped],
                count < 0 ? 0 : (Long) arguments[count], receives);
    }

    private Object start(@Nullable Started started, Real real) throws Throwable {
        if (started == null) {
            return real.call();
        }
        int result = (int) real.call();
        return switch (result) {
            case 0 -> endedAtOnce(started);
            case -WindowsErrors.WSA_IO_PENDING -> underWay(started);
            default -> failedAtOnce(started, result);
        };
    }

    private int endedAtOnce(Started started) {
        boolean later = chances.take(Unkindness.TOLD_LATER);
        if (started.socket.skipsPackets) {
            int bytes = started.countAt == 0
                    ? NativeMemory.ALL.get(ValueLayout.JAVA_INT, started.overlapped + 8)
                    : NativeMemory.ALL.get(ValueLayout.JAVA_INT, started.countAt);
            spoil(started.overlapped);
            if (!later) {
                return 0;
            }
            later(started, 0, bytes);
        } else {
            started.port.began(started.overlapped, new Begun(started.handle, later, false));
        }
        if (later && started.countAt != 0) {
            NativeMemory.ALL.set(ValueLayout.JAVA_INT, started.countAt, NO_COUNT);
        }
        return later ? -WindowsErrors.WSA_IO_PENDING : 0;
    }

    /** The system has ended it and says no more of it. */
    private static void later(Started started, long status, int bytes) {
        started.port.began(started.overlapped, new Begun(started.handle, true, false));
        started.port.hold(started.socket, started.overlapped, status, bytes);
    }

    private void spoil(long overlapped) {
        chances.happened(Unkindness.NO_COUNT);
        NativeMemory.ALL.set(ValueLayout.JAVA_LONG, overlapped, STATUS_PENDING);
        NativeMemory.ALL.set(ValueLayout.JAVA_LONG, overlapped + 8, 0L);
    }

    private int underWay(Started started) {
        boolean wait = chances.next(Unkindness.TOLD_AT_ONCE, Unkindness.TOLD_AT_ONCE.oneIn()) == 0;
        if (wait && endsSoon(started.overlapped)) {
            MemorySegment overlapped = NativeMemory.at(started.overlapped, Overlapped.BYTES);
            int code = WindowsErrors.fromWin32(WindowsErrors.fromStatus(Overlapped.internal(overlapped, 0)));
            // Of a datagram that was cut it is open whether a packet follows.
            if (code != WindowsErrors.WSAEMSGSIZE) {
                chances.happened(Unkindness.TOLD_AT_ONCE);
                return endedSoon(started, code, (int) Overlapped.internalHigh(overlapped, 0));
            }
        }
        started.port.began(started.overlapped, new Begun(started.handle, true, started.receivesStream));
        return -WindowsErrors.WSA_IO_PENDING;
    }

    private int endedSoon(Started started, int code, int bytes) {
        if (code == 0 && started.countAt != 0) {
            NativeMemory.ALL.set(ValueLayout.JAVA_INT, started.countAt, bytes);
        }
        if (code == 0 && !started.socket.skipsPackets) {
            started.port.began(started.overlapped, new Begun(started.handle, false, false));
        } else {
            started.port.swallow(started.overlapped);
            spoil(started.overlapped);
        }
        return -code;
    }

    /** Waits for the end for a moment. */
    private static boolean endsSoon(long overlapped) {
        MemorySegment memory = NativeMemory.at(overlapped, Overlapped.BYTES);
        long start = System.nanoTime();
        do {
            if ((int) STATUS.getVolatile(memory, 0L) != STATUS_PENDING) {
                return true;
            }
            Thread.onSpinWait();
        } while (System.nanoTime() - start < AT_ONCE_NANOS);
        return false;
    }

    /** What the peer did may be told at once or later; what is wrong with the call is told at once. */
    private int failedAtOnce(Started started, int result) {
        boolean ofPeer = switch (-result) {
            case WindowsErrors.WSAECONNRESET, WindowsErrors.WSAECONNABORTED, WindowsErrors.WSAECONNREFUSED -> true;
            default -> false;
        };
        if (ofPeer && chances.take(Unkindness.TOLD_LATER)) {
            later(started, STATUS_WIN32 | -result, 0);
            return -WindowsErrors.WSA_IO_PENDING;
        }
        started.port.ended(started.overlapped);
        return result;
    }
}
