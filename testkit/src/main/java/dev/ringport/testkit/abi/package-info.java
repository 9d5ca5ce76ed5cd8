// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

/** Judges what Java says about C: structs, constants and accessors against a compiler and its headers. */
@NullMarked
package dev.ringport.testkit.abi;

import org.jspecify.annotations.NullMarked;
