// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.iocp;

import dev.ringport.datagram.send.TrainBuilder;
import dev.ringport.iocp.IocpCounters.Counter;
import dev.ringport.iocp.abi.WindowsCalls;
import dev.ringport.iocp.abi.WindowsErrors;
import dev.ringport.iocp.port.CompletionPort;
import dev.ringport.iocp.port.Operation;
import dev.ringport.iocp.port.OperationTable;
import dev.ringport.loop.KeptMemory;
import dev.ringport.loop.LoopTasks;
import dev.ringport.loop.WakeUpGate;
import io.netty.channel.IoHandle;
import io.netty.channel.IoHandler;
import io.netty.channel.IoHandlerContext;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.IoRegistration;
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
 * An {@link IoHandler} over one completion port. A loop with it serves {@link IocpDatagramChannel}s,
 * {@link IocpSocketChannel}s and {@link IocpServerSocketChannel}s.
 *
 * <p>In each turn it takes the completion packets at hand with one call and hands each to its operation. Everything but
 * {@link #wakeup()} and {@link #isCompatible} runs on the loop's thread.
 */
public final class IocpIoHandler implements IoHandler {
    private static final InternalLogger LOGGER = InternalLoggerFactory.getInstance(IocpIoHandler.class);
    private static final int DRAIN_STEP_MILLIS = 10;
    /** How long a loop that ends waits for the packets of sockets that it has closed the hard way. */
    private static final int AFTER_CLOSE_MILLIS = 1_000;
    private static final int MAX_ENDED_A_TURN = 256;
    private static final int MAX_CLOSE_TURNS = 100_000;
    private static final int LOG_EVERY = 100_000;
    private static final long NANOS_PER_MILLI = TimeUnit.MILLISECONDS.toNanos(1);

    private final ThreadAwareExecutor executor;
    private final IocpIoHandlerConfig config;
    private final WindowsCalls calls;
    private final Arena arena = Arena.ofShared();
    private final OperationTable operations = new OperationTable(arena);
    private final IocpCounters counters = new IocpCounters();
    private final WakeUpGate gate = new WakeUpGate();
    private final BooleanSupplier post = this::post;
    private final Set<IocpRegistration> registrations = new HashSet<>();
    private final EndingRetries retries = new EndingRetries(registrations);
    private final List<TurnEnd> atTurnEnd = new ArrayList<>();
    private final TrainBuilder trains = new TrainBuilder(IocpSocket.CODEC);
    private final CompletionPort port;
    private final IdleReads idleReads = new IdleReads();
    private boolean inTurn;
    private boolean enabled;
    private boolean shuttingDown;
    private volatile boolean destroyed;
    private int turn;
    private int handled;
    private long refusals;

    /** Called once when the completions at hand are handled. */
    interface TurnEnd {
        void endOfTurn();
    }

    private IocpIoHandler(ThreadAwareExecutor executor, IocpIoHandlerConfig config) {
        Iocp.ensureAvailability();
        this.executor = executor;
        this.config = config;
        calls = config.calls();
        try {
            port = new CompletionPort(calls.kernel32(), config.dequeueBatch(), arena);
        } catch (IOException failed) {
            arena.close();
            throw new IllegalStateException(failed.getMessage(), failed);
        } catch (RuntimeException | Error failed) {
            arena.close();
            throw failed;
        }
    }

    /** A factory of handlers with default sizes. */
    public static IoHandlerFactory newFactory() {
        return newFactory(new IocpIoHandlerConfig());
    }

    /**
     * A factory of handlers.
     *
     * @param config copied now: later changes have no effect
     * @throws UnsupportedOperationException when a handler is made and {@link Iocp#isAvailable()} is false
     */
    public static IoHandlerFactory newFactory(IocpIoHandlerConfig config) {
        IocpIoHandlerConfig copy = config.copy();
        return executor -> new IocpIoHandler(executor, copy);
    }

    @Override
    public void initialize() {
        enabled = true;
        if (executor instanceof SingleThreadEventExecutor loop) {
            // A loop that ends without a quiet period may not call it while it still takes tasks.
            loop.addShutdownHook(this::prepareToDestroy);
        }
        for (IocpRegistration registration : List.copyOf(registrations)) {
            if (registration.handle() instanceof IocpHandle handle) {
                handle.loopStarted();
            }
        }
    }

    @Override
    public int run(IoHandlerContext context) {
        handled = 0;
        turn++;
        try {
            int packets = gather(context);
            boolean report = context.shouldReportActiveIoTime();
            long start = report ? System.nanoTime() : 0;
            takeTurn(packets);
            if (report) {
                context.reportActiveIoTime(System.nanoTime() - start);
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
        counters.increment(Counter.DEQUEUES);
        if (count < 0) {
            if (refusals++ % LOG_EVERY == 0) {
                LOGGER.warn("GetQueuedCompletionStatusEx failed: {}", WindowsErrors.describe(-count));
            }
            return 0;
        }
        return count;
    }

    private void takeTurn(int packets) {
        inTurn = true;
        try {
            // Bounded: a connection that always has more to read must not keep the others from their packets.
            for (int i = MAX_ENDED_A_TURN; i > 0 && operations.endedCount() > 0; i--) {
                tell(operations.pollEnded());
            }
            for (int i = 0; i < packets; i++) {
                long overlapped = port.overlapped(i);
                if (overlapped != 0) {
                    counters.increment(Counter.PACKETS);
                    dispatch(overlapped, port.code(i), port.bytes(i));
                }
            }
            for (int i = 0; i < atTurnEnd.size(); i++) {
                endOfTurn(atTurnEnd.get(i));
            }
            atTurnEnd.clear();
        } finally {
            inTurn = false;
        }
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
    void atEndOfTurn(TurnEnd end) {
        atTurnEnd.add(end);
    }

    /** Forgets what {@link #atEndOfTurn} was asked. */
    void forgetTurnEnd(TurnEnd end) {
        for (int i = 0; i < atTurnEnd.size(); i++) {
            if (atTurnEnd.get(i).equals(end)) {
                // Not removed: the turn that is going on counts on the indices.
                atTurnEnd.set(i, () -> {});
            }
        }
    }

    /** Cancels an operation that Windows has. Its own packet tells the outcome. */
    void cancel(long socket, Operation operation) {
        if (operation.isUnderWay()) {
            int result = calls.kernel32().cancelIoEx(port.capture(), socket, operation.address());
            if (result < 0 && result != -WindowsErrors.ERROR_NOT_FOUND) {
                LOGGER.debug("CancelIoEx failed: {}", WindowsErrors.describe(-result));
            }
        }
    }

    boolean isInTurn() {
        return inTurn;
    }

    /** Whether operations may be started. */
    boolean isUsable() {
        return enabled && !destroyed;
    }

    void touched(IocpRegistration registration) {
        if (registration.touch(turn)) {
            handled++;
        }
    }

    void onLoop(Runnable task) {
        if (!destroyed || executor.isExecutorThread(Thread.currentThread())) {
            LoopTasks.run(executor, task);
        }
    }

    WindowsCalls calls() {
        return calls;
    }

    CompletionPort port() {
        return port;
    }

    OperationTable operations() {
        return operations;
    }

    TrainBuilder trains() {
        return trains;
    }

    IdleReads idleReads() {
        return idleReads;
    }

    /** What this loop has counted. */
    IocpCounters counters() {
        return counters;
    }

    @Override
    public IoRegistration register(IoHandle handle) {
        if (!(handle instanceof IocpIoHandle iocpHandle)) {
            throw new IllegalArgumentException("an IocpIoHandler takes IocpIoHandles, not " + handle);
        }
        if (shuttingDown) {
            throw new IllegalStateException("the event loop is shutting down");
        }
        IocpRegistration registration = new IocpRegistration(this, iocpHandle);
        iocpHandle.registered();
        registrations.add(registration);
        return registration;
    }

    boolean forget(IocpRegistration registration) {
        return registrations.remove(registration);
    }

    @Override
    public void wakeup() {
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

    @Override
    public boolean isCompatible(Class<? extends IoHandle> handleType) {
        return IocpIoHandle.class.isAssignableFrom(handleType);
    }

    @Override
    public void prepareToDestroy() {
        shuttingDown = true;
        for (IocpRegistration registration : List.copyOf(registrations)) {
            try {
                registration.handle().close();
            } catch (Throwable t) {
                LOGGER.warn("closing {} failed", registration.handle(), t);
            }
        }
        boolean _ = isUsable() && !inTurn && retries.retry();
        // What ends without a wait ends here, while the loop still takes tasks; what needs time gets it in destroy().
        long deadline = after(config.shutdownTimeoutMillis());
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

    @Override
    public void destroy() {
        if (destroyed) {
            return;
        }
        prepareToDestroy();
        drain(config.shutdownTimeoutMillis(), isUsable());
        List<IocpRegistration> late = List.copyOf(registrations);
        for (IocpRegistration registration : late) {
            closeWithoutWaiting(registration);
        }
        if (!late.isEmpty()) {
            drain(Math.min(AFTER_CLOSE_MILLIS, config.shutdownTimeoutMillis()), false);
        }
        destroyed = true;
        idleReads.stop();
        gate.close();
        port.close();
        if (operations.inFlight() > 0) {
            KeptMemory.keep(this, operations.inFlight(), operations.bytes());
        } else {
            arena.close();
        }
    }

    private static void closeWithoutWaiting(IocpRegistration registration) {
        try {
            if (registration.handle() instanceof IocpHandle handle) {
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
