// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

/** What tests of a transport are written with: loops, peers, watches for leaks and logs, processes. */
@NullMarked
package dev.ringport.testkit;

import org.jspecify.annotations.NullMarked;
