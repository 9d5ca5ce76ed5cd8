// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

/** Connections and servers: connecting, accepting, reading, writing, and their end. */
@NullMarked
package dev.ringport.iocp.tcp;

import org.jspecify.annotations.NullMarked;
