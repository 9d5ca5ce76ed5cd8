// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

/** What every handler of an event loop must do. A transport extends the class and hands in its kit. */
@NullMarked
package dev.ringport.testkit.loop;

import org.jspecify.annotations.NullMarked;
