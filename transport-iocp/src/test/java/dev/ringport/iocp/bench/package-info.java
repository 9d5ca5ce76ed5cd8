// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

/** The place where the tests run. */
@NullMarked
package dev.ringport.iocp.bench;

import org.jspecify.annotations.NullMarked;
