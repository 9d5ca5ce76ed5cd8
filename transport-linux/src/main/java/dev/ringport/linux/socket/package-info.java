// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

/** A UDP socket of Linux: its descriptor, its options, and the calls that are not the loop's. */
@NullMarked
package dev.ringport.linux.socket;

import org.jspecify.annotations.NullMarked;
