// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

/** The mechanics of one ring: queues, operations, provided buffers, wake-up. Knows no channel. */
@NullMarked
package dev.ringport.uring.ring;

import org.jspecify.annotations.NullMarked;
