// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

/** A transport for Vert.x 5. */
@NullMarked
package dev.ringport.vertx;

import org.jspecify.annotations.NullMarked;
