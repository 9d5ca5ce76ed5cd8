// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.iocp.selftest;

import dev.ringport.iocp.abi.WindowsCalls;
import dev.ringport.iocp.abi.WsaData;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Runs all steps on a thread of their own, so that a call that hangs is named too. */
public final class SelfTest {
    private static final int LIMIT_MILLIS = 10_000;
    private static final int CLOSE_MILLIS = 2_000;

    private final Bench bench;
    private final @Nullable Supplier<String> capabilities;
    private final int limitMillis;

    private SelfTest(WindowsCalls calls, Report report, @Nullable Supplier<String> capabilities, int limitMillis) {
        bench = new Bench(calls, report);
        this.capabilities = capabilities;
        this.limitMillis = limitMillis;
    }

    /**
     * Runs the test; blocks for 12 s at most.
     *
     * @param title the report's first line until the capabilities are known
     * @param capabilities answers the first line; within the time limit, since it calls the system too
     * @return what was found; it may be incomplete if a call hung, and then says so
     */
    public static Report run(WindowsCalls calls, String title, Supplier<String> capabilities) {
        return run(calls, title, capabilities, LIMIT_MILLIS);
    }

    /** As above, with another limit, and maybe without capabilities. */
    public static Report run(
            WindowsCalls calls, String title, @Nullable Supplier<String> capabilities, int limitMillis) {
        Report report = new Report(title);
        try {
            new SelfTest(calls, report, capabilities, limitMillis).run();
        } catch (Throwable t) {
            report.add(report.current(), Report.Outcome.FAILED, 0, t.toString());
        }
        report.end();
        return report;
    }

    private void run() {
        Thread worker = Thread.ofPlatform().daemon().name("ringport-selftest").start(this::steps);
        boolean interrupted = join(worker, limitMillis);
        if (worker.isAlive()) {
            bench.timeIsUp();
            String hung = bench.report.current();
            bench.report.add(
                    hung, Report.Outcome.FAILED, TimeUnit.MILLISECONDS.toMicros(limitMillis),
                    "did not end within " + limitMillis + " ms");
            // Ends the calls that wait on them; the thread then sees off what is left, or keeps its memory by living.
            bench.closeAll();
            interrupted |= join(worker, CLOSE_MILLIS);
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private static boolean join(Thread worker, int millis) {
        boolean interrupted = Thread.interrupted();
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
        while (worker.isAlive() && System.nanoTime() < deadline) {
            try {
                worker.join(Math.max(1, TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime())));
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        return interrupted;
    }

    private void steps() {
        Supplier<String> known = capabilities;
        if (known != null) {
            group(() -> bench.step("capabilities", () -> {
                bench.report.title(known.get());
                return "";
            }));
        }
        try {
            bench.step("WSAStartup", this::startUp);
        } catch (IOException reported) {
            return;
        }
        group(() -> new ClassicSteps(bench).run());
        group(() -> new NameSteps(bench).run());
        group(this::overlapped);
        bench.closeAll();
        bench.cleanUp("WSACleanup", () -> {
            Bench.check("WSACleanup", bench.calls.winsock().wsaCleanup(bench.capture));
            return "";
        });
    }

    /** Steps that build on each other. */
    private interface Group {
        void run() throws IOException;
    }

    /** The first failure ends its group: it stands in the report already. */
    private static void group(Group group) {
        try {
            group.run();
        } catch (IOException reported) {
            return;
        }
    }

    private String startUp() throws IOException {
        MemorySegment data = bench.arena.allocate(WsaData.LAYOUT);
        Bench.check("WSAStartup", bench.winsock().wsaStartup(WindowsCalls.WINSOCK_VERSION, data.address()));
        int version = WsaData.wVersion(data, 0);
        return "Winsock " + (version & 0xff) + "." + (version >> 8);
    }

    private void overlapped() throws IOException {
        PacketPort[] made = new PacketPort[1];
        bench.step("CreateIoCompletionPort", () -> {
            made[0] = new PacketPort(bench);
            return "";
        });
        PacketPort port = made[0];
        group(() -> bench.step("PostQueuedCompletionStatus, GetQueuedCompletionStatusEx", () -> {
            port.wakeUp();
            return "";
        }));
        group(() -> new StreamSteps(bench, port).run());
        group(() -> new DatagramSteps(bench, port).run());
        group(() -> new OptionalSteps(bench, port).run());
        bench.closeAll();
        bench.cleanUp("CloseHandle of the port", () -> {
            port.close();
            return "";
        });
    }
}
