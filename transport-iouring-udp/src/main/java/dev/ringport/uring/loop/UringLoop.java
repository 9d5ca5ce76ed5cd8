// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.uring.loop;

import dev.ringport.datagram.send.TrainBuilder;
import dev.ringport.linux.abi.Errno;
import dev.ringport.linux.socket.LinuxSocket;
import dev.ringport.loop.KeptMemory;
import dev.ringport.uring.receive.RingCounters;
import dev.ringport.uring.receive.RingReceives;
import dev.ringport.uring.ring.LockedMemory;
import dev.ringport.uring.ring.Ring;
import dev.ringport.uring.ring.RingOperations;
import dev.ringport.uring.ring.RingSetupException;
import dev.ringport.uring.ring.WakeUp;
import dev.ringport.uring.send.RingSends;
import io.netty.channel.IoHandlerContext;
import io.netty.util.concurrent.ThreadAwareExecutor;
import io.netty.util.internal.logging.InternalLogger;
import io.netty.util.internal.logging.InternalLoggerFactory;
import java.lang.foreign.Arena;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * The turn of one loop over its ring: gather completions, hand them on, end the read batches, and send what the
 * pipelines wrote with one system call. All but {@link #wakeUp()} is the loop's thread's.
 */
public final class UringLoop {
    private static final InternalLogger LOGGER = InternalLoggerFactory.getInstance(UringLoop.class);
    private static final long DRAIN_STEP_NANOS = TimeUnit.MILLISECONDS.toNanos(10);
    private static final int MAX_CLOSE_TURNS = 100_000;

    private final Arena arena = Arena.ofShared();
    private final RingCounters counters = new RingCounters();
    private final TrainBuilder trains = new TrainBuilder(LinuxSocket.CODEC);
    private final LoopSizes sizes;
    private final Ring ring;
    private final RingOperations operations;
    private final WakeUp wakeUp;
    private final RingSends sends;
    private final RingReceives receives;
    private boolean inTurn;
    private volatile @Nullable Thread resting;

    /**
     * Sets the ring up, disabled, on any thread.
     *
     * @throws IllegalStateException if the kernel refuses
     */
    public UringLoop(ThreadAwareExecutor executor, LoopSizes sizes) {
        this.sizes = sizes;
        Ring made = null;
        try {
            made = LockedMemory.ring(
                    sizes.submissionEntries(), sizes.completionEntries(), arena,
                    sizes.receiveSlots());
            made.filterSubmissions(sizes.submissionFilter());
            made.filterEnters(sizes.enterFilter());
            reportSize(made);
            ring = made;
            operations = new RingOperations(made);
            receives = new RingReceives(operations, counters, sizes.receiveSlots(), arena);
            sends = new RingSends(executor, operations, counters, arena);
            wakeUp = new WakeUp(operations);
        } catch (RingSetupException failed) {
            release(made);
            throw new IllegalStateException(failed.getMessage(), failed);
        } catch (RuntimeException | Error failed) {
            release(made);
            throw failed;
        }
    }

    private void reportSize(Ring made) {
        int submissions = made.submissions().entries();
        int completions = made.completions().entries();
        if (submissions < sizes.submissionEntries() || completions < sizes.completionEntries()) {
            LOGGER.warn(
                    "the limit of locked memory (RLIMIT_MEMLOCK, ulimit -l) leaves a loop a ring of {} submission and {}"
                            + " completion entries instead of {} and {}",
                    submissions, completions, sizes.submissionEntries(), sizes.completionEntries());
        }
    }

    private void release(@Nullable Ring made) {
        if (made != null) {
            made.close();
        }
        arena.close();
    }

    /**
     * Enables the ring for the calling thread, which is the loop's.
     *
     * @throws IllegalStateException if that is a virtual thread, or the kernel refuses
     */
    public void start() {
        if (Thread.currentThread().isVirtual()) {
            throw new IllegalStateException("a loop with a UringIoHandler cannot run on a virtual thread, because a"
                    + " ring belongs to one thread of the system: make the group with a factory of platform threads,"
                    + " such as Thread.ofPlatform().factory() or Netty's DefaultThreadFactory");
        }
        try {
            ring.enable();
        } catch (RingSetupException failed) {
            throw new IllegalStateException(failed.getMessage(), failed);
        }
        operations.started();
        wakeUp.arm();
    }

    /** The operations of this loop's ring. */
    public RingOperations operations() {
        return operations;
    }

    /** What the channels of this loop send with. */
    public RingSends sends() {
        return sends;
    }

    /** What the channels of this loop receive with. */
    public RingReceives receives() {
        return receives;
    }

    /** What this loop counts. */
    public RingCounters counters() {
        return counters;
    }

    /** Makes the operations of all channels. */
    public TrainBuilder trains() {
        return trains;
    }

    /** Whether completions are being handed on. */
    public boolean isInTurn() {
        return inTurn;
    }

    /** Wakes the loop. From any thread, at any time. */
    public void wakeUp() {
        wakeUp.wakeUp();
        Thread sleeper = resting;
        if (sleeper != null) {
            LockSupport.unpark(sleeper);
        }
    }

    /** One turn; the answer is the number of handles that had I/O. */
    public int run(IoHandlerContext context) {
        operations.beginTurn();
        try {
            gather(context);
            boolean report = context.shouldReportActiveIoTime();
            long start = report ? System.nanoTime() : 0;
            takeTurn();
            if (report) {
                context.reportActiveIoTime(System.nanoTime() - start);
            }
        } catch (Throwable t) {
            // An exception out of here would end the loop.
            LOGGER.warn("a turn of the event loop failed", t);
        }
        return operations.handled();
    }

    /** Sees to it that completions are there, and waits for one if there is nothing else to do. */
    private void gather(IoHandlerContext context) {
        if (operations.hasCompletions()) {
            return;
        }
        if (operations.refusals().isRestDue() && context.canBlock()) {
            // Not followed by a wait: what woke the loop up meanwhile is to be seen to first.
            rest(context);
            return;
        }
        if (!sends.isEmpty()) {
            return;
        }
        if (context.canBlock() && wakeUp.fallAsleep()) {
            try {
                // A task that came before the loop fell asleep has posted no wake-up.
                long nanos = context.canBlock() ? context.delayNanos(System.nanoTime()) : 0;
                if (nanos > 0) {
                    int _ = operations.submitAndWait(nanos);
                } else {
                    operations.submit(true);
                }
            } finally {
                wakeUp.awake();
            }
        } else if (ring.submissions().pending() > 0 || ring.hasHiddenCompletions()) {
            operations.submit(true);
        }
    }

    /** Lets some time pass before the kernel is asked again, unless somebody wakes the loop. */
    private void rest(IoHandlerContext context) {
        // Before the loop falls asleep: who finds it asleep finds whom to wake.
        resting = Thread.currentThread();
        try {
            if (wakeUp.fallAsleep()) {
                try {
                    long nanos = context.canBlock() ? context.delayNanos(System.nanoTime()) : 0;
                    if (nanos > 0) {
                        LockSupport.parkNanos(this, Math.min(nanos, operations.refusals().nextRestNanos()));
                    }
                } finally {
                    wakeUp.awake();
                }
            }
        } finally {
            resting = null;
        }
    }

    private void takeTurn() {
        // What was flushed before the turn does not wait for what is read in it.
        sends.serveGathered();
        inTurn = true;
        sends.beginTurn();
        try {
            operations.dispatchAll();
            sends.settle();
            receives.endBatches();
            sends.serve();
            if (ring.hasHiddenCompletions()) {
                operations.submit(true);
            }
            counters.enters = ring.enters();
            counters.overflows = ring.overflows();
        } finally {
            inTurn = false;
            sends.endTurn();
        }
    }

    /**
     * Cancelled operations end without a wait, some twenty an enter: so handles that were closed end while the loop
     * still takes their tasks. What is left then needs time, which {@link #drain} gives.
     */
    public void endWhatIsCancelled() {
        for (int i = 0; i < MAX_CLOSE_TURNS && operations.isUsable() && !inTurn; i++) {
            operations.submit(true);
            if (!operations.hasCompletions()) {
                return;
            }
            takeTurn();
        }
    }

    /** From now on nothing but cancels is submitted; {@code cancelOthers} cancels what this loop did not begin. */
    public void drain(Runnable cancelOthers) {
        if (!operations.isUsable()) {
            return;
        }
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(sizes.shutdownTimeoutMillis());
        operations.drain();
        wakeUp.stop();
        operations.cancel(wakeUp.operation());
        cancelOthers.run();
        while (operations.table().inFlight() > 0) {
            operations.submit(true);
            if (!operations.hasCompletions()) {
                if (System.nanoTime() - deadline >= 0) {
                    return;
                }
                int result = operations.submitAndWait(DRAIN_STEP_NANOS);
                if (result < 0 && result != -Errno.ETIME && result != -Errno.EINTR) {
                    LockSupport.parkNanos(DRAIN_STEP_NANOS);
                }
            }
            takeTurn();
        }
    }

    /** Frees everything, or keeps it all where the kernel may still touch it. */
    public void close() {
        operations.close();
        wakeUp.close();
        int inFlight = operations.table().inFlight();
        if (inFlight > 0) {
            KeptMemory.keep(this, inFlight, sends.bytes() + receives.bytes());
            ring.closeDescriptor();
            return;
        }
        receives.close();
        ring.close();
        arena.close();
    }
}
