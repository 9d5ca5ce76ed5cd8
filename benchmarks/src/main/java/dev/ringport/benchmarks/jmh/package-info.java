// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

/** JMH benchmarks of the pieces that every datagram goes through, on the class path: they are not exported. */
@NullMarked
package dev.ringport.benchmarks.jmh;

import org.jspecify.annotations.NullMarked;
