// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.testkit.wine;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.TestSource;
import org.junit.platform.engine.support.descriptor.ClassSource;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;

/**
 * Prints when a class of tests begins, so that a crash has a name, and when it is done. Named as a service in
 * tools/wine/class-path, which is on the class path under Wine alone.
 */
public final class ClassByClass implements TestExecutionListener {
    private final Map<String, Long> begun = new HashMap<>();

    /** Called by the service loader. */
    public ClassByClass() {}

    @Override
    public void executionStarted(TestIdentifier test) {
        className(test).ifPresent(name -> {
            begun.put(test.getUniqueId(), System.nanoTime());
            System.out.println("Running " + name);
        });
    }

    @Override
    public void executionFinished(TestIdentifier test, TestExecutionResult result) {
        className(test).ifPresent(name -> {
            long nanos = System.nanoTime() - begun.get(test.getUniqueId());
            System.out.println("Done " + name + " in " + TimeUnit.NANOSECONDS.toMillis(nanos) / 1000.0 + " s");
        });
    }

    private static Optional<String> className(TestIdentifier test) {
        Optional<TestSource> source = test.getSource();
        return source.filter(ClassSource.class::isInstance).map(found -> ((ClassSource) found).getClassName());
    }
}
