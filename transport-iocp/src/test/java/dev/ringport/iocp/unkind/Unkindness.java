// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.iocp.unkind;

/** What Windows may do and Wine seldom does, and how often it happens here. */
public enum Unkindness {
    /** A call that ended at once answers that it is under way; a packet tells. */
    TOLD_LATER(2),
    /** A call that is under way is waited for a moment, and answers how it ended. */
    TOLD_AT_ONCE(8),
    /** Packets of operations come in another order than they were queued. */
    SHUFFLED(2),
    /** The packet of an operation comes some turns later. */
    DELAYED(2),
    /** A send on a stream takes a part: providers between Winsock and TCP do so. */
    PARTIAL_SEND(4),
    /** A cancellation is answered with success and carried out some turns later: the operation may end well before. */
    LATE_CANCEL(2),
    /** The connection that an accept would have taken was reset while it waited. */
    ACCEPT_FAILED(20),
    /** There are no buffers right now. */
    NO_BUFFERS(50),
    /**
     * A bind to a port that Windows keeps for others is denied, of a hundred ports each or none. Asked once for each
     * hundred, and never for the ports that the system gives out by itself: those are not reserved on Windows either.
     */
    PORT_RESERVED(4),
    /** {@code OVERLAPPED} says nothing of an operation whose call told its end. */
    NO_COUNT(1),
    /** Datagram receives on a socket without a port, {@code ConnectEx} on one without a name. */
    UNBOUND,
    /** A socket that was not given its context after {@code AcceptEx} or {@code ConnectEx} does not know its peer. */
    NO_CONTEXT,
    /** A socket closed with a receive pending resets its connection. */
    ABORTIVE_CLOSE;

    private final int oneIn;
    private final boolean isFault;

    Unkindness(int oneIn) {
        this.oneIn = oneIn;
        isFault = false;
    }

    /** A fault of the program, which Wine forgives: no run has any. */
    Unkindness() {
        oneIn = 1;
        isFault = true;
    }

    /** Of so many chances, one is taken. */
    int oneIn() {
        return oneIn;
    }

    /** Whether it only happens to a program that does wrong. */
    boolean isFault() {
        return isFault;
    }
}
