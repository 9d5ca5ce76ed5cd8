// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

/**
 * What every datagram transport for Linux must do besides, with a look at its sockets past the transport. Names no
 * transport: options and counters go by their names, which the transports share.
 */
@NullMarked
package dev.ringport.testkit.linux;

import org.jspecify.annotations.NullMarked;
