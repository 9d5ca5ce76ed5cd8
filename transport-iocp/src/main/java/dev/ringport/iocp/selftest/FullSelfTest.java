// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.iocp.selftest;

import dev.ringport.iocp.abi.WindowsCalls;
import dev.ringport.iocp.selftest.Check.CannotException;
import dev.ringport.iocp.selftest.Check.Seen;
import dev.ringport.iocp.selftest.FullReport.Finding;
import dev.ringport.iocp.selftest.FullReport.Verdict;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Tries what only a real Windows can show, one check after the other, each on a thread of its own: one that hangs is
 * named, with the call that it hangs in, and the next goes on.
 */
public final class FullSelfTest {
    private static final int BOUND_MILLIS = 15_000;
    private static final int CLOSE_MILLIS = 2_000;
    private static final int WHOLE_MILLIS = 240_000;
    private static final String HERE = FullSelfTest.class.getPackageName() + ".";

    /**
     * How to run it.
     *
     * @param wine whether this is Wine, which is no judge of some things
     * @param boundMillis how long one check may take
     * @param lookup a name to look up; null for none, so that nothing leaves this machine
     */
    public record Options(boolean wine, int boundMillis, @Nullable String lookup) {
        /** With the bounds that users get. */
        public static Options of(boolean wine, @Nullable String lookup) {
            return new Options(wine, BOUND_MILLIS, lookup);
        }
    }

    private final WindowsCalls calls;
    private final Options options;
    private final Consumer<? super Finding> listener;
    private final FullReport report = new FullReport();
    private final long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(WHOLE_MILLIS);

    private FullSelfTest(WindowsCalls calls, Options options, Consumer<? super Finding> listener) {
        this.calls = calls;
        this.options = options;
        this.listener = listener;
    }

    /**
     * Runs all checks; blocks for about a minute. Never throws.
     *
     * @param listener takes each finding as it comes
     */
    public static FullReport run(WindowsCalls calls, Options options, Consumer<? super Finding> listener) {
        FullSelfTest test = new FullSelfTest(calls, options, listener);
        test.run(withoutInterfaces(options.lookup()));
        test.run(test.interfaces());
        return test.report;
    }

    /** What all checks are about: their names, each with functions of the README's table. */
    public static Map<String, List<String>> plan() throws IOException {
        Map<String, List<String>> plan = new LinkedHashMap<>();
        withoutInterfaces(null).forEach(check -> plan.put(check.name(), check.functions()));
        OffloadChecks.all().forEach(check -> plan.put(check.name(), check.functions()));
        return plan;
    }

    /** Runs the checks whose names begin so. */
    public static FullReport run(WindowsCalls calls, Options options, String prefix) throws IOException {
        FullSelfTest test = new FullSelfTest(calls, options, finding -> {});
        List<Check> all = new ArrayList<>(withoutInterfaces(options.lookup()));
        all.addAll(OffloadChecks.all());
        test.run(all.stream().filter(check -> check.name().startsWith(prefix)).toList());
        return test.report;
    }

    /**
     * What the other process of a check of binds does.
     *
     * @return how it went, for its standard output
     */
    public static String otherProcess(WindowsCalls calls, int port) throws IOException {
        return BindChecks.inOtherProcess(calls, port);
    }

    private static List<Check> withoutInterfaces(@Nullable String lookup) {
        List<Check> all = new ArrayList<>();
        all.addAll(MovingChecks.all());
        all.addAll(CloseChecks.all());
        all.addAll(DatagramChecks.all());
        all.addAll(TransmitFileChecks.all());
        all.addAll(BindChecks.all());
        all.addAll(NameChecks.all(lookup));
        return all;
    }

    /** Bounded as the checks are, since it asks the system. */
    private List<Check> interfaces() {
        List<Check> found = new ArrayList<>();
        Check listing = Check.of("offloads: interfaces", "setsockopt", "at least one that is up", bench -> {
            List<Check> all = OffloadChecks.all();
            synchronized (found) {
                found.addAll(all);
            }
            return new Seen(!all.isEmpty(), all.isEmpty() ? "none" : OffloadChecks.names(all));
        });
        run(listing);
        synchronized (found) {
            return List.copyOf(found);
        }
    }

    private void run(List<Check> checks) {
        for (Check check : checks) {
            if (System.nanoTime() - end > 0) {
                add(check, new Seen(false, "not tried: the others took too long"), Verdict.FAILED, 0);
            } else {
                run(check);
            }
        }
    }

    private void run(Check check) {
        CheckBench bench = new CheckBench(calls);
        AtomicReference<@Nullable Seen> seen = new AtomicReference<>();
        AtomicReference<@Nullable Throwable> thrown = new AtomicReference<>();
        long start = System.nanoTime();
        Thread worker = Thread.ofPlatform().daemon().name("ringport-selftest").start(() -> {
            try {
                seen.set(check.body().run(bench));
            } catch (Throwable t) {
                thrown.set(t);
            }
            try {
                bench.end();
            } catch (Throwable t) {
                // What the check itself says goes first.
                boolean _ = thrown.compareAndSet(null, t);
            }
        });
        join(worker, options.boundMillis());
        String hungIn = worker.isAlive() ? where(worker) : null;
        if (hungIn != null) {
            bench.bench.timeIsUp();
            // Ends the calls that wait on them; the thread then sees off what is left, or keeps its memory by living.
            bench.bench.closeAll();
            join(worker, CLOSE_MILLIS);
        }
        long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
        Seen what = seen.get();
        Throwable failure = thrown.get();
        if (hungIn != null) {
            add(check, new Seen(false, "did not end within " + options.boundMillis() + " ms, " + hungIn),
                    Verdict.FAILED, millis);
        } else if (failure instanceof CannotException) {
            add(check, new Seen(false, String.valueOf(failure.getMessage())), Verdict.CANNOT, millis);
        } else if (failure != null || what == null) {
            String before = what == null ? "" : what.what() + "; then ";
            add(check, new Seen(false, before + message(failure)), Verdict.FAILED, millis);
        } else {
            judge(check, what, millis);
        }
    }

    private static String message(@Nullable Throwable failure) {
        return failure instanceof IOException && failure.getMessage() != null
                ? failure.getMessage()
                : String.valueOf(failure);
    }

    private void judge(Check check, Seen seen, long millis) {
        String unlike = check.unlikeWindows();
        if (seen.asExpected()) {
            add(check, seen, Verdict.AS_EXPECTED, millis);
        } else if (options.wine() && unlike != null) {
            add(check, new Seen(false, seen.what() + "; Wine " + unlike), Verdict.CANNOT, millis);
        } else {
            add(check, seen, Verdict.DIFFERS, millis);
        }
    }

    private void add(Check check, Seen seen, Verdict verdict, long millis) {
        Finding finding = new Finding(
                check.name(), check.functions(), check.expected(), seen.what(), verdict, millis);
        report.add(finding);
        listener.accept(finding);
    }

    /** The call of the system that a thread is in, and the method of this package that made it. */
    private static String where(Thread worker) {
        StackTraceElement called = null;
        for (StackTraceElement frame : worker.getStackTrace()) {
            if (frame.getClassName().startsWith(HERE)) {
                String by = frame.getClassName().substring(HERE.length()) + "." + frame.getMethodName();
                return called == null ? "in " + by : "in " + called.getMethodName() + ", called by " + by;
            }
            called = frame;
        }
        return "between two calls";
    }

    private static void join(Thread worker, int millis) {
        boolean interrupted = Thread.interrupted();
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
        while (worker.isAlive() && System.nanoTime() - deadline < 0) {
            try {
                worker.join(Math.max(1, TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime())));
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
