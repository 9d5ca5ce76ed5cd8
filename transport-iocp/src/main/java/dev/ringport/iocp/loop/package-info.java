// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

/** The completion port and what a loop does with it: turns, operations in flight, sockets and their place at a loop. */
@NullMarked
package dev.ringport.iocp.loop;

import org.jspecify.annotations.NullMarked;
