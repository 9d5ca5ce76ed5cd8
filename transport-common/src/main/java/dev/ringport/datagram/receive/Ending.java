// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.datagram.receive;

/** Why a receive has ended. */
public enum Ending {
    /** With its datagram, with its cancel, or for a while: it may be armed again at once. */
    DONE,
    /**
     * A datagram that was sent earlier was answered with an error, by ICMP for example. Each such error has a datagram
     * sent in vain behind it, so there is no reason to read later.
     */
    ANSWER,
    /** The receive itself does not work. If it does not again and again, it is armed less and less often. */
    FAULT
}
