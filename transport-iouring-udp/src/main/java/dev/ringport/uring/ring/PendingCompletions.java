// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.uring.ring;

import java.util.Arrays;

/**
 * Completions that were taken from the queue outside of the handler's turn, while it looked for the results of sends,
 * and that wait for the next turn. In their order.
 */
final class PendingCompletions {
    private long[] tokens = new long[64];
    private long[] results = new long[64];
    private int head;
    private int tail;

    boolean isEmpty() {
        return head == tail;
    }

    void add(long token, int res, int flags) {
        if (tail == tokens.length) {
            int size = tail - head;
            int length = size > tokens.length / 2 ? tokens.length * 2 : tokens.length;
            tokens = Arrays.copyOf(Arrays.copyOfRange(tokens, head, tail), length);
            results = Arrays.copyOf(Arrays.copyOfRange(results, head, tail), length);
            head = 0;
            tail = size;
        }
        tokens[tail] = token;
        results[tail++] = (long) flags << Integer.SIZE | Integer.toUnsignedLong(res);
    }

    long token() {
        return tokens[head];
    }

    int res() {
        return (int) results[head];
    }

    int flags() {
        return (int) (results[head] >>> Integer.SIZE);
    }

    void remove() {
        head++;
        if (head == tail) {
            head = 0;
            tail = 0;
        }
    }
}
