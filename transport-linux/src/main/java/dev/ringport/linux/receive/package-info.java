// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

/** Receiving on Linux: the slots that all channels of a loop share, and what the kernel says of what lies in one. */
@NullMarked
package dev.ringport.linux.receive;

import org.jspecify.annotations.NullMarked;
