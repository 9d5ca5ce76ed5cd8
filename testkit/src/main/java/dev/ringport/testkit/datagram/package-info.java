// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

/**
 * What every datagram transport must do. A transport extends each class and hands in itself; a case that its system
 * cannot pass it overrides and says why.
 */
@NullMarked
package dev.ringport.testkit.datagram;

import org.jspecify.annotations.NullMarked;
