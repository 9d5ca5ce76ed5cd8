// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.iocp.selftest;

import dev.ringport.iocp.abi.Overlapped;
import dev.ringport.iocp.abi.WindowsErrors;
import dev.ringport.iocp.selftest.Check.Seen;
import dev.ringport.iocp.selftest.CheckBench.Pair;
import dev.ringport.iocp.selftest.CheckBench.Started;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

import static dev.ringport.iocp.abi.WinsockConstants.FILE_FLAG_SEQUENTIAL_SCAN;
import static dev.ringport.iocp.abi.WinsockConstants.FILE_SHARE_READ;
import static dev.ringport.iocp.abi.WinsockConstants.GENERIC_READ;
import static dev.ringport.iocp.abi.WinsockConstants.OPEN_EXISTING;
import static dev.ringport.iocp.abi.WinsockConstants.TF_USE_DEFAULT_WORKER;

/** {@code TransmitFile}: what it says of what it sent, and how many go on at a time. */
final class TransmitFileChecks {
    private static final int SMALL = 1_000;
    /** More than the system buffers of a connection. */
    private static final int LARGE = 16 << 20;
    private static final int READ_BYTES = 1 << 18;
    private static final int AT_A_TIME = 3;

    /** A check that has a file of its own. */
    private interface WithFile {
        Seen run(CheckBench bench, long file) throws IOException;
    }

    private TransmitFileChecks() {}

    static List<Check> all() {
        String functions = "TransmitFile";
        return List.of(
                Check.of(
                        "TransmitFile that ends at once, notification modes on",
                        functions + " SetFileCompletionNotificationModes",
                        "all bytes arrive; what OVERLAPPED says of them is not relied on",
                        bench -> withFile(bench, SMALL, TransmitFileChecks::inline)),
                Check.of(
                        "TransmitFile to a peer that does not read", functions,
                        "it waits; once the peer reads, the packet tells all bytes",
                        bench -> withFile(bench, LARGE, TransmitFileChecks::stalled)),
                Check.of(
                        "TransmitFile of length 0", functions, "the whole file is sent",
                        bench -> withFile(bench, SMALL, TransmitFileChecks::whole)),
                Check.of(
                        "ReadFile near the end of a file and at it", "ReadFile",
                        "what is left, then the end",
                        bench -> withFile(bench, SMALL, TransmitFileChecks::read)),
                Check.of(
                        "TransmitFile, three at a time", functions + " RtlGetVersion",
                        isServer()
                                ? "this is a server: the third goes on while two stand still"
                                : "this is no server: the third waits while two stand still",
                        bench -> withFile(bench, LARGE, TransmitFileChecks::three))
                        .wine("says that it is a client edition, and is not limited as one"));
    }

    private static boolean isServer() {
        return System.getProperty("os.name", "").toLowerCase(Locale.ROOT).contains("server");
    }

    private static Seen withFile(CheckBench bench, int bytes, WithFile body) throws IOException {
        Path path = Files.createTempFile("ringport", ".selftest");
        try {
            Files.write(path, new byte[bytes]);
            long file = bench.bench.kernel32().createFileW(
                    bench.bench.capture, bench.bench.wide(path.toString()).address(), GENERIC_READ, FILE_SHARE_READ,
                    0, OPEN_EXISTING, FILE_FLAG_SEQUENTIAL_SCAN, 0);
            Bench.check("CreateFileW", (int) Math.min(file, 0));
            try {
                return body.run(bench, file);
            } finally {
                // Ends what still reads the file.
                bench.bench.closeAll();
                Bench.check("CloseHandle", bench.bench.calls.kernel32().closeHandle(bench.bench.capture, file));
            }
        } finally {
            // The system may still have it open for what did not end.
            path.toFile().deleteOnExit();
            boolean _ = path.toFile().delete();
        }
    }

    private static Started start(CheckBench bench, long socket, long file, int bytes) throws IOException {
        MemorySegment overlapped = bench.bench.overlapped();
        int result = bench.bench.extensions().transmitFile(
                bench.bench.capture, socket, file, bytes, 0, overlapped.address(), 0, TF_USE_DEFAULT_WORKER);
        return bench.note(
                new Started("TransmitFile", socket, overlapped, overlapped, bench.bench.number(0), result));
    }

    /** Reads what comes until so many bytes are there, or nothing comes; how many. */
    private static long drain(CheckBench bench, long socket, long atMost) throws IOException {
        long total = 0;
        while (total < atMost) {
            Integer result = bench.endWithin(bench.startReceive(socket, READ_BYTES), Bench.PATIENCE_MILLIS);
            if (result == null || result <= 0) {
                break;
            }
            total += result;
        }
        return total;
    }

    private static Seen read(CheckBench bench, long file) throws IOException {
        int left = 10;
        int some = read(bench, file, SMALL - left);
        int none = read(bench, file, SMALL);
        return new Seen(
                some == left && (none == 0 || none == -WindowsErrors.ERROR_HANDLE_EOF),
                CheckBench.told(some) + ", then " + (none == 0 ? "0 bytes" : CheckBench.told(none)));
    }

    /** How many bytes, or a negated code. */
    private static int read(CheckBench bench, long file, int from) throws IOException {
        MemorySegment overlapped = bench.bench.overlapped();
        Overlapped.offset(overlapped, 0, from);
        MemorySegment count = bench.bench.number(0);
        int result = bench.bench.kernel32().readFile(
                bench.bench.capture, file, bench.bench.room(READ_BYTES).address(), READ_BYTES, count.address(),
                overlapped.address());
        return result < 0 ? result : Bench.value(count);
    }

    private static Seen inline(CheckBench bench, long file) throws IOException {
        Pair pair = bench.connectedAtPort();
        Check.needs("SetFileCompletionNotificationModes", bench.skipPackets(pair.client()));
        Started sending = start(bench, pair.client(), file, SMALL);
        String how;
        if (sending.result() == 0) {
            int packets = bench.port().take(CheckBench.SILENCE_MILLIS);
            how = "ended at once, OVERLAPPED says " + CheckBench.overlappedSays(sending.overlapped()) + "; "
                    + (packets == 0 ? "no packet" : "a packet");
        } else {
            how = "did not end at once: " + CheckBench.told(bench.end(sending));
        }
        long arrived = drain(bench, pair.accepted(), SMALL);
        return new Seen(arrived == SMALL, how + "; " + arrived + " of " + SMALL + " bytes arrived");
    }

    private static Seen stalled(CheckBench bench, long file) throws IOException {
        Pair pair = bench.connectedAtPort();
        Started sending = start(bench, pair.client(), file, LARGE);
        Integer early = bench.endWithin(sending, CheckBench.SILENCE_MILLIS);
        if (early != null) {
            return new Seen(false, "it ended before the peer read: " + CheckBench.told(early));
        }
        long arrived = drain(bench, pair.accepted(), LARGE);
        int told = bench.end(sending);
        return new Seen(
                arrived == LARGE && told == LARGE,
                "it waited; the packet: " + CheckBench.told(told) + "; " + arrived + " of " + LARGE
                        + " bytes arrived");
    }

    private static Seen whole(CheckBench bench, long file) throws IOException {
        Pair pair = bench.connectedAtPort();
        int told = bench.end(start(bench, pair.client(), file, 0));
        long arrived = told < 0 ? 0 : drain(bench, pair.accepted(), SMALL);
        return new Seen(
                arrived == SMALL, "the packet: " + (told == 0 ? "0 bytes" : CheckBench.told(told)) + "; " + arrived
                        + " of " + SMALL + " bytes arrived");
    }

    private static Seen three(CheckBench bench, long file) throws IOException {
        Pair last = bench.connectedAtPort();
        for (int i = 0; i < AT_A_TIME; i++) {
            last = bench.connectedAtPort();
            Started sending = start(bench, last.client(), file, LARGE);
            Bench.check("TransmitFile", sending.isRefused() ? sending.result() : 0);
        }
        long arrived = drain(bench, last.accepted(), LARGE);
        boolean waits = arrived < LARGE;
        return new Seen(
                waits != isServer(),
                "of the third " + arrived + " of " + LARGE + " bytes arrived while two stood still");
    }
}
