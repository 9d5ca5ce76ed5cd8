// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

/** Loop resources for Reactor Netty 1.3. */
@NullMarked
package dev.ringport.reactor;

import org.jspecify.annotations.NullMarked;
