// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

/** The Windows functions, structs, constants and error codes that the transport uses. */
@NullMarked
package dev.ringport.iocp.abi;

import org.jspecify.annotations.NullMarked;
