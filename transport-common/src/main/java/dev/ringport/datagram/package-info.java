// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

/** What a completion-based datagram channel needs on any operating system. */
@NullMarked
package dev.ringport.datagram;

import org.jspecify.annotations.NullMarked;
