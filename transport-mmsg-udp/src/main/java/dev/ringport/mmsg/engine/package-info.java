// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

/** Receiving and sending many datagrams with a call, on whatever loop: what a loop's channels share, and each one's part. */
@NullMarked
package dev.ringport.mmsg.engine;

import org.jspecify.annotations.NullMarked;
