// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

/** The loops that the engine lives in: the transport's own, and those of others. */
@NullMarked
package dev.ringport.mmsg.hosts;

import org.jspecify.annotations.NullMarked;
