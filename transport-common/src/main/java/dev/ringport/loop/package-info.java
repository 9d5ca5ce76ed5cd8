// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

/** What an event loop over a queue of completions needs on either system. */
@NullMarked
package dev.ringport.loop;

import org.jspecify.annotations.NullMarked;
