// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.testkit.wine;

import java.time.Duration;
import java.util.Map;

/** Ends a JVM that hangs, and says first where its threads are. */
final class TimeLimit {
    /** As the command timeout does. */
    static final int EXIT_CODE = 124;

    private TimeLimit() {}

    static void start(Duration limit) {
        Thread.ofPlatform().daemon().name("time limit").start(() -> {
            try {
                Thread.sleep(limit);
            } catch (InterruptedException ended) {
                return;
            }
            System.err.println("not done in " + limit.toSeconds() + " s, ended; the threads:");
            for (Map.Entry<Thread, StackTraceElement[]> thread : Thread.getAllStackTraces().entrySet()) {
                System.err.println(thread.getKey().getName() + " (" + thread.getKey().getState() + ")");
                for (StackTraceElement frame : thread.getValue()) {
                    System.err.println("    at " + frame);
                }
            }
            Runtime.getRuntime().halt(EXIT_CODE);
        });
    }
}
