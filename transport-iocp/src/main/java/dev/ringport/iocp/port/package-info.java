// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

/** The completion port: dequeue, wake-up, operation slots. */
@NullMarked
package dev.ringport.iocp.port;

import org.jspecify.annotations.NullMarked;
