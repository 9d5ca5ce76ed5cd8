// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.uring;

import dev.ringport.datagram.SegmentationPlanner;
import dev.ringport.loop.KeptMemory;
import dev.ringport.loop.LoopTasks;
import dev.ringport.uring.abi.Errno;
import dev.ringport.uring.abi.IoUringConstants;
import dev.ringport.uring.ring.CompletionQueue;
import dev.ringport.uring.ring.LockedMemory;
import dev.ringport.uring.ring.Operation;
import dev.ringport.uring.ring.OperationTable;
import dev.ringport.uring.ring.Ring;
import dev.ringport.uring.ring.RingSetupException;
import dev.ringport.uring.ring.WakeUp;
import io.netty.channel.IoHandle;
import io.netty.channel.IoHandler;
import io.netty.channel.IoHandlerContext;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.IoRegistration;
import io.netty.util.concurrent.SingleThreadEventExecutor;
import io.netty.util.concurrent.ThreadAwareExecutor;
import io.netty.util.internal.logging.InternalLogger;
import io.netty.util.internal.logging.InternalLoggerFactory;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * An {@link IoHandler} over one io_uring. A loop with it serves {@link UringDatagramChannel}s and whatever else
 * implements {@link UringIoHandle}.
 *
 * <p>In each turn it takes the completions at hand, lets the pipelines read, and then submits everything that they wrote
 * with one system call. Everything but {@link #wakeup()} and {@link #isCompatible} runs on the loop's thread.
 */
public final class UringIoHandler implements IoHandler {
    private static final InternalLogger LOGGER = InternalLoggerFactory.getInstance(UringIoHandler.class);
    private static final long DRAIN_STEP_NANOS = TimeUnit.MILLISECONDS.toNanos(10);
    private static final int MAX_CLOSE_TURNS = 100_000;
    private static final int MAX_REFUSALS = 10_000;
    private static final int MAX_MORE_REFUSALS = 8;

    private final ThreadAwareExecutor executor;
    private final UringIoHandlerConfig config;
    private final Arena arena = Arena.ofShared();
    private final OperationTable operations = new OperationTable();
    private final UringCounters counters = new UringCounters();
    private final PendingCompletions pending = new PendingCompletions();
    private final Set<UringRegistration> registrations = new HashSet<>();
    private final List<UringDatagramChannel> readers = new ArrayList<>();
    private final SegmentationPlanner planner = new SegmentationPlanner(UringSocket.CODEC);
    private final Ring ring;
    private final WakeUp wakeUp;
    private final UringWriters writers;
    private final ReceiveSlotClasses slotClasses;
    private boolean inTurn;
    private boolean enabled;
    private boolean shuttingDown;
    private boolean draining;
    private volatile boolean destroyed;
    private int turn;
    private int handled;
    private final EnterRefusals refusals = new EnterRefusals(System::nanoTime);
    private volatile @Nullable Thread resting;
    private @Nullable Throwable startFailure;

    private UringIoHandler(ThreadAwareExecutor executor, UringIoHandlerConfig config) {
        Uring.ensureAvailability();
        this.executor = executor;
        this.config = config;
        Ring made = null;
        try {
            made = LockedMemory.ring(
                    config.submissionQueueEntries(), config.completionQueueEntries(), arena, config.receiveSlots(),
                    config.largeReceiveSlots());
            made.filterSubmissions(config.submissionFilter());
            made.filterEnters(config.enterFilter());
            reportSize(made);
            ring = made;
            slotClasses = new ReceiveSlotClasses(made, config, arena);
            writers = new UringWriters(this, made.completions().entries(), arena);
            wakeUp = new WakeUp(made, operations, this::makeRoom);
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
        if (submissions < config.submissionQueueEntries() || completions < config.completionQueueEntries()) {
            LOGGER.warn(
                    "the limit of locked memory (RLIMIT_MEMLOCK, ulimit -l) leaves a loop a ring of {} submission and {}"
                            + " completion entries instead of {} and {}",
                    submissions, completions, config.submissionQueueEntries(), config.completionQueueEntries());
        }
    }

    private void release(@Nullable Ring made) {
        if (made != null) {
            made.close();
        }
        arena.close();
    }

    /** A factory of handlers with default sizes. */
    public static IoHandlerFactory newFactory() {
        return newFactory(new UringIoHandlerConfig());
    }

    /**
     * A factory of handlers.
     *
     * @param config copied now: later changes have no effect
     * @throws UnsupportedOperationException when a handler is made and {@link Uring#isAvailable()} is false
     */
    public static IoHandlerFactory newFactory(UringIoHandlerConfig config) {
        UringIoHandlerConfig copy = config.copy();
        return executor -> new UringIoHandler(executor, copy);
    }

    /**
     * Starts the loop.
     *
     * @throws IllegalStateException if the loop's thread is virtual, or the kernel refuses to enable the ring. The loop
     *     then ends, and registrations that wait for it fail with the same message
     */
    @Override
    public void initialize() {
        try {
            if (Thread.currentThread().isVirtual()) {
                throw new IllegalStateException("a loop with a UringIoHandler cannot run on a virtual thread, because a"
                        + " ring belongs to one thread of the system: make the group with a factory of platform threads,"
                        + " such as Thread.ofPlatform().factory() or Netty's DefaultThreadFactory");
            }
            enableRing();
        } catch (IllegalStateException failed) {
            startFailure = failed;
            throw failed;
        }
        enabled = true;
        wakeUp.arm();
        if (executor instanceof SingleThreadEventExecutor loop) {
            // A loop that ends without a quiet period may not call it while it still takes tasks.
            loop.addShutdownHook(this::prepareToDestroy);
        }
        for (UringRegistration registration : List.copyOf(registrations)) {
            registration.loopStarted();
        }
    }

    private void enableRing() {
        try {
            ring.enable();
        } catch (RingSetupException failed) {
            throw new IllegalStateException(failed.getMessage(), failed);
        }
    }

    @Override
    public int run(IoHandlerContext context) {
        handled = 0;
        turn++;
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
        return handled;
    }

    /** Sees to it that completions are there, and waits for one if there is nothing else to do. */
    private void gather(IoHandlerContext context) {
        slotClasses.publish();
        if (!pending.isEmpty() || ring.completions().hasNext()) {
            return;
        }
        if (refusals.isRestDue() && context.canBlock()) {
            // Not followed by a wait: what woke the loop up meanwhile is to be seen to first.
            rest(context);
            return;
        }
        if (!writers.isEmpty()) {
            return;
        }
        if (context.canBlock() && wakeUp.fallAsleep()) {
            try {
                // A task that came before the loop fell asleep has posted no wake-up.
                long nanos = context.canBlock() ? context.delayNanos(System.nanoTime()) : 0;
                if (nanos > 0) {
                    checkWait(ring.submitAndWait(nanos));
                } else {
                    checkEnter(ring.submit(true));
                }
            } finally {
                wakeUp.awake();
            }
        } else if (ring.submissions().pending() > 0 || ring.hasHiddenCompletions()) {
            checkEnter(ring.submit(true));
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
                        LockSupport.parkNanos(this, Math.min(nanos, refusals.nextRestNanos()));
                    }
                } finally {
                    wakeUp.awake();
                }
            }
        } finally {
            resting = null;
        }
    }

    private void checkWait(int result) {
        if (result >= 0 || result == -Errno.ETIME || result == -Errno.EINTR) {
            refusals.accepted();
        } else {
            checkEnter(result);
        }
    }

    /** Looks at the answer of an enter that does not wait: whether the kernel took what there was to take. */
    void checkEnter(int result) {
        boolean full = result == -Errno.EBUSY || result == -Errno.EAGAIN;
        if (result > 0 || (full && ring.completions().hasNext())) {
            refusals.accepted();
        } else if (result < 0 ? result != -Errno.EINTR : ring.submissions().pending() > 0) {
            refusals.refused(-result);
        }
    }

    /** Handles the completions at hand, bounded by the queue's size, and what the pipelines make of them. */
    private void takeTurn() {
        inTurn = true;
        try {
            while (!pending.isEmpty()) {
                long token = pending.token();
                int res = pending.res();
                int flags = pending.flags();
                pending.remove();
                dispatch(token, res, flags);
            }
            CompletionQueue completions = ring.completions();
            // What a dispatch set aside is older than what is in the queue by then.
            for (int i = completions.entries(); i > 0 && pending.isEmpty() && completions.next(); i--) {
                dispatch(completions.userData(), completions.res(), completions.flags());
            }
            completions.release();
            slotClasses.publish();
            writers.settle();
            for (int i = 0; i < readers.size(); i++) {
                endReadBatch(readers.get(i));
            }
            readers.clear();
            writers.serve();
            if (ring.hasHiddenCompletions()) {
                checkEnter(ring.submit(true));
            }
            counters.enters = ring.enters();
            counters.overflows = ring.overflows();
        } finally {
            inTurn = false;
        }
    }

    private static void endReadBatch(UringDatagramChannel channel) {
        try {
            channel.endReadBatch();
        } catch (Throwable t) {
            LOGGER.warn("{}: ending a read failed", channel, t);
        }
    }

    private void dispatch(long token, int res, int flags) {
        Operation operation = operations.find(token);
        if (operation == null) {
            // The result of a cancel, which nobody waits for.
            return;
        }
        if ((flags & IoUringConstants.IORING_CQE_F_MORE) == 0) {
            operations.end(operation);
        }
        try {
            operation.completed(res, flags);
        } catch (Throwable t) {
            LOGGER.warn("handling a completion failed", t);
        }
    }

    /**
     * Handles the results of sends that are in the completion queue.
     *
     * @param all look past other completions, which then wait for the next turn; otherwise stop at the first
     */
    void takeSendResults(boolean all) {
        CompletionQueue completions = ring.completions();
        while (completions.hasNext()) {
            Operation operation = operations.find(completions.peekUserData());
            if (operation != null && operation.completesAnywhere()) {
                completions.next();
                dispatch(completions.userData(), completions.res(), completions.flags());
            } else if (all) {
                completions.next();
                pending.add(completions.userData(), completions.res(), completions.flags());
            } else {
                break;
            }
        }
        completions.release();
        writers.settle();
    }

    /** Makes room for one more entry in the submission queue. */
    void makeRoom() {
        int most = refusals.any() ? MAX_MORE_REFUSALS : MAX_REFUSALS;
        for (int tries = 0; ring.submissions().isFull(); tries++) {
            slotClasses.publish();
            if (ring.submit(false) < 0) {
                // The kernel wants completions to be taken first.
                CompletionQueue completions = ring.completions();
                while (completions.next()) {
                    pending.add(completions.userData(), completions.res(), completions.flags());
                }
                int result = ring.submit(true);
                if (tries >= most && ring.submissions().isFull()) {
                    checkEnter(result);
                    throw new IllegalStateException(
                            "the submission queue stays full; " + Errno.message("io_uring_enter", -result));
                }
            }
        }
    }

    /** The memory of receives. */
    ReceiveSlotClasses slotClasses() {
        return slotClasses;
    }

    /** Cancels an operation if it is in flight. Its own completion tells the outcome; the cancel's is ignored. */
    void cancel(Operation operation) {
        if (operation.isInFlight() && isUsable()) {
            makeRoom();
            ring.submissions().prepareCancel(operation.token(), OperationTable.NOBODY);
        }
    }

    /** Calls the channel's {@code endReadBatch} when the completions at hand are handled. */
    void joinReadBatch(UringDatagramChannel channel) {
        readers.add(channel);
    }

    boolean isInTurn() {
        return inTurn;
    }

    /** Whether operations that are no cancels may be submitted. */
    boolean takesOperations() {
        return !destroyed && !draining;
    }

    /** Whether operations may be submitted. */
    boolean isUsable() {
        return enabled && !destroyed;
    }

    void touched(UringRegistration registration) {
        if (registration.touch(turn)) {
            handled++;
        }
    }

    void onLoop(Runnable task) {
        if (!destroyed || executor.isExecutorThread(Thread.currentThread())) {
            LoopTasks.run(executor, task);
        }
    }

    EnterRefusals refusals() {
        return refusals;
    }

    OperationTable operations() {
        return operations;
    }

    Ring ring() {
        return ring;
    }

    UringWriters writers() {
        return writers;
    }

    SegmentationPlanner planner() {
        return planner;
    }

    /** What this loop has counted. */
    UringCounters counters() {
        return counters;
    }

    @Override
    public IoRegistration register(IoHandle handle) {
        if (!(handle instanceof UringIoHandle uringHandle)) {
            throw new IllegalArgumentException("a UringIoHandler takes UringIoHandles, not " + handle);
        }
        if (startFailure != null) {
            throw new IllegalStateException(startFailure.getMessage(), startFailure);
        }
        if (shuttingDown) {
            throw new IllegalStateException("the event loop is shutting down");
        }
        UringRegistration registration = new UringRegistration(this, uringHandle);
        uringHandle.registered();
        registrations.add(registration);
        return registration;
    }

    boolean forget(UringRegistration registration) {
        return registrations.remove(registration);
    }

    @Override
    public void wakeup() {
        if (!executor.isExecutorThread(Thread.currentThread())) {
            wakeUp.wakeUp();
            Thread sleeper = resting;
            if (sleeper != null) {
                LockSupport.unpark(sleeper);
            }
        }
    }

    @Override
    public boolean isCompatible(Class<? extends IoHandle> handleType) {
        return UringIoHandle.class.isAssignableFrom(handleType);
    }

    @Override
    public void prepareToDestroy() {
        shuttingDown = true;
        for (UringRegistration registration : List.copyOf(registrations)) {
            try {
                registration.handle().close();
            } catch (Exception e) {
                LOGGER.warn("closing {} failed", registration.handle(), e);
            }
        }
        // Cancelled operations end without a wait, some twenty an enter: so handles that were closed end while the loop
        // still takes their tasks. What is left then needs time, which destroy() gives.
        for (int i = 0; i < MAX_CLOSE_TURNS && isUsable() && !inTurn; i++) {
            slotClasses.publish();
            ring.submit(true);
            if (pending.isEmpty() && !ring.completions().hasNext()) {
                return;
            }
            takeTurn();
        }
    }

    @Override
    public void destroy() {
        if (destroyed) {
            return;
        }
        prepareToDestroy();
        if (enabled) {
            drain();
        }
        for (UringRegistration registration : List.copyOf(registrations)) {
            if (registration.handle() instanceof UringDatagramChannel.UringUnsafe unsafe) {
                unsafe.closeWithoutWaiting();
            }
        }
        destroyed = true;
        wakeUp.close();
        if (operations.inFlight() > 0) {
            KeptMemory.keep(this, operations.inFlight(), writers.bytes() + slotClasses.bytes());
            ring.closeDescriptor();
            return;
        }
        slotClasses.close();
        ring.close();
        arena.close();
    }

    /** Waits, within the bound, until nothing is in flight. */
    private void drain() {
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(config.shutdownTimeoutMillis());
        draining = true;
        wakeUp.stop();
        cancel(wakeUp.operation());
        for (UringRegistration registration : List.copyOf(registrations)) {
            registration.cancelOperations();
        }
        while (operations.inFlight() > 0) {
            slotClasses.publish();
            ring.submit(true);
            if (!ring.completions().hasNext() && pending.isEmpty()) {
                if (System.nanoTime() - deadline >= 0) {
                    return;
                }
                int result = ring.submitAndWait(DRAIN_STEP_NANOS);
                if (result < 0 && result != -Errno.ETIME && result != -Errno.EINTR) {
                    LockSupport.parkNanos(DRAIN_STEP_NANOS);
                }
            }
            takeTurn();
        }
    }
}
