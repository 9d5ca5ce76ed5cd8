// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.iocp;

import dev.ringport.ffm.ErrorState;
import dev.ringport.ffm.SystemLibrary;
import java.util.Objects;

import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/** Where the bench is not Windows. */
final class Wine {
    private Wine() {}

    /** Wine names itself. */
    static boolean isHere() {
        try {
            return Objects.nonNull(SystemLibrary.load("ntdll").bind("wine_get_version", "J", ErrorState.NONE));
        } catch (UnsatisfiedLinkError windows) {
            return false;
        }
    }

    /** Skips the test under Wine. */
    static void cannot(String what) {
        assumeFalse(isHere(), "Wine " + what);
    }

    /** Skips the test on Windows, where Wine's fault is what it is about. */
    static void needed(String what) {
        assumeTrue(isHere(), "only Wine " + what);
    }
}
