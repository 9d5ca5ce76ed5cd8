// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

/** Programs that show Ringport at work. */
@NullMarked
package dev.ringport.examples;

import org.jspecify.annotations.NullMarked;
