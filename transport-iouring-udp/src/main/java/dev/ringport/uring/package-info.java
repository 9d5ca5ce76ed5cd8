// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

/** Netty's UDP over io_uring: handler, channel, configuration, availability. */
@NullMarked
package dev.ringport.uring;

import org.jspecify.annotations.NullMarked;
