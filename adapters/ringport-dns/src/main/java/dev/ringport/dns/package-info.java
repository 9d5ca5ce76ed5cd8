// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

/** Netty's DNS resolver on the channels that fit a loop. */
@NullMarked
package dev.ringport.dns;

import org.jspecify.annotations.NullMarked;
