// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

/** What every transport must be as a library: its layers, and how little it needs. */
@NullMarked
package dev.ringport.testkit.packaging;

import org.jspecify.annotations.NullMarked;
