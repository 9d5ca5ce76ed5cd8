// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

/**
 * Linux as the kernel's headers have it: structs, constants, system calls, error numbers. Knows no ring and no channel.
 */
@NullMarked
package dev.ringport.linux.abi;

import org.jspecify.annotations.NullMarked;
