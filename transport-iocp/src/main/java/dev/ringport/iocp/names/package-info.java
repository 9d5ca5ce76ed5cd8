// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

/** Name lookups that Windows answers later. */
@NullMarked
package dev.ringport.iocp.names;

import org.jspecify.annotations.NullMarked;
