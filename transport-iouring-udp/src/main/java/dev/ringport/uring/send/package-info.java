// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

/** Sending through a ring: the sends of a channel and the budget that all channels of a loop share. */
@NullMarked
package dev.ringport.uring.send;

import org.jspecify.annotations.NullMarked;
