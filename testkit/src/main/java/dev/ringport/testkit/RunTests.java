// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.testkit;

import dev.ringport.Transports;
import dev.ringport.testrules.UnseenFailures;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.platform.engine.DiscoverySelector;
import org.junit.platform.engine.discovery.ClassNameFilter;
import org.junit.platform.engine.discovery.DiscoverySelectors;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.junit.platform.launcher.listeners.SummaryGeneratingListener;
import org.junit.platform.launcher.listeners.TestExecutionSummary;

/** Runs tests by the names of their packages and classes, where Maven cannot write. */
public final class RunTests {
    private RunTests() {}

    public static void main(String[] names) {
        UnseenFailures.watch();
        System.out.println(System.getProperty("os.version") + ": " + Transports.report());
        List<DiscoverySelector> selectors = new ArrayList<>();
        for (String name : names) {
            boolean isClass = Character.isUpperCase(name.charAt(name.lastIndexOf('.') + 1));
            selectors.add(isClass ? DiscoverySelectors.selectClass(name) : DiscoverySelectors.selectPackage(name));
        }
        LauncherDiscoveryRequest request = LauncherDiscoveryRequestBuilder.request()
                .selectors(selectors)
                .filters(ClassNameFilter.includeClassNamePatterns(".*Test"))
                .build();
        SummaryGeneratingListener listener = new SummaryGeneratingListener();
        LauncherFactory.create().execute(request, listener);
        TestExecutionSummary summary = listener.getSummary();
        summary.printFailuresTo(new PrintWriter(System.out, true, StandardCharsets.UTF_8), 20);
        long skipped = summary.getTestsAbortedCount() + summary.getTestsSkippedCount();
        System.out.println(summary.getTestsSucceededCount() + " passed, " + summary.getTestsFailedCount() + " failed, "
                + skipped + " skipped");
        boolean passed = summary.getTotalFailureCount() == 0 && summary.getTestsSucceededCount() > 0;
        // Event loops of the suite are not daemons.
        Runtime.getRuntime().halt(passed ? 0 : 1);
    }
}
