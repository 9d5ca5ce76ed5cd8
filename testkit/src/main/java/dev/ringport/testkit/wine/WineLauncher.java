// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.testkit.wine;

import java.lang.reflect.InvocationTargetException;
import java.time.Duration;
import java.util.Arrays;

/**
 * Calls the main class named by the first argument, with the others, after making up for what the JDK misses under Wine.
 * On Windows it only calls it. The property {@code ringport.bench.seconds}, where set, limits how long all may take.
 */
public final class WineLauncher {
    private WineLauncher() {}

    public static void main(String[] args) throws Throwable {
        if (AnycastTable.underWine()) {
            AnycastTable.supply();
        }
        Long seconds = Long.getLong("ringport.bench.seconds");
        if (seconds != null) {
            TimeLimit.start(Duration.ofSeconds(seconds));
        }
        try {
            Class.forName(args[0])
                    .getMethod("main", String[].class)
                    .invoke(null, (Object) Arrays.copyOfRange(args, 1, args.length));
        } catch (InvocationTargetException thrown) {
            throw thrown.getCause();
        }
    }
}
