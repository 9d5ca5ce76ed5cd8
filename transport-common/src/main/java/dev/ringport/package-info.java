// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

/** The ladder of transports: which are there, which is the best, and why the others are not available. */
@NullMarked
package dev.ringport;

import org.jspecify.annotations.NullMarked;
