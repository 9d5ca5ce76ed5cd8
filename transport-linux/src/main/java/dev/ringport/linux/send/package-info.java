// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

/** Sending on Linux: the queue that all channels of a loop share, what a result means, and a message as the kernel reads it. */
@NullMarked
package dev.ringport.linux.send;

import org.jspecify.annotations.NullMarked;
