// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.ffm;

/** Where a function leaves the code of its failure, which a downcall handle captures before the JVM can overwrite it. */
public enum ErrorState {
    /** Nowhere: it answers the code, or cannot fail. */
    NONE(""),
    /** {@code errno}. */
    ERRNO("errno"),
    /** {@code GetLastError}. Windows only. */
    LAST_ERROR("GetLastError"),
    /** {@code WSAGetLastError}. Windows only. */
    WSA_LAST_ERROR("WSAGetLastError");

    private final String member;

    ErrorState(String member) {
        this.member = member;
    }

    /** The name of its member in {@link NativeCalls#CAPTURE}. */
    String member() {
        return member;
    }
}
