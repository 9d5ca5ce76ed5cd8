// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

/**
 * A Windows that uses what its documents leave open against the program. Wine nearly always ends a call the same way; here
 * a seed decides, for whole suites.
 */
@NullMarked
package dev.ringport.iocp.unkind;

import org.jspecify.annotations.NullMarked;
