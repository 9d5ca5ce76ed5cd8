// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

/** Netty's UDP and TCP over a completion port: handler, channels, configurations, availability. */
@NullMarked
package dev.ringport.iocp;

import org.jspecify.annotations.NullMarked;
