// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

/**
 * The sending half of a datagram channel: from flushed messages to operations, in order, and back to promises. No system
 * is named here; a transport is a {@link dev.ringport.datagram.send.SendEngine}.
 */
@NullMarked
package dev.ringport.datagram.send;

import org.jspecify.annotations.NullMarked;
