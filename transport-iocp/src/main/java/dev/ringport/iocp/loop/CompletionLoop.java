// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.iocp.loop;

import dev.ringport.datagram.send.TrainBuilder;
import dev.ringport.iocp.abi.WindowsCalls;
import dev.ringport.iocp.abi.WindowsErrors;
import dev.ringport.iocp.abi.WindowsVersion;
import dev.ringport.loop.KeptMemory;
import dev.ringport.loop.LoopTasks;
import dev.ringport.loop.WakeUpGate;
import io.netty.channel.IoHandle;
import io.netty.channel.IoHandlerContext;
import io.netty.util.concurrent.SingleThreadEventExecutor;
import io.netty.util.concurrent.ThreadAwareExecutor;
import io.netty.util.internal.logging.InternalLogger;
import io.netty.util.internal.logging.InternalLoggerFactory;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * One completion port and what its loop does in each turn: it takes the completion packets at hand with one call and
 * hands each to its operation. Everything but {@link #wakeUp()} runs on the loop's thread.
 */
public final class CompletionLoop {
    private static final InternalLogger LOGGER = InternalLoggerFactory.getInstance(CompletionLoop.class);
    private static final int DRAIN_STEP_MILLIS = 10;
    /** How long a loop that ends waits for the packets of sockets that it has closed the hard way. */
    private static final int AFTER_CLOSE_MILLIS = 1_000;
    private static final int MAX_ENDED_A_TURN = 256;
    private static final int MAX_CLOSE_TURNS = 100_000;
    private static final int LOG_EVERY = 100_000;
    private static final long NANOS_PER_MILLI = TimeUnit.MILLISECONDS.toNanos(1);

    /** How far the end of the loop has come. */
    private enum Life {
        /** It takes registrations. */
        OPEN,
        /** It takes no more, and has its channels close. */
        ENDING,
        /** Its port is closed. */
        DESTROYED
    }

    private final ThreadAwareExecutor executor;
    private final int shutdownTimeoutMillis;
    private final WindowsCalls calls;
    private final Arena arena;
    private final OperationTable operations;
    private final LoopCounters counters = new LoopCounters();
    private final WakeUpGate gate = new WakeUpGate();
    private final BooleanSupplier post = this::post;
    private final Set<LoopRegistration> registrations = new HashSet<>();
    private final EndingRetries retries = new EndingRetries(registrations);
    private final List<TurnEnd> atTurnEnd = new ArrayList<>();
    private final TrainBuilder trains = new TrainBuilder(OverlappedSocket.CODEC);
    private final CompletionPort port;
    private final IdleReads idleReads = new IdleReads();
    private final boolean transmitsFiles;
    private volatile Life life = Life.OPEN;
    /** It has run: operations may be started. A loop may end without. */
    private boolean started;
    /** Completions are being handled. */
    private boolean inTurn;
    private @Nullable IllegalStateException startFailure;
    private int turn;
    private int handled;
    private long refusals;

    /** Called once when the completions at hand are handled. */
    public interface TurnEnd {
        void endOfTurn();
    }

    /**
     * @param arena closed with the loop
     * @param dequeueBatch the most packets taken with one call
     * @param shutdownTimeoutMillis how long a loop that ends waits for what is under way
     * @throws IllegalStateException if Windows makes no port
     */
    public CompletionLoop(
            ThreadAwareExecutor executor, WindowsCalls calls, Arena arena, int dequeueBatch,
            int shutdownTimeoutMillis) {
        this.executor = executor;
        this.arena = arena;
        this.calls = calls;
        this.shutdownTimeoutMillis = shutdownTimeoutMillis;
        try {
            operations = new OperationTable(arena);
            transmitsFiles = !WindowsVersion.isClient(calls.ntdll());
            port = new CompletionPort(calls.kernel32(), dequeueBatch, arena);
        } catch (IOException failed) {
            arena.close();
            throw new IllegalStateException(failed.getMessage(), failed);
        } catch (RuntimeException | Error failed) {
            arena.close();
            throw failed;
        }
    }

    /**
     * The loop runs for the first time: what was asked for before is started.
     *
     * @throws IllegalStateException on a virtual thread: registrations that wait, and those to come, fail with it too
     */
    public void start() {
        if (Thread.currentThread().isVirtual()) {
            startFailure = new IllegalStateException(
                    "a loop with an IocpIoHandler cannot run on a virtual thread, because"
                            + " its wait at the completion port would keep a carrier thread from all others: make the group with"
                            + " a factory of platform threads, such as Thread.ofPlatform().factory() or Netty's"
                            + " DefaultThreadFactory");
            throw startFailure;
        }
        started = true;
        if (executor instanceof SingleThreadEventExecutor threads) {
            // A loop that ends without a quiet period may not call it while it still takes tasks.
            threads.addShutdownHook(this::prepareToDestroy);
        }
        for (LoopRegistration registration : List.copyOf(registrations)) {
            if (registration.handle() instanceof LoopHandle handle) {
                handle.loopStarted();
            }
        }
    }

    /** A turn. The answer is how many handles had I/O. */
    public int run(IoHandlerContext context) {
        handled = 0;
        turn++;
        try {
            boolean report = context.shouldReportActiveIoTime();
            // What a task started and ended at once: told before the loop waits, not after a call for packets of its own.
            long active = report ? -System.nanoTime() : 0;
            takeTurn(0);
            active += report ? System.nanoTime() : 0;
            int packets = gather(context);
            active -= report ? System.nanoTime() : 0;
            takeTurn(packets);
            if (report) {
                context.reportActiveIoTime(active + System.nanoTime());
            }
        } catch (Throwable t) {
            // An exception out of here would end the loop.
            LOGGER.warn("a turn of the event loop failed", t);
        }
        return handled;
    }

    /** Takes packets, and waits for one if there is nothing else to do. */
    private int gather(IoHandlerContext context) {
        if (operations.endedCount() == 0 && atTurnEnd.isEmpty() && context.canBlock() && gate.fallAsleep()) {
            try {
                // A task that came before the loop fell asleep has posted no wake-up.
                return take(context.canBlock() ? millis(context.delayNanos(System.nanoTime())) : 0);
            } finally {
                gate.awake();
            }
        }
        return operations.inFlight() > operations.endedCount() ? take(0) : 0;
    }

    /** Rounded up: a loop that wakes too early would turn once more for nothing. */
    private static int millis(long nanos) {
        if (nanos <= 0) {
            return 0;
        }
        long whole = nanos / NANOS_PER_MILLI + (nanos % NANOS_PER_MILLI == 0 ? 0 : 1);
        return (int) Math.min(whole, Integer.MAX_VALUE);
    }

    private int take(int millis) {
        int count = port.take(millis);
        counters.dequeues++;
        if (count < 0) {
            if (refusals++ % LOG_EVERY == 0) {
                LOGGER.warn("GetQueuedCompletionStatusEx failed: {}", WindowsErrors.describe(-count));
            }
            return 0;
        }
        return count;
    }

    private void takeTurn(int packets) {
        if (packets == 0 && operations.endedCount() == 0 && atTurnEnd.isEmpty()) {
            return;
        }
        inTurn = true;
        try {
            // Bounded: a connection that always has more to read must not keep the others from their packets.
            int left = tellEnded(MAX_ENDED_A_TURN);
            for (int i = 0; i < packets; i++) {
                long overlapped = port.overlapped(i);
                if (overlapped != 0) {
                    counters.packets++;
                    dispatch(overlapped, port.code(i), port.bytes(i));
                }
            }
            // What these calls started and ended at once is told in the same turn: the next one can wait for packets.
            do {
                left = tellEnded(left);
                for (int i = 0; i < atTurnEnd.size(); i++) {
                    endOfTurn(atTurnEnd.get(i));
                }
                atTurnEnd.clear();
            } while (left > 0 && operations.endedCount() > 0);
        } finally {
            inTurn = false;
        }
    }

    /** Tells operations that have ended without a packet, so many at most; the answer is how many more might be told. */
    private int tellEnded(int most) {
        int left = most;
        while (left > 0 && operations.endedCount() > 0) {
            left--;
            tell(operations.pollEnded());
        }
        return left;
    }

    private void tell(@Nullable Operation operation) {
        if (operation == null) {
            return;
        }
        try {
            operations.tell(operation);
        } catch (Throwable t) {
            LOGGER.warn("handling a completion failed", t);
        }
    }

    private void dispatch(long overlapped, int code, int bytes) {
        try {
            if (!operations.packet(overlapped, code, bytes)) {
                LOGGER.warn("a packet with an unknown OVERLAPPED at {}", Long.toHexString(overlapped));
            }
        } catch (Throwable t) {
            LOGGER.warn("handling a completion failed", t);
        }
    }

    private static void endOfTurn(TurnEnd end) {
        try {
            end.endOfTurn();
        } catch (Throwable t) {
            LOGGER.warn("{}: ending a turn failed", end, t);
        }
    }

    /** Calls {@code end} once when the completions at hand are handled; in the next turn if none is going on. */
    public void atEndOfTurn(TurnEnd end) {
        atTurnEnd.add(end);
    }

    /** Forgets what {@link #atEndOfTurn} was asked. */
    public void forgetTurnEnd(TurnEnd end) {
        for (int i = 0; i < atTurnEnd.size(); i++) {
            if (atTurnEnd.get(i).equals(end)) {
                // Not removed: the turn that is going on counts on the indices.
                atTurnEnd.set(i, () -> {});
            }
        }
    }

    /** A task of an operation waits for a timer: should the loop end first, it runs then. */
    public void addRetry(Runnable task) {
        retries.add(task);
    }

    /** Such a task waits no longer. */
    public void removeRetry(Runnable task) {
        retries.remove(task);
    }

    /** Whether the memory of the loop's operations is there: it goes with the loop, unless Windows has one. */
    public boolean hasMemory() {
        return arena.scope().isAlive();
    }

    /** Cancels an operation that Windows has. Its own packet tells the outcome. */
    public void cancel(long socket, Operation operation) {
        if (operation.isUnderWay()) {
            int result = calls.kernel32().cancelIoEx(port.capture(), socket, operation.address());
            if (result < 0 && result != -WindowsErrors.ERROR_NOT_FOUND) {
                LOGGER.debug("CancelIoEx failed: {}", WindowsErrors.describe(-result));
            }
        }
    }

    /** Whether completions are being handled. */
    public boolean isInTurn() {
        return inTurn;
    }

    /** The number of the turn. */
    public int turn() {
        return turn;
    }

    /** Whether operations may be started. */
    public boolean isUsable() {
        return started && life != Life.DESTROYED;
    }

    void touched(LoopRegistration registration) {
        if (registration.touch(turn)) {
            handled++;
        }
    }

    /** Runs a task on the loop, at once where that is the current thread. */
    public void onLoop(Runnable task) {
        if (life != Life.DESTROYED || executor.isExecutorThread(Thread.currentThread())) {
            LoopTasks.run(executor, task);
        }
    }

    /** What the loop calls. */
    public WindowsCalls calls() {
        return calls;
    }

    /** The port. */
    public CompletionPort port() {
        return port;
    }

    /** The operations of all channels. */
    public OperationTable operations() {
        return operations;
    }

    /** What makes datagrams into trains, with the peers that the channels share. */
    public TrainBuilder trains() {
        return trains;
    }

    /**
     * Whether {@code TransmitFile} is of use: client editions carry out two at a time in the whole system, and two peers
     * that do not read would hold up all others.
     */
    public boolean transmitsFiles() {
        return transmitsFiles;
    }

    /** The connections that are looked at for idleness. */
    public IdleReads idleReads() {
        return idleReads;
    }

    /** What this loop has counted. */
    public LoopCounters counters() {
        return counters;
    }

    /** Takes a handle in.
     *
     * @throws IllegalStateException if the loop is shutting down
     */
    public LoopRegistration register(IoHandle handle) {
        if (startFailure != null) {
            throw new IllegalStateException(startFailure.getMessage(), startFailure);
        }
        if (life != Life.OPEN) {
            throw new IllegalStateException("the event loop is shutting down");
        }
        LoopRegistration registration = new LoopRegistration(this, handle);
        handle.registered();
        registrations.add(registration);
        return registration;
    }

    boolean forget(LoopRegistration registration) {
        return registrations.remove(registration);
    }

    /** Wakes the loop up if it waits. From any thread. */
    public void wakeUp() {
        if (!executor.isExecutorThread(Thread.currentThread())) {
            gate.wakeUp(post);
        }
    }

    private boolean post() {
        int result = port.post();
        if (result < 0) {
            LOGGER.warn("PostQueuedCompletionStatus failed: {}", WindowsErrors.describe(-result));
        }
        return result >= 0;
    }

    /** Lets every handle close, and what ends without a wait end. */
    public void prepareToDestroy() {
        if (life == Life.OPEN) {
            life = Life.ENDING;
        }
        for (LoopRegistration registration : List.copyOf(registrations)) {
            try {
                registration.handle().close();
            } catch (Throwable t) {
                LOGGER.warn("closing {} failed", registration.handle(), t);
            }
        }
        boolean _ = isUsable() && !inTurn && retries.retry();
        // What ends without a wait ends here, while the loop still takes tasks; what needs time gets it in destroy().
        long deadline = after(shutdownTimeoutMillis);
        for (int i = 0; i < MAX_CLOSE_TURNS && isUsable() && !inTurn; i++) {
            int packets = operations.inFlight() > operations.endedCount() ? take(0) : 0;
            if (packets == 0 && operations.endedCount() == 0 && atTurnEnd.isEmpty()) {
                return;
            }
            takeTurn(packets);
            if (isPast(deadline)) {
                return;
            }
        }
    }

    /** Ends all that is under way, within the bound, and frees what Windows no longer touches. */
    public void destroy() {
        if (life == Life.DESTROYED) {
            return;
        }
        prepareToDestroy();
        drain(shutdownTimeoutMillis, isUsable());
        List<LoopRegistration> late = List.copyOf(registrations);
        for (LoopRegistration registration : late) {
            closeWithoutWaiting(registration);
        }
        if (!late.isEmpty()) {
            drain(Math.min(AFTER_CLOSE_MILLIS, shutdownTimeoutMillis), false);
        }
        life = Life.DESTROYED;
        idleReads.stop();
        gate.close();
        port.close();
        if (operations.inFlight() > 0) {
            KeptMemory.keep(this, operations.inFlight(), operations.bytes());
        } else {
            arena.close();
        }
    }

    private static void closeWithoutWaiting(LoopRegistration registration) {
        try {
            if (registration.handle() instanceof LoopHandle handle) {
                handle.closeWithoutWaiting();
            }
        } catch (Throwable t) {
            LOGGER.warn("closing {} failed", registration.handle(), t);
        }
    }

    /** Waits, within the bound, until nothing is under way and, if asked, nothing waits to be tried again. */
    private void drain(int boundMillis, boolean retrying) {
        long deadline = after(boundMillis);
        boolean mayWait = retrying;
        retries.hurry();
        while (true) {
            mayWait = mayWait && retries.retry();
            if (operations.inFlight() == 0 && !mayWait) {
                return;
            }
            boolean ended = operations.endedCount() > 0;
            int packets = take(ended ? 0 : DRAIN_STEP_MILLIS);
            takeTurn(packets);
            // What has ended in this turn may have been refused.
            mayWait |= retrying && (ended || packets > 0);
            // In each step: packets that follow one another without a pause must not outlast the bound.
            if (isPast(deadline)) {
                return;
            }
        }
    }

    private static long after(int millis) {
        return System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
    }

    private static boolean isPast(long deadline) {
        return System.nanoTime() - deadline >= 0;
    }
}
