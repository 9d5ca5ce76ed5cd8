// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.testkit.wine;

import java.io.IOException;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/**
 * Starts a process although Wine now and then fails to.
 *
 * <p>Wine forks twice and looks at neither child: the second executes Wine's loader, which reports to Wine's server. Where
 * it is gone before it did, CreateProcess answers ERROR_INTERNAL_ERROR. Nothing of the program has run then, so it can be
 * started again. Windows has no such answer.
 */
public final class ProcessStart {
    /** How often it is tried. */
    static final int TRIES = 5;
    /** The JDK tells the code by the message alone: ERROR_INTERNAL_ERROR of winerror.h. */
    private static final Predicate<String> FAILED = Pattern.compile("CreateProcess error=1359\\b").asPredicate();

    /** As {@link ProcessBuilder#start()}. */
    @FunctionalInterface
    interface Start<T> {
        T start() throws IOException;
    }

    private ProcessStart() {}

    /** Whether what a program printed tells of a process that it could not start for that reason. */
    public static boolean failedIn(String output) {
        return FAILED.test(output);
    }

    /**
     * Starts a process, if need be several times, and says so on {@link System#err}.
     *
     * @throws IOException why it could not be started, from the last try; the others are suppressed in it
     */
    public static Process of(ProcessBuilder builder) throws IOException {
        return of(builder::start);
    }

    static <T> T of(Start<T> start) throws IOException {
        IOException before = null;
        for (int i = 1;; i++) {
            try {
                return start.start();
            } catch (IOException e) {
                if (before != null) {
                    e.addSuppressed(before);
                }
                if (i == TRIES || !failedIn(String.valueOf(e.getMessage()))) {
                    throw e;
                }
                System.err.println("started again: " + e.getMessage());
                before = e;
            }
        }
    }
}
