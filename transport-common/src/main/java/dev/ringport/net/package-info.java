// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

/** Socket addresses and control messages in the form the operating systems take them. */
@NullMarked
package dev.ringport.net;

import org.jspecify.annotations.NullMarked;
