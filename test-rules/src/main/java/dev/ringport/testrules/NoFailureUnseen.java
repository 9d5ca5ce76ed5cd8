// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.testrules;

import java.util.List;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Fails the test in which something failed out of its sight, in a handler, a listener, a task or another thread. JUnit
 * finds it as a service. What fails after the end of its test fails the next one or the class.
 */
public final class NoFailureUnseen implements AfterEachCallback, AfterAllCallback {
    /** Called by the service loader, ahead of the tests' classes. */
    public NoFailureUnseen() {
        UnseenFailures.watch();
    }

    @Override
    public void afterEach(ExtensionContext context) {
        check();
    }

    @Override
    public void afterAll(ExtensionContext context) {
        check();
    }

    private static void check() {
        List<Throwable> failures = UnseenFailures.take();
        if (!failures.isEmpty()) {
            Throwable first = failures.getFirst();
            AssertionError failed = new AssertionError("out of the test's sight: " + first, first);
            failures.stream().skip(1).forEach(failed::addSuppressed);
            throw failed;
        }
    }
}
