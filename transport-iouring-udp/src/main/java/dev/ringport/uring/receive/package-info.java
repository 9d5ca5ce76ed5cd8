// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

/** Receiving through a ring: the multishot receive of a channel and the slots that all channels of a loop share. */
@NullMarked
package dev.ringport.uring.receive;

import org.jspecify.annotations.NullMarked;
