// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.iocp;

import dev.ringport.ffm.NativeCalls;
import dev.ringport.ffm.NativeMemory;
import dev.ringport.iocp.abi.FileCompletionInformation;
import dev.ringport.iocp.abi.Kernel32;
import dev.ringport.iocp.abi.OverlappedEntry;
import dev.ringport.iocp.abi.WindowsCalls;
import dev.ringport.iocp.abi.WindowsErrors;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Wine with sockets that can be moved: all belong to one port in truth, and a thread passes each packet on to the port
 * that the socket is said to be at. What is posted by hand goes the same way, so that its order stays.
 */
final class MovablePorts implements AutoCloseable {
    /** What a Windows that moves no sockets answers. */
    static final int STATUS_INVALID_PARAMETER = 0xC000_000D;
    private static final int ERROR_INVALID_PARAMETER = 87;

    final ReplacedCalls calls = new ReplacedCalls();
    private final Kernel32 kernel32 = WindowsCalls.system().kernel32();
    private final long hub = kernel32.createIoCompletionPort(
            NativeCalls.threadCapture(), WindowsCalls.INVALID, 0, 0, 1);
    /** Ports by socket, and by the negated key of what is posted by hand. */
    private final Map<Long, Long> homes = new ConcurrentHashMap<>();
    private final Set<Long> associated = ConcurrentHashMap.newKeySet();
    private final Map<Long, Integer> statuses = new ConcurrentHashMap<>();
    /** By the OVERLAPPED of an unexpected packet: it is at the port that its socket is at. */
    private final Map<Long, CountDownLatch> arrived = new ConcurrentHashMap<>();
    private final Thread pump = Thread.ofPlatform().daemon().start(this::pump);

    MovablePorts() {
        calls.on("createIoCompletionPort", (real, arguments) -> {
            long socket = (Long) arguments[1];
            long port = (Long) arguments[2];
            if (socket == WindowsCalls.INVALID) {
                return real.call();
            }
            if (!associated.add(socket)) {
                return (long) -ERROR_INVALID_PARAMETER;
            }
            homes.put(socket, port);
            arguments[2] = hub;
            arguments[3] = socket;
            long result = (Long) real.call();
            return result < 0 ? result : port;
        }).on("ntSetInformationFile", (real, arguments) -> {
            homes.put(
                    (Long) arguments[0],
                    NativeMemory.at((Long) arguments[2], FileCompletionInformation.BYTES)
                            .get(ValueLayout.JAVA_LONG, 0));
            return 0;
        }).on("closesocket", (real, arguments) -> {
            associated.remove((Long) arguments[1]);
            return real.call();
        }).on("postQueuedCompletionStatus", (real, arguments) -> {
            arguments[3] = -(Long) arguments[1];
            arguments[1] = hub;
            return real.call();
        }).on("getQueuedCompletionStatusEx", (real, arguments) -> {
            int count = (int) real.call();
            MemorySegment entries = DatagramFaults.entries(arguments);
            for (int i = 0; i < count; i++) {
                Integer status = statuses.remove(DatagramFaults.overlapped(entries, i));
                if (status != null) {
                    DatagramFaults.status(entries, i, status);
                }
            }
            return count;
        });
    }

    /** A packet that nobody expects, as one of the socket's. It is there before this returns, as with Windows. */
    void packet(long socket, long overlapped) throws InterruptedException {
        CountDownLatch there = new CountDownLatch(1);
        arrived.put(overlapped, there);
        assertThat(kernel32.postQueuedCompletionStatus(NativeCalls.threadCapture(), hub, 0, socket, overlapped))
                .isZero();
        there.await();
    }

    private void pump() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment entry = arena.allocate(OverlappedEntry.LAYOUT);
            MemorySegment removed = arena.allocate(ValueLayout.JAVA_INT);
            while (true) {
                int count = kernel32.getQueuedCompletionStatusEx(
                        NativeCalls.threadCapture(), hub, entry.address(), 1, removed.address(), -1, false);
                long key = OverlappedEntry.lpCompletionKey(entry, 0);
                if (count != 1 || key == 0) {
                    return;
                }
                long overlapped = OverlappedEntry.lpOverlapped(entry, 0);
                if (WindowsErrors.fromStatus(OverlappedEntry.internal(entry, 0)) != 0) {
                    statuses.put(overlapped, OverlappedEntry.internal(entry, 0));
                }
                int _ = kernel32.postQueuedCompletionStatus(
                        NativeCalls.threadCapture(), key < 0 ? -key : homes.get(key),
                        OverlappedEntry.dwNumberOfBytesTransferred(entry, 0), 0, overlapped);
                CountDownLatch awaited = arrived.remove(overlapped);
                if (awaited != null) {
                    awaited.countDown();
                }
            }
        }
    }

    @Override
    public void close() {
        assertThat(kernel32.postQueuedCompletionStatus(NativeCalls.threadCapture(), hub, 0, 0, 0)).isZero();
        try {
            assertThat(pump.join(Duration.ofSeconds(30))).isTrue();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
        assertThat(kernel32.closeHandle(NativeCalls.threadCapture(), hub)).isZero();
    }
}
