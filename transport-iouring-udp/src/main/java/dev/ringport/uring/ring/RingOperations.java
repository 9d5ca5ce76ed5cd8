// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.uring.ring;

import dev.ringport.linux.abi.Errno;
import dev.ringport.loop.HandleRegistration;
import dev.ringport.uring.abi.IoUringConstants;
import io.netty.util.internal.logging.InternalLogger;
import io.netty.util.internal.logging.InternalLoggerFactory;
import org.jspecify.annotations.Nullable;

/**
 * The operations of one ring: makes room for them, enters the kernel, and hands each completion to its operation. Used
 * by the ring's thread only.
 */
public final class RingOperations {
    private static final InternalLogger LOGGER = InternalLoggerFactory.getInstance(RingOperations.class);
    private static final int MAX_REFUSALS = 10_000;
    private static final int MAX_MORE_REFUSALS = 8;

    /** What may be submitted. */
    private enum State {
        /** The ring is not enabled: nothing. */
        SET_UP,
        /** Everything. */
        RUNNING,
        /** The loop ends: nothing but cancels. */
        DRAINING,
        /** Nothing. */
        CLOSED
    }

    private final Ring ring;
    private final OperationTable table = new OperationTable();
    private final PendingCompletions setAside = new PendingCompletions();
    private final EnterRefusals refusals = new EnterRefusals(System::nanoTime);
    private State state = State.SET_UP;
    private int turn;
    private int handled;

    /** The operations of a ring that is not enabled yet. */
    public RingOperations(Ring ring) {
        this.ring = ring;
    }

    /** The ring was enabled. */
    public void started() {
        state = State.RUNNING;
    }

    /** From now on nothing but cancels is submitted. */
    public void drain() {
        if (state == State.RUNNING) {
            state = State.DRAINING;
        }
    }

    /** Nothing is submitted any more. */
    public void close() {
        state = State.CLOSED;
    }

    /** Whether operations that are no cancels may be submitted, or will be once the ring is enabled. */
    public boolean takesOperations() {
        return state == State.SET_UP || state == State.RUNNING;
    }

    /** Whether the ring may be used. */
    public boolean isUsable() {
        return state == State.RUNNING || state == State.DRAINING;
    }

    /** A turn of the loop begins. */
    public void beginTurn() {
        turn++;
        handled = 0;
    }

    /** A handle had I/O. */
    public void touched(HandleRegistration registration) {
        if (registration.touch(turn)) {
            handled++;
        }
    }

    /** How many handles had I/O in this turn. */
    public int handled() {
        return handled;
    }

    /** The ring. */
    public Ring ring() {
        return ring;
    }

    /** The operations in flight. */
    public OperationTable table() {
        return table;
    }

    /** The submission queue, with room for one more entry. */
    public SubmissionQueue submissions() {
        makeRoom();
        return ring.submissions();
    }

    /** Cancels an operation if it is in flight. Its own completion tells the outcome; the cancel's is ignored. */
    public void cancel(@Nullable Operation operation) {
        if (operation != null && operation.isInFlight() && isUsable()) {
            submissions().prepareCancel(operation.token(), OperationTable.NOBODY);
        }
    }

    /** Takes an operation out of the table. One that is in flight after all keeps its place until it completes. */
    public void forget(@Nullable Operation operation) {
        if (operation != null && !operation.isInFlight()) {
            table.remove(operation);
        }
    }

    /** Submits what is prepared; {@code makeCompletions} also lets the kernel run deferred work. */
    public void submit(boolean makeCompletions) {
        check(ring.submit(makeCompletions));
    }

    /** Submits what is prepared and waits for a completion, {@code nanos} at most; the answer is the call's. */
    public int submitAndWait(long nanos) {
        int result = ring.submitAndWait(nanos);
        if (result >= 0 || result == -Errno.ETIME || result == -Errno.EINTR) {
            refusals.accepted();
        } else {
            check(result);
        }
        return result;
    }

    /** Looks at the answer of an enter that does not wait: whether the kernel took what there was to take. */
    private void check(int result) {
        boolean full = result == -Errno.EBUSY || result == -Errno.EAGAIN;
        if (result > 0 || (full && ring.completions().hasNext())) {
            refusals.accepted();
        } else if (result < 0 ? result != -Errno.EINTR : ring.submissions().pending() > 0) {
            refusals.refused(-result);
        }
    }

    /** What becomes of enters that the kernel refuses. */
    public EnterRefusals refusals() {
        return refusals;
    }

    private void makeRoom() {
        int most = refusals.any() ? MAX_MORE_REFUSALS : MAX_REFUSALS;
        for (int tries = 0; ring.submissions().isFull(); tries++) {
            if (ring.submit(false) <= 0) {
                // The kernel wants completions to be taken first.
                CompletionQueue completions = ring.completions();
                while (completions.next()) {
                    setAside.add(completions.userData(), completions.res(), completions.flags());
                }
                int result = ring.submit(true);
                if (tries >= most && ring.submissions().isFull()) {
                    check(result);
                    throw new IllegalStateException(
                            "the submission queue stays full; " + Errno.message("io_uring_enter", -result));
                }
            }
        }
    }

    /** Whether completions are at hand. */
    public boolean hasCompletions() {
        return !setAside.isEmpty() || ring.completions().hasNext();
    }

    /** Hands on the completions at hand, at most as many as the completion queue has entries. */
    public void dispatchAll() {
        while (!setAside.isEmpty()) {
            long token = setAside.token();
            int res = setAside.res();
            int flags = setAside.flags();
            setAside.remove();
            dispatch(token, res, flags);
        }
        CompletionQueue completions = ring.completions();
        // What a dispatch set aside is older than what is in the queue by then.
        for (int i = completions.entries(); i > 0 && setAside.isEmpty() && completions.next(); i--) {
            dispatch(completions.userData(), completions.res(), completions.flags());
        }
        completions.release();
    }

    /**
     * Hands on the results of operations that complete anywhere.
     *
     * @param all look past other completions, which then wait for the next turn; otherwise stop at the first
     */
    public void dispatchSends(boolean all) {
        CompletionQueue completions = ring.completions();
        while (completions.hasNext()) {
            Operation operation = table.find(completions.peekUserData());
            if (operation != null && operation.completesAnywhere()) {
                completions.next();
                dispatch(completions.userData(), completions.res(), completions.flags());
            } else if (all) {
                completions.next();
                setAside.add(completions.userData(), completions.res(), completions.flags());
            } else {
                break;
            }
        }
        completions.release();
    }

    private void dispatch(long token, int res, int flags) {
        Operation operation = table.find(token);
        if (operation == null) {
            // The result of a cancel, which nobody waits for.
            return;
        }
        if ((flags & IoUringConstants.IORING_CQE_F_MORE) == 0) {
            table.end(operation);
        }
        try {
            operation.completed(res, flags);
        } catch (Throwable t) {
            LOGGER.warn("handling a completion failed", t);
        }
    }
}
