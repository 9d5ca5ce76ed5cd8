// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

/** The turn of a loop over one ring. */
@NullMarked
package dev.ringport.uring.loop;

import org.jspecify.annotations.NullMarked;
