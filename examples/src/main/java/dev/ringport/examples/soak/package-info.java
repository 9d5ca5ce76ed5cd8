// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

/** Sends very many datagrams and looks at each that arrives. */
@NullMarked
package dev.ringport.examples.soak;

import org.jspecify.annotations.NullMarked;
