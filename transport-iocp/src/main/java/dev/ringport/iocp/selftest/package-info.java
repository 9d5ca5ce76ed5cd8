// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

/** The probe of each layer whose report goes into bug reports. */
@NullMarked
package dev.ringport.iocp.selftest;

import org.jspecify.annotations.NullMarked;
