// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

/**
 * What it takes to run the tests on a Windows JVM under Wine, where there is no Windows.
 *
 * <p>Test classes that need Windows are marked {@code @EnabledOnOs(OS.WINDOWS)}: plain {@code mvn verify} runs them on
 * Windows and skips them on Linux, where {@code mvn verify -Pwine} runs the same classes by tools/wine/tests.sh. Classes
 * that need tools of Linux are marked {@code @EnabledOnOs(OS.LINUX)}; those without a mark run in both places.
 */
@NullMarked
package dev.ringport.testkit.wine;

import org.jspecify.annotations.NullMarked;
