// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.datagram.send;

import org.jspecify.annotations.Nullable;

/** Operations that wait to be submitted, in the order in which their datagrams were written. */
final class OperationQueue {
    private @Nullable SendOperation head;
    private @Nullable SendOperation tail;

    boolean isEmpty() {
        return head == null;
    }

    @Nullable
    SendOperation peek() {
        return head;
    }

    /** Takes the head. */
    SendOperation remove() {
        SendOperation first = head;
        if (first == null) {
            throw new IllegalStateException("nothing waits");
        }
        head = first.next;
        if (head == null) {
            tail = null;
        }
        first.next = null;
        return first;
    }

    /** Adds the latest. */
    void add(SendOperation operation) {
        SendOperation last = tail;
        if (last == null) {
            head = operation;
        } else {
            last.next = operation;
        }
        tail = operation;
    }

    /** Adds one that was submitted before, at its place. */
    void insert(SendOperation operation) {
        SendOperation before = null;
        SendOperation after = head;
        while (after != null && after.order() < operation.order()) {
            before = after;
            after = after.next;
        }
        operation.next = after;
        if (before == null) {
            head = operation;
        } else {
            before.next = operation;
        }
        if (after == null) {
            tail = operation;
        }
    }
}
