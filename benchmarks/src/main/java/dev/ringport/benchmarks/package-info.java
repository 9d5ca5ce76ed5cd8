// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

/** Ringport measured next to Netty's own transports on the user's machine. */
@NullMarked
package dev.ringport.benchmarks;

import org.jspecify.annotations.NullMarked;
