// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

/** How regions of files leave: by TransmitFile, mapped, or copied by other threads. */
@NullMarked
package dev.ringport.iocp.file;

import org.jspecify.annotations.NullMarked;
