// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

/** A UDP channel of Linux and its configuration, as far as it does not matter how the kernel is asked. */
@NullMarked
package dev.ringport.linux.channel;

import org.jspecify.annotations.NullMarked;
