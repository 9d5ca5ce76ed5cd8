// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.uring.ring;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * From the {@code user_data} of a completion to its operation.
 *
 * <pre>{@code
 *   63            32 31             0
 *   | generation    | index         |
 * }</pre>
 *
 * The generation counts the submissions of an index, so that a completion which comes too late is told from that of
 * the operation now at the index. It is also the strong reference that keeps an operation's memory alive.
 */
public final class OperationTable {
    /** The token of operations whose completion concerns nobody: no operation ever has it. */
    public static final long NOBODY = -1;

    private @Nullable Operation[] operations = new @Nullable Operation[64];
    private int[] generations = new int[64];
    private int[] free = new int[64];
    private int freeCount;
    private int used;
    private int inFlight;

    static long token(int index, int generation) {
        return (long) generation << Integer.SIZE | index;
    }

    /** Gives the operation an index, which it keeps until {@link #remove}. */
    public void add(Operation operation) {
        int index;
        if (freeCount > 0) {
            index = free[--freeCount];
        } else {
            if (used == operations.length) {
                operations = Arrays.copyOf(operations, used * 2);
                generations = Arrays.copyOf(generations, used * 2);
                free = Arrays.copyOf(free, used * 2);
            }
            index = used++;
        }
        operation.index = index;
        operation.generation = generations[index];
        operations[index] = operation;
    }

    /** Takes the index back. */
    public void remove(Operation operation) {
        if (operation.inFlight) {
            throw new IllegalStateException("the kernel has not completed " + operation);
        }
        operations[operation.index] = null;
        generations[operation.index] = operation.generation;
        free[freeCount++] = operation.index;
        operation.index = -1;
    }

    /** Marks the operation as in flight; the answer is the {@code user_data} to submit it with. */
    public long begin(Operation operation) {
        if (operation.inFlight) {
            throw new IllegalStateException("in flight already: " + operation);
        }
        operation.inFlight = true;
        operation.generation++;
        inFlight++;
        return token(operation.index, operation.generation);
    }

    /** The terminal completion has come. */
    public void end(Operation operation) {
        operation.inFlight = false;
        inFlight--;
    }

    /** The operation in flight with this token, or null if there is none. */
    public @Nullable Operation find(long token) {
        int index = (int) token;
        if (index < 0 || index >= used) {
            return null;
        }
        Operation operation = operations[index];
        return operation != null && operation.inFlight && operation.generation == (int) (token >>> Integer.SIZE)
                ? operation
                : null;
    }

    /** Operations that the kernel has not completed. */
    public int inFlight() {
        return inFlight;
    }
}
