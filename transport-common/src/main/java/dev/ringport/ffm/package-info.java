// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

/** The only package that makes restricted native calls: downcalls, upcalls, reinterpreted segments. */
@NullMarked
package dev.ringport.ffm;

import org.jspecify.annotations.NullMarked;
