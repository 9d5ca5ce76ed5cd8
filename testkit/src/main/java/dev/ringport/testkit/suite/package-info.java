// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

/** Netty's own test suite with a transport in place of NIO. */
@NullMarked
package dev.ringport.testkit.suite;

import org.jspecify.annotations.NullMarked;
